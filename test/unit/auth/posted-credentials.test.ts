import { describe, expect, test } from '@jest/globals';
import { postCredentials } from '../../../src/auth/posted-credentials.js';
import type { HttpRequest } from '../../../src/http/send.js';
import { redact, Secret } from '../../../src/secret.js';
import { toResponse, type FakeResponse } from '../../support/fakes/fake-send.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { jwt } from '../../support/fixtures/jwt.js';
import { plain } from '../../support/checks/plain-tokens.js';

const uaa = 'https://api.example.com:8443';
const redirectUri = 'https://uaa.cloudfoundry.com/redirect/cf';

/** @param respond - creates the response from the posted fields. */
function createPost(respond: (fields: URLSearchParams) => FakeResponse) {
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    requests.push(request);
    return toResponse(respond(new URLSearchParams(String(request.body))));
  };
  const promptValues = new Map<string, string | Secret>([
    ['username', 'cody'],
    ['password', new Secret('cody-pässword&+')],
  ]);
  return {
    requests,
    token: (scope?: string) =>
      postCredentials(
        { uaa, clientId: 'cf', promptValues, redirectUri, scope },
        { send, clock: fixedClock() },
      ),
  };
}

const redirect = (
  fields: URLSearchParams,
  response: Record<string, string>,
  redirectTarget = redirectUri,
) => ({
  status: 302,
  headers: {
    location: `${redirectTarget}#${new URLSearchParams({ state: fields.get('state') ?? '', ...response }).toString()}`,
    date: 'Tue, 24 Nov 2026 10:00:30 GMT',
  },
});
const access = (nonce: string | null) => jwt({ user_name: 'cody', scope: ['openid', 'x'], nonce });

test('sends one request with all values in the body', async () => {
  const { requests, token } = createPost((fields) =>
    redirect(fields, { access_token: access(fields.get('nonce')), expires_in: '599' }),
  );
  expect(await token('openid')).toMatchObject({
    lifetimeSeconds: 599,
    scope: 'openid',
    refreshToken: undefined,
    issuedAt: new Date('2026-11-24T10:00:30Z'),
  });
  expect(requests).toHaveLength(1);
  const [{ method, url, headers = {}, body } = requests[0]!] = requests;
  expect({ method, url }).toEqual({ method: 'POST', url: `${uaa}/oauth/authorize` });
  expect(headers['accept']).toBe('application/json');
  expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
    client_id: 'cf',
    response_type: 'token id_token',
    redirect_uri: redirectUri,
    scope: 'openid',
    source: 'credentials',
    username: 'cody',
    password: 'cody-pässword&+',
    state: expect.any(String),
    nonce: expect.any(String),
  });
});

test('accepts an opaque token and registers it for redaction', async () => {
  const { token } = createPost((fields) =>
    redirect(fields, { access_token: 'opaque-token-7', scope: 'x', expires_in: '599' }),
  );
  expect(plain(await token())).toMatchObject({ accessToken: 'opaque-token-7', scope: 'x' });
  expect(redact('opaque-token-7')).toBe('•••');
});

describe('fails if the response is', () => {
  test.each<[string, FakeResponse, object]>([
    [
      'a rejection of the credentials',
      { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
      { kind: 'unauthenticated', message: 'Bad credentials' },
    ],
    [
      'a rejection of the redirect URI',
      {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: `Invalid redirect ${redirectUri} did not match one of the registered values`,
        },
      },
      { kind: 'failed', hint: expect.stringContaining('--redirect-uri') },
    ],
    [
      'a rejection of the client',
      {
        status: 401,
        body: { error: 'invalid_client', error_description: 'No client with requested id: cf' },
      },
      { kind: 'unauthenticated', message: 'No client with requested id: cf' },
    ],
    [
      'a request for approval',
      { status: 200, body: { auth_request: { requestParameters: { password: 'x' } } } },
      { kind: 'failed', hint: expect.stringContaining('tpks uaa token implicit get -c cf') },
    ],
    ['a server error', { status: 503, body: {} }, { kind: 'unavailable' }],
    [
      'a redirect to the login page',
      { status: 302, headers: { location: '/login' } },
      { kind: 'unavailable' },
    ],
    ['an HTML page', { status: 200, body: '<html>' }, { kind: 'unavailable' }],
  ])('%s', async (_name, response, expected) => {
    await expect(createPost(() => response).token()).rejects.toMatchObject(expected);
  });

  test('an error in the fragment, with the message of the UAA', async () => {
    const { token } = createPost((fields) =>
      redirect(fields, {
        error: 'invalid_client',
        error_description: 'Unauthorized grant type: implicit',
      }),
    );
    await expect(token()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Unauthorized grant type: implicit',
    });
  });

  test('a token for another redirect URI, without repeating the token', async () => {
    const { token } = createPost((fields) =>
      redirect(fields, { access_token: 'misdirected-token-7' }, 'https://evil.example.com/'),
    );
    const error: unknown = await token().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify(error) + String(error)).not.toContain('misdirected-token-7');
  });

  test('a token of another request', async () => {
    const { token } = createPost(() => ({
      status: 302,
      headers: { location: `${redirectUri}#access_token=x&state=another` },
    }));
    await expect(token()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});

test.each(['access_token', 'id_token'])('rejects an %s with a line break', async (field) => {
  const { token } = createPost((fields) =>
    redirect(fields, { access_token: 'opaque-token-8', [field]: 'a\nb\r\nX: y' }),
  );
  await expect(token()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining(`did not send a valid response: ${field}`),
  });
});
