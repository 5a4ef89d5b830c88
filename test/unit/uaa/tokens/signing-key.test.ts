import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/http/status-error.js';
import { Secret } from '../../../../src/secret.js';
import { createSigningKeys } from '../../../../src/uaa/tokens/signing-key.js';
import { fakeSend, type FakeAnswer } from '../../../support/fake-send.js';

const uaa = 'https://uaa.example.com';
const key = { kty: 'MAC', alg: 'HS256', value: 'tokenKey', use: 'sig' };

function serving(...answers: readonly FakeAnswer[]) {
  const { send, requests } = fakeSend(...answers);
  return { keys: createSigningKeys(withStatusErrors(send), uaa), requests };
}
const reader = (clientSecret: string) => ({
  clientId: 'reader',
  clientSecret: new Secret(clientSecret),
});

test('a public key is shown to anybody', async () => {
  const { keys, requests } = serving({ body: { ...key, kty: 'RSA' } });
  expect(await keys.getCurrent()).toEqual({ ...key, kty: 'RSA' });
  expect(requests).toMatchObject([{ method: 'GET', url: `${uaa}/token_key` }]);
  expect(requests[0]?.headers).not.toHaveProperty('authorization');
});

test('a client proves itself by Basic, in both spellings where they differ', async () => {
  const { keys, requests } = serving({ status: 401, body: {} }, { body: key });
  expect(await keys.getCurrent(reader('p%+ü'))).toEqual(key);
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(requests.map(({ headers }) => headers?.['authorization'])).toEqual([
    basic(`reader:${encodeURIComponent('p%+ü')}`),
    basic('reader:p%+ü'),
  ]);
});

describe('a refusal', () => {
  const refusal = { error: 'unauthorized', error_description: 'Bad credentials' };

  test('without a client asks for one', async () => {
    await expect(serving({ status: 401, body: refusal }).keys.getCurrent()).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: expect.stringContaining('use -c CLIENT'),
    });
  });

  test('of a client is told by its reason', async () => {
    const { keys, requests } = serving({ status: 401, body: refusal });
    await expect(keys.getCurrent(reader('plain'))).rejects.toMatchObject({
      hint: 'check the client reader and its secret',
    });
    expect(requests).toHaveLength(1);
    const denied = serving({ status: 403, body: { error: 'access_denied' } });
    await expect(denied.keys.getCurrent(reader('plain'))).rejects.toMatchObject({
      kind: 'forbidden',
      hint: 'the client reader needs the authority uaa.resource',
    });
  });
});
