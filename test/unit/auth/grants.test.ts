import { describe, expect, test } from '@jest/globals';
import { createGrants, type Grants } from '../../../src/auth/grants.js';
import { TpksError } from '../../../src/errors.js';
import { redact, Secret } from '../../../src/secret.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';
import { fixedClock } from '../../support/fixed-clock.js';
import { jwt } from '../../support/jwt.js';
import { plain } from '../../support/plain-tokens.js';

const uaa = 'https://api.example.com:8443/uaa';
const access = jwt({ jti: 'access', user_name: 'cody', scope: ['openid'], iat: 1000, exp: 1600 });
const refresh = jwt({ jti: 'refresh', exp: 1_800_000_000 });
const idToken = jwt({ iss: 'https://somewhere.else/oauth/token', aud: 'pks_cli' });

const answer = {
  access_token: access,
  token_type: 'bearer',
  refresh_token: refresh,
  id_token: idToken,
  expires_in: 599,
  scope: 'openid pks.clusters.manage',
  jti: 'access',
};

function grantsOf(reply: FakeAnswer = { body: answer }, clientId = 'pks_cli', secret = '') {
  const { send, requests } = fakeSend(reply);
  const grants = createGrants({
    send,
    uaa,
    clientId,
    clientSecret: new Secret(secret),
    clock: fixedClock(),
  });
  return { grants, requests };
}

const ways: [string, (grants: Grants) => ReturnType<Grants['refresh']>, Record<string, string>][] =
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
      'client',
      ({ clientCredentials }) => clientCredentials(),
      { grant_type: 'client_credentials' },
    ],
    [
      'client with scopes',
      ({ clientCredentials }) => clientCredentials({ scope: 'scim.read scim.write' }),
      { grant_type: 'client_credentials', scope: 'scim.read scim.write' },
    ],
    [
      'code',
      ({ authorizationCode }) =>
        authorizationCode({
          code: new Secret('q7f2XaoBfo'),
          redirectUri: 'http://localhost:28443/authcode',
          codeVerifier: new Secret('a-verifier-of-43-letters-or-more-as-RFC-7636-wants'),
        }),
      {
        grant_type: 'authorization_code',
        code: 'q7f2XaoBfo',
        redirect_uri: 'http://localhost:28443/authcode',
        code_verifier: 'a-verifier-of-43-letters-or-more-as-RFC-7636-wants',
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

describe.each(ways)('%s', (_name, ask, fields) => {
  test('is one request, client and secret as form fields, no Authorization header', async () => {
    const { grants, requests } = grantsOf(undefined, 'my client', 'odd %2B+&= sécret');
    await ask(grants);
    expect(requests).toHaveLength(1);
    const [{ method, url, headers = {}, body } = requests[0]!] = requests;
    expect({ method, url }).toEqual({ method: 'POST', url: `${uaa}/oauth/token` });
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
      ...fields,
      client_id: 'my client',
      client_secret: 'odd %2B+&= sécret',
    });
    // Without it UAA uses a passcode up and refuses it. @see real-uaa, section 3
    expect(headers['accept']).toBe('application/json');
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('authorization');
  });

  test('sends an empty secret as one', async () => {
    const { grants, requests } = grantsOf();
    await ask(grants);
    expect(String(requests[0]?.body)).toMatch(/(^|&)client_secret=(&|$)/);
  });
});

test('a public client names itself and sends no secret', async () => {
  const { send, requests } = fakeSend({ body: answer });
  const client = { send, uaa, clientId: 'public', clientSecret: undefined, clock: fixedClock() };
  await createGrants(client).refresh(new Secret('opaque-r'));
  expect(Object.fromEntries(new URLSearchParams(String(requests[0]?.body)))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'opaque-r',
    client_id: 'public',
  });
});

test('opaque tokens are asked for by each grant', async () => {
  const { send, requests } = fakeSend({ body: answer });
  const clientSecret = new Secret('');
  const client = { send, uaa, clientId: 'pks_cli', clientSecret, clock: fixedClock() };
  await createGrants({ ...client, tokenFormat: 'opaque' }).refresh(new Secret('opaque-r'));
  expect(new URLSearchParams(String(requests[0]?.body)).get('token_format')).toBe('opaque');
});

describe('the answer', () => {
  const token = async (reply?: FakeAnswer) =>
    plain(await grantsOf(reply).grants.clientCredentials());

  test('is a token with all that belongs to it', async () => {
    const date = 'Tue, 24 Nov 2026 10:00:30 GMT';
    expect(await token({ body: answer, headers: { date } })).toEqual({
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

  test.each([undefined, 'yesterday'])(
    'comes by our clock where the server’s says %j',
    async (date) => {
      const headers = date === undefined ? {} : { date };
      expect(await token({ body: answer, headers })).toMatchObject({
        issuedAt: new Date('2026-11-25T10:00:00Z'),
        clockOffsetSeconds: 0,
      });
    },
  );

  test.each([
    'Sat, 13 Sep 275760 00:00:00 GMT',
    'Fri, 31 Dec 99999 23:59:59 GMT',
    '-271821-04-20T00:00:00.000Z',
  ])('is unexpected if its Date header is %s', async (date) => {
    await expect(token({ body: answer, headers: { date } })).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The UAA did not send a valid response: the time in the Date header is out of range',
    });
  });

  test('may leave out refresh token, id token and scope', async () => {
    const body = { access_token: access, token_type: 'bearer', expires_in: 43_199 };
    expect(await token({ body })).toMatchObject({
      refreshToken: undefined,
      idToken: undefined,
      refreshExpiresAt: undefined,
      // The token tells.
      scope: 'openid',
      lifetimeSeconds: 43_199,
    });
  });

  test('may leave out the lifetime: the token tells, or it counts as dead', async () => {
    const body = { ...answer, expires_in: undefined };
    expect(await token({ body })).toMatchObject({ lifetimeSeconds: 600 });
    const opaque = { ...body, access_token: '0123456789abcdef0123456789abcdef' };
    expect(await token({ body: opaque })).toMatchObject({ lifetimeSeconds: 0 });
  });

  test('with a lifetime beyond all times is still a token', async () => {
    const { lifetimeSeconds, issuedAt } = await token({ body: { ...answer, expires_in: 1e300 } });
    expect(new Date(issuedAt.getTime() + lifetimeSeconds * 1000).toISOString()).toMatch(/^\d{4}-/);
  });

  test('with an id_token of another issuer is taken: nobody here relies on its claims', async () => {
    expect(await token()).toMatchObject({ idToken });
  });

  test('may hold an empty id_token', async () => {
    expect(await token({ body: { ...answer, id_token: '' } })).toMatchObject({
      accessToken: access,
    });
  });

  test('makes its tokens known to the redaction', async () => {
    const opaque = { access_token: 'opaque-access-7', refresh_token: 'opaque-refresh-7-r' };
    await token({ body: { ...answer, ...opaque } });
    expect(redact('opaque-access-7 opaque-refresh-7-r')).toBe('••• •••');
  });
});

describe('a refusal', () => {
  const outcome = async (reply: FakeAnswer): Promise<unknown> =>
    grantsOf(reply)
      .grants.clientCredentials()
      .catch((error: unknown) => error);

  const challenge = (error: string) => ({
    'www-authenticate': `Bearer realm="oauth", error="${error}", error_description="Bad credentials"`,
  });

  test.each<[string, FakeAnswer, object]>([
    [
      'of credentials',
      { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
      {
        kind: 'unauthenticated',
        message: 'Bad credentials',
        oauthError: 'unauthorized',
        status: 401,
      },
    ],
    [
      'of credentials, with a challenge',
      {
        status: 401,
        headers: challenge('unauthorized'),
        body: { error: 'unauthorized', error_description: 'Invalid passcode' },
      },
      { kind: 'unauthenticated', message: 'Invalid passcode', oauthError: 'unauthorized' },
    ],
    [
      'of a client, on newer UAAs',
      { status: 401, body: { error: 'invalid_client', error_description: 'Bad credentials' } },
      { kind: 'unauthenticated', oauthError: 'invalid_client' },
    ],
    [
      'of a refresh token',
      {
        status: 401,
        body: { error: 'invalid_token', error_description: 'The token expired, was revoked, or …' },
      },
      { kind: 'unauthenticated', oauthError: 'invalid_token' },
    ],
    [
      'of a refresh token, by the book',
      { status: 400, body: { error: 'invalid_grant' } },
      { kind: 'unauthenticated', oauthError: 'invalid_grant' },
    ],
    [
      'of a scope',
      { status: 400, body: { error: 'invalid_scope', error_description: '[x] is invalid' } },
      { kind: 'failed', message: '[x] is invalid', oauthError: 'invalid_scope', status: 400 },
    ],
    [
      'of a grant type',
      { status: 400, body: { error: 'unsupported_grant_type' } },
      { kind: 'failed', oauthError: 'unsupported_grant_type' },
    ],
    [
      'escaped for HTML',
      { status: 401, body: { error: 'unauthorized', error_description: 'user &quot;a&quot;' } },
      { message: 'user "a"' },
    ],
  ])('%s', async (_name, reply, expected) => {
    expect(await outcome(reply)).toMatchObject(expected);
  });

  test.each<[string, FakeAnswer]>([
    ['a web page', { status: 200, body: '<html>Sign in</html>' }],
    ['nothing', { status: 200, body: '' }],
    ['broken JSON', { status: 200, body: '{"access_token":"a' }],
    ['JSON without a token', { status: 200, body: { token_type: 'bearer' } }],
    ['a token of the wrong type', { status: 200, body: { access_token: 7, token_type: 'bearer' } }],
    ['a list', { status: 200, body: [answer] }],
    ['HTML with 502', { status: 502, body: '<html>Bad gateway</html>' }],
    ['JSON with 500', { status: 500, body: {} }],
    ['OAuth JSON with 503', { status: 503, body: { error: 'server_error' } }],
    ['429', { status: 429, body: { error: 'slow_down' } }],
    ['HTML with 404', { status: 404, body: '<html>404</html>' }],
    ['nothing with 401', { status: 401, body: '' }],
  ])(
    'is not %s: that is a server in trouble, and no reason to log in again',
    async (_name, reply) => {
      expect(await outcome(reply)).toMatchObject({
        kind: 'unavailable',
        hint: expect.stringContaining('try again'),
      });
    },
  );

  test.each([
    ['/login', 'unavailable'],
    ['https://evil.example.com/oauth/token', 'untrusted'],
    ['http://api.example.com:8443/oauth/token', 'untrusted'],
  ])('is not a redirect to %s: that is not followed', async (location, kind) => {
    expect(await outcome({ status: 302, headers: { location } })).toMatchObject({
      kind,
      message: expect.stringContaining('redirected the request to'),
    });
  });

  test.each([
    new TpksError('unavailable', 'the connection was refused', { hint: 'try again' }),
    new TpksError('untrusted', 'The certificate has expired', { hint: 'no' }),
  ])('is not trouble on the way: that is told as it is ($kind)', async (error) => {
    expect(await outcome({ error })).toBe(error);
  });
});

test.each(['access_token', 'refresh_token', 'id_token'])(
  'an %s with a line break is unexpected',
  async (field) => {
    const { grants } = grantsOf({ body: { ...answer, [field]: 'a\nb\r\nX: y' } });
    await expect(grants.clientCredentials()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(`did not send a valid response: ${field}`),
    });
  },
);
