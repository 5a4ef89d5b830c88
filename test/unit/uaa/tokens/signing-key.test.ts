import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/http/status-error.js';
import { Secret } from '../../../../src/secret.js';
import { createSigningKeys } from '../../../../src/uaa/tokens/token-keys.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

const uaa = 'https://uaa.example.com';
const key = { kty: 'MAC', alg: 'HS256', value: 'tokenKey', use: 'sig' };

function createTestKeys(...answers: readonly FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  return { keys: createSigningKeys(withStatusErrors(send), uaa), requests };
}
const reader = (clientSecret: string) => ({
  clientId: 'reader',
  clientSecret: new Secret(clientSecret),
});

test('reads a public key without credentials', async () => {
  const { keys, requests } = createTestKeys({ body: { ...key, kty: 'RSA' } });
  expect(await keys.getCurrent()).toEqual({ ...key, kty: 'RSA' });
  expect(requests).toMatchObject([{ method: 'GET', url: `${uaa}/token_key` }]);
  expect(requests[0]?.headers).not.toHaveProperty('authorization');
});

test('authenticates the client with Basic, in both encodings if they differ', async () => {
  const { keys, requests } = createTestKeys({ status: 401, body: {} }, { body: key });
  expect(await keys.getCurrent(reader('p%+ü'))).toEqual(key);
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(requests.map(({ headers }) => headers?.['authorization'])).toEqual([
    basic(`reader:${encodeURIComponent('p%+ü')}`),
    basic('reader:p%+ü'),
  ]);
});

describe('a rejected request', () => {
  const rejection = { error: 'unauthorized', error_description: 'Bad credentials' };

  test('without a client has a hint to use one', async () => {
    await expect(
      createTestKeys({ status: 401, body: rejection }).keys.getCurrent(),
    ).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: expect.stringContaining('use -c CLIENT'),
    });
  });

  test('of a client has a hint that depends on the status', async () => {
    const { keys, requests } = createTestKeys({ status: 401, body: rejection });
    await expect(keys.getCurrent(reader('plain'))).rejects.toMatchObject({
      hint: 'check the client reader and its secret',
    });
    expect(requests).toHaveLength(1);
    const denied = createTestKeys({ status: 403, body: { error: 'access_denied' } });
    await expect(denied.keys.getCurrent(reader('plain'))).rejects.toMatchObject({
      kind: 'forbidden',
      hint: 'the client reader needs the authority uaa.resource',
    });
  });
});
