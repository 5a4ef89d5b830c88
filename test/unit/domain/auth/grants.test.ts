import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import { createGrants, type Grants } from '../../../../src/domain/auth/grants.js';
import { plain } from '../../../support/checks/plain-tokens.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const uaa = 'https://api.example.com:8443/uaa';
const access = jwt({ jti: 'access', user_name: 'cody', scope: ['openid'], iat: 1000, exp: 1600 });
const refresh = jwt({ jti: 'refresh', exp: 1_800_000_000 });
const idToken = jwt({ iss: 'https://somewhere.else/oauth/token', aud: 'pks_cli' });

const tokenResponse = {
  access_token: access,
  token_type: 'bearer',
  refresh_token: refresh,
  id_token: idToken,
  expires_in: 599,
  scope: 'openid pks.clusters.manage',
  jti: 'access',
};

function createTestGrants(
  response: FakeResponse = { body: tokenResponse },
  clientId = 'pks_cli',
  secret = '',
) {
  const { send, requests } = fakeSend(response);
  const grants = createGrants({
    send,
    uaa,
    clientId,
    clientSecret: new Secret(secret),
    clock: fixedClock(),
  });
  return { grants, requests };
}

const cases: [string, (grants: Grants) => ReturnType<Grants['refresh']>, Record<string, string>][] =
  [
    [
      'password',
      ({ password }) => password({ username: 'cödy+1', password: new Secret('p%2Bq+r s&t=u/ü') }),
      { grant_type: 'password', username: 'cödy+1', password: 'p%2Bq+r s&t=u/ü' },
    ],
    [
      'passcode',
      ({ passcode }) => passcode({ passcode: new Secret('AbC123'), scope: 'openid' }),
      { grant_type: 'password', passcode: 'AbC123', scope: 'openid' },
    ],
    [
      'client credentials',
      ({ clientCredentials }) => clientCredentials(),
      { grant_type: 'client_credentials' },
    ],
    [
      'client credentials with scopes',
      ({ clientCredentials }) => clientCredentials({ scope: 'scim.read scim.write' }),
      { grant_type: 'client_credentials', scope: 'scim.read scim.write' },
    ],
    [
      'authorization code',
      ({ authorizationCode }) =>
        authorizationCode({
          code: new Secret('q7f2XaoBfo'),
          redirectUri: 'http://localhost:28443/authcode',
          codeVerifier: new Secret('a-verifier-of-43-or-more-characters-as-in-RFC-7636'),
        }),
      {
        grant_type: 'authorization_code',
        code: 'q7f2XaoBfo',
        redirect_uri: 'http://localhost:28443/authcode',
        code_verifier: 'a-verifier-of-43-or-more-characters-as-in-RFC-7636',
      },
    ],
    [
      'refresh with fewer scopes',
      (grants) => grants.refresh(new Secret('opaque-r'), { scope: 'openid' }),
      { grant_type: 'refresh_token', refresh_token: 'opaque-r', scope: 'openid' },
    ],
    [
      'refresh',
      (grants) => grants.refresh(new Secret('opaque-r')),
      { grant_type: 'refresh_token', refresh_token: 'opaque-r' },
    ],
  ];

describe.each(cases)('the grant %s', (_name, requestToken, fields) => {
  test('sends one request with client and secret as form fields, without an Authorization header', async () => {
    const { grants, requests } = createTestGrants(undefined, 'my client', 'special %2B+&= sécret');
    await requestToken(grants);
    expect(requests).toHaveLength(1);
    const [{ method, url, headers = {}, body } = requests[0]!] = requests;
    expect({ method, url }).toEqual({ method: 'POST', url: `${uaa}/oauth/token` });
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
      ...fields,
      client_id: 'my client',
      client_secret: 'special %2B+&= sécret',
    });
    // Without this header, the UAA rejects a passcode. @see docs/contributing/servers/uaa.md#passcodes
    expect(headers['accept']).toBe('application/json');
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization');
  });
});

test('a public client sends its name but no secret', async () => {
  const { send, requests } = fakeSend({ body: tokenResponse });
  const client = { send, uaa, clientId: 'public', clientSecret: undefined, clock: fixedClock() };
  await createGrants(client).refresh(new Secret('opaque-r'));
  expect(Object.fromEntries(new URLSearchParams(String(requests[0]?.body)))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'opaque-r',
    client_id: 'public',
  });
});

describe('the response', () => {
  const requestToken = async (response?: FakeResponse) =>
    plain(await createTestGrants(response).grants.clientCredentials());

  test('contains all tokens, with their lifetimes', async () => {
    const date = 'Tue, 24 Nov 2026 10:00:30 GMT';
    expect(await requestToken({ body: tokenResponse, headers: { date } })).toEqual({
      accessToken: access,
      refreshToken: refresh,
      idToken,
      scope: 'openid pks.clusters.manage',
      lifetimeSeconds: 599,
      refreshExpiresAt: new Date(1_800_000_000_000),
      issuedAt: new Date('2026-11-24T10:00:30Z'),
      clockOffsetSeconds: -86_370,
    });
  });

  test.each([
    'Sat, 13 Sep 275760 00:00:00 GMT',
    'Fri, 31 Dec 99999 23:59:59 GMT',
    '-271821-04-20T00:00:00.000Z',
  ])('is rejected if its Date header is %s', async (date) => {
    await expect(requestToken({ body: tokenResponse, headers: { date } })).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The UAA did not send a valid response: the time in the Date header is out of range',
    });
  });

  test('can omit the refresh token, the id token and the scope', async () => {
    const body = { access_token: access, token_type: 'bearer', expires_in: 43_199 };
    expect(await requestToken({ body })).toMatchObject({
      refreshToken: undefined,
      idToken: undefined,
      refreshExpiresAt: undefined,
      // From the claims of the access token.
      scope: 'openid',
      lifetimeSeconds: 43_199,
    });
  });

  test('can omit the lifetime: it is in the token, or the token counts as expired', async () => {
    const body = { ...tokenResponse, expires_in: undefined };
    expect(await requestToken({ body })).toMatchObject({ lifetimeSeconds: 600 });
    const opaque = { ...body, access_token: '0123456789abcdef0123456789abcdef' };
    expect(await requestToken({ body: opaque })).toMatchObject({ lifetimeSeconds: 0 });
  });
});

describe('an error response', () => {
  const requestError = async (response: FakeResponse): Promise<unknown> =>
    createTestGrants(response)
      .grants.clientCredentials()
      .catch((error: unknown) => error);

  const challenge = (error: string) => ({
    'www-authenticate': `Bearer realm="oauth", error="${error}", error_description="Bad credentials"`,
  });

  test.each<[string, FakeResponse, object]>([
    [
      'bad credentials',
      {
        status: 401,
        headers: challenge('unauthorized'),
        body: { error: 'unauthorized', error_description: 'Invalid passcode' },
      },
      {
        ...{ kind: 'unauthenticated', message: 'Invalid passcode' },
        ...{ oauthError: 'unauthorized', status: 401 },
      },
    ],
    [
      'a rejected client, in newer versions of the UAA',
      { status: 401, body: { error: 'invalid_client', error_description: 'Bad credentials' } },
      { kind: 'unauthenticated', oauthError: 'invalid_client' },
    ],
    [
      'a rejected refresh token',
      {
        status: 401,
        body: {
          error: 'invalid_token',
          error_description: 'The token expired, was revoked, or ...',
        },
      },
      { kind: 'unauthenticated', oauthError: 'invalid_token' },
    ],
    [
      'a rejected refresh token, as in RFC 6749',
      { status: 400, body: { error: 'invalid_grant' } },
      { kind: 'unauthenticated', oauthError: 'invalid_grant' },
    ],
    [
      'an invalid scope',
      { status: 400, body: { error: 'invalid_scope', error_description: '[x] is invalid' } },
      { kind: 'failed', message: '[x] is invalid', oauthError: 'invalid_scope', status: 400 },
    ],
    [
      'a message that is escaped for HTML',
      { status: 401, body: { error: 'unauthorized', error_description: 'user &quot;a&quot;' } },
      { message: 'user "a"' },
    ],
  ])('reports %s', async (_name, response, expected) => {
    expect(await requestError(response)).toMatchObject(expected);
  });

  test.each<[string, FakeResponse]>([
    ['an HTML page', { status: 200, body: '<html>Sign in</html>' }],
    ['an empty body', { status: 200, body: '' }],
    ['broken JSON', { status: 200, body: '{"access_token":"a' }],
    ['JSON without a token', { status: 200, body: { token_type: 'bearer' } }],
    ['a token of the wrong type', { status: 200, body: { access_token: 7, token_type: 'bearer' } }],
    ['a list', { status: 200, body: [tokenResponse] }],
    ['HTML with 502', { status: 502, body: '<html>Bad gateway</html>' }],
    ['JSON with 500', { status: 500, body: {} }],
    ['OAuth JSON with 503', { status: 503, body: { error: 'server_error' } }],
    ['JSON with 429', { status: 429, body: { error: 'slow_down' } }],
    ['HTML with 404', { status: 404, body: '<html>404</html>' }],
    ['JSON with 404, for an unknown hostname', { status: 404, body: {} }],
    ['an empty body with 401', { status: 401, body: '' }],
  ])(
    'that is %s means that the server is unavailable, not that a login is required',
    async (_name, response) => {
      expect(await requestError(response)).toMatchObject({
        kind: 'unavailable',
        hint: expect.stringContaining('try again'),
      });
    },
  );

  test.each([
    ['/login', 'unavailable'],
    ['https://evil.example.com/oauth/token', 'untrusted'],
    ['http://api.example.com:8443/oauth/token', 'untrusted'],
  ])('that is a redirect to %s is not followed', async (location, kind) => {
    expect(await requestError({ status: 302, headers: { location } })).toMatchObject({
      kind,
      message: expect.stringContaining('redirected the request to'),
    });
  });
});
