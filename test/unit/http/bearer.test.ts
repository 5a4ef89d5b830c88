import { describe, expect, test } from '@jest/globals';
import { withBearer } from '../../../src/http/bearer.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';
import { Secret } from '../../../src/secret.js';

const api = 'https://api.example.com:9021';
const uaa = 'https://api.example.com:8443';
const get = { method: 'GET', url: `${api}/v1/clusters`, headers: { accept: 'application/json' } };

const invalid: FakeAnswer = {
  status: 401,
  body: { error: 'invalid_token', error_description: 'Token has expired' },
};

const loginCommand = 'tpks login -a api.example.com -u cody';

/** Tokens `token-1`, `token-2`, … : a new one whenever the last was rejected. */
function signed(...answers: readonly FakeAnswer[]) {
  const { send, requests } = fakeSend(...answers);
  const asked: unknown[] = [];
  const accessToken = async (options?: { readonly rejected?: Secret }) => {
    asked.push(options?.rejected?.reveal());
    return new Secret(`token-${String(asked.length)}`);
  };
  return {
    send: withBearer(send, {
      getAccessToken: accessToken,
      hosts: [api, `${uaa}/uaa`],
      loginCommand,
    }),
    requests,
    asked,
    tokens: () => requests.map(({ headers }) => headers?.['authorization']),
  };
}

test('the token is added to the request’s own headers', async () => {
  const { send, requests } = signed({ body: [] });
  await send(get);
  expect(requests).toEqual([
    { ...get, headers: { accept: 'application/json', authorization: 'Bearer token-1' } },
  ]);
});

test.each([
  'https://evil.example.com:9021/v1/clusters',
  'https://api.example.com/v1/clusters',
  'http://api.example.com:9021/v1/clusters',
  'https://api.example.com.evil.example.com:9021/',
  'https://api.example.com:9021@evil.example.com/',
])('%s gets nothing', async (url) => {
  const { send, requests, asked } = signed({});
  await expect(send({ ...get, url })).rejects.toMatchObject({
    kind: 'untrusted',
    message: expect.stringMatching(
      /^The access token is not valid for https?:.*; nothing was sent$/,
    ),
    hint: `the token of this context is sent only to ${api} and ${uaa}`,
  });
  expect({ requests, asked }).toEqual({ requests: [], asked: [] });
});

test('a UAA with a path is known by its origin', async () => {
  const { send, requests } = signed({});
  await send({ ...get, url: `${uaa}/uaa/Users` });
  expect(requests).toHaveLength(1);
});

describe('invalid_token', () => {
  const refusals: [string, FakeAnswer][] = [
    ['401 with a body', invalid],
    ['400 with a body', { ...invalid, status: 400 }],
    [
      '401 without a body, as to HEAD',
      {
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="oauth", error="invalid_token"' },
      },
    ],
  ];

  test.each(refusals)('%s: the refused token is replaced, once', async (_name, refusal) => {
    const { send, asked, tokens } = signed(refusal, { body: 'fine' });
    const response = await send(get);
    expect(await response.text()).toBe('fine');
    expect(asked).toEqual([undefined, 'token-1']);
    expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test.each(refusals)('%s: twice is the end', async (_name, refusal) => {
    const { send, requests } = signed(refusal);
    await expect(send(get)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'You are not currently authenticated. Please log in to continue',
      hint: `${loginCommand} (the server also rejected a new token)`,
      status: refusal.status,
    });
    expect(requests).toHaveLength(2);
  });

  test('the body is sent again with the second attempt', async () => {
    const { send, requests } = signed(invalid, {});
    await send({ ...get, method: 'POST', body: 'once more' });
    expect(requests.map(({ body }) => body)).toEqual(['once more', 'once more']);
  });
});

test.each<FakeAnswer>([
  { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
  { status: 401, body: '<html>invalid_token</html>' },
  { status: 400, body: { error: 'invalid_request' } },
  { status: 403, body: { error: 'invalid_token' } },
  { status: 500, body: { error: 'invalid_token' } },
])('$status $body is an answer like any other', async (answer) => {
  const { send, requests } = signed(answer);
  const response = await send(get);
  expect(response.status).toBe(answer.status);
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  expect(await response.text()).toBe(body);
  const pieces: Uint8Array[] = [];
  for await (const piece of response.stream()) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(body);
  expect(requests).toHaveLength(1);
});

test('without a token nothing is sent', async () => {
  const { send: door, requests } = fakeSend({});
  const send = withBearer(door, {
    getAccessToken: () => Promise.reject(new Error('nobody is logged in')),
    hosts: [api],
    loginCommand,
  });
  await expect(send(get)).rejects.toThrow('nobody is logged in');
  expect(requests).toEqual([]);
});
