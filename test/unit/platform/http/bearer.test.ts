import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import { withBearer } from '../../../../src/platform/http/bearer.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

const api = 'https://api.example.com:9021';
const uaa = 'https://api.example.com:8443';
const get = { method: 'GET', url: `${api}/v1/clusters`, headers: { accept: 'application/json' } };

const invalid: FakeResponse = {
  status: 401,
  body: { error: 'invalid_token', error_description: 'Token has expired' },
};

const loginCommand = 'tpks login -a api.example.com -u cody';

/** Sends with `token-1`, `token-2` and so on, one for each call of `getAccessToken`. */
function createBearerSend(...answers: readonly FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  const rejectedTokens: unknown[] = [];
  const accessToken = async (options?: { readonly rejected?: Secret }) => {
    rejectedTokens.push(options?.rejected?.reveal());
    return new Secret(`token-${String(rejectedTokens.length)}`);
  };
  return {
    send: withBearer(send, {
      getAccessToken: accessToken,
      hosts: [api, `${uaa}/uaa`],
      loginCommand,
    }),
    requests,
    rejectedTokens,
    tokens: () => requests.map(({ headers }) => headers?.['authorization']),
  };
}

test.each([
  'https://evil.example.com:9021/v1/clusters',
  'https://api.example.com/v1/clusters',
  'http://api.example.com:9021/v1/clusters',
  'https://api.example.com.evil.example.com:9021/',
  'https://api.example.com:9021@evil.example.com/',
])('does not send the token or the request to %s', async (url) => {
  const { send, requests, rejectedTokens } = createBearerSend({});
  await expect(send({ ...get, url })).rejects.toMatchObject({
    kind: 'untrusted',
    message: expect.stringMatching(
      /^The access token is not valid for https?:.*; nothing was sent$/,
    ),
    hint: `the token of this context is sent only to ${api} and ${uaa}`,
  });
  expect({ requests, rejectedTokens }).toEqual({ requests: [], rejectedTokens: [] });
});

describe('a response with invalid_token', () => {
  const rejections: [string, FakeResponse][] = [
    ['status 401 and a body', invalid],
    ['status 400 and a body', { ...invalid, status: 400 }],
    [
      'status 401 and no body, as for HEAD',
      {
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="oauth", error="invalid_token"' },
      },
    ],
  ];

  test.each(rejections)(
    'causes one more attempt with a new token: %s',
    async (_name, rejection) => {
      const { send, rejectedTokens, tokens } = createBearerSend(rejection, { body: 'fine' });
      const response = await send(get);
      expect(await response.text()).toBe('fine');
      expect(rejectedTokens).toEqual([undefined, 'token-1']);
      expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
    },
  );

  test.each(rejections)(
    'causes an error if it also follows the second attempt: %s',
    async (_name, rejection) => {
      const { send, requests } = createBearerSend(rejection);
      await expect(send(get)).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'You are not currently authenticated. Please log in to continue',
        hint: `${loginCommand} (the server also rejected a new token)`,
        status: rejection.status,
      });
      expect(requests).toHaveLength(2);
    },
  );

  test('names the session if that is known', async () => {
    const { send } = fakeSend(invalid);
    const bearerSend = withBearer(send, {
      getAccessToken: () => Promise.resolve(new Secret('token')),
      hosts: [api],
      loginCommand,
      sessionTitle: 'The session of cody@api.example.com',
    });
    await expect(bearerSend(get)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message:
        'The session of cody@api.example.com has ended (the server also rejected a new token)',
      hint: loginCommand,
      oauthError: 'invalid_token',
    });
  });
});

test.each<FakeResponse>([
  { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
  { status: 401, body: '<html>invalid_token</html>' },
  { status: 400, body: { error: 'invalid_request' } },
  { status: 403, body: { error: 'invalid_token' } },
  { status: 500, body: { error: 'invalid_token' } },
])('passes on a response with $status $body', async (answer) => {
  const { send, requests } = createBearerSend(answer);
  const response = await send(get);
  expect(response.status).toBe(answer.status);
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  expect(await response.text()).toBe(body);
  const pieces: Uint8Array[] = [];
  for await (const piece of response.stream()) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(body);
  expect(requests).toHaveLength(1);
});

test('sends nothing without a token', async () => {
  const { send: plainSend, requests } = fakeSend({});
  const send = withBearer(plainSend, {
    getAccessToken: () => Promise.reject(new Error('not logged in')),
    hosts: [api],
    loginCommand,
  });
  await expect(send(get)).rejects.toThrow('not logged in');
  expect(requests).toEqual([]);
});
