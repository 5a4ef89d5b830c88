import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/errors.js';
import type { HttpRequest } from '../../../../src/http/send.js';
import { Secret } from '../../../../src/secret.js';
import { createTokenCheck } from '../../../../src/uaa/tokens/token-keys.js';
import { fakeSend } from '../fake-send.js';

const uaa = 'https://uaa.example.com';
const token = new Secret('a-token+&=');
const client = (clientId: string, secret: string) => ({
  clientId,
  clientSecret: new Secret(secret),
});
const readCredentials = ({ headers = {} }: HttpRequest) =>
  Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();
const createError = (status: number, message: string) =>
  new TpksError('failed', message, { status, oauthError: 'x' });

test('sends the token in the body and authenticates as the client', async () => {
  const claims = { client_id: 'cf', exp: 1, user_name: 'cody', more: [1] };
  const { send, requests } = fakeSend(() => claims);
  expect(await createTokenCheck(send, uaa).check(token, client('pks_client', 's3cret'))).toEqual(
    claims,
  );
  expect(requests).toMatchObject([{ method: 'POST', url: `${uaa}/check_token` }]);
  expect(String(requests[0]?.body)).toBe('token=a-token%2B%26%3D');
  expect(readCredentials(requests[0]!)).toBe('pks_client:s3cret');
});

describe('a secret that can be encoded in two ways', () => {
  test('is encoded for newer UAAs first, then for older ones', async () => {
    const { send, requests } = fakeSend((request) => {
      if (readCredentials(request) !== 'my client:50%+x') throw createError(401, 'Bad credentials');
      return { client_id: 'cf', exp: 1 };
    });
    await createTokenCheck(send, uaa).check(token, client('my client', '50%+x'));
    expect(requests.map(readCredentials)).toEqual(['my%20client:50%25%2Bx', 'my client:50%+x']);
    expect(requests[0]?.headers).toHaveProperty('x-cf-encoded-credentials', 'true');
    expect(requests[1]?.headers).not.toHaveProperty('x-cf-encoded-credentials');
  });

  test('is sent once if both encodings are the same', async () => {
    const { send, requests } = fakeSend(() => {
      throw createError(401, 'Bad credentials');
    });
    const check = createTokenCheck(send, uaa).check(token, client('a', 'b'));
    await expect(check).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(requests).toHaveLength(1);
  });
});

test.each([
  [400, 'failed', 'The token is invalid: Token has expired', undefined],
  [401, 'unauthenticated', 'Token has expired', 'check the client a and its secret'],
  [403, 'forbidden', 'Token has expired', 'the client a needs the authority uaa.resource'],
])('reports HTTP %i as %s: %s', async (status, kind, message, hint) => {
  const { send } = fakeSend(() => {
    throw createError(status, 'Token has expired');
  });
  await expect(createTokenCheck(send, uaa).check(token, client('a', 'b'))).rejects.toMatchObject({
    ...{ kind, message, hint, status },
  });
});
