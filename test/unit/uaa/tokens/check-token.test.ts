import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/errors.js';
import type { HttpRequest } from '../../../../src/http/send.js';
import { Secret } from '../../../../src/secret.js';
import { createTokenCheck } from '../../../../src/uaa/tokens/check-token.js';
import { fakeSend } from '../fake-send.js';

const uaa = 'https://uaa.example.com';
const token = new Secret('a-token+&=');
const client = (clientId: string, secret: string) => ({
  clientId,
  clientSecret: new Secret(secret),
});
const pair = ({ headers = {} }: HttpRequest) =>
  Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();
const refused = (status: number, message: string) =>
  new TpksError('failed', message, { status, oauthError: 'x' });

test('asks with the token in the body, as the client', async () => {
  const said = { client_id: 'cf', exp: 1, user_name: 'cody', more: [1] };
  const { send, requests } = fakeSend(() => said);
  expect(await createTokenCheck(send, uaa).check(token, client('pks_client', 's3cret'))).toEqual(
    said,
  );
  expect(requests).toMatchObject([{ method: 'POST', url: `${uaa}/check_token` }]);
  expect(String(requests[0]?.body)).toBe('token=a-token%2B%26%3D');
  expect(pair(requests[0]!)).toBe('pks_client:s3cret');
});

describe('a secret that can be spelled in two ways', () => {
  test('is spelled as newer UAAs read it, and then as older ones do', async () => {
    const { send, requests } = fakeSend((request) => {
      if (pair(request) !== 'my client:50%+x') throw refused(401, 'Bad credentials');
      return { client_id: 'cf', exp: 1 };
    });
    await createTokenCheck(send, uaa).check(token, client('my client', '50%+x'));
    expect(requests.map(pair)).toEqual(['my%20client:50%25%2Bx', 'my client:50%+x']);
    expect(requests[0]?.headers).toHaveProperty('x-cf-encoded-credentials', 'true');
    expect(requests[1]?.headers).not.toHaveProperty('x-cf-encoded-credentials');
  });

  test('is tried once where that makes no difference', async () => {
    const { send, requests } = fakeSend(() => {
      throw refused(401, 'Bad credentials');
    });
    const check = createTokenCheck(send, uaa).check(token, client('a', 'b'));
    await expect(check).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(requests).toHaveLength(1);
  });
});

test.each([
  [400, 'failed', 'The token is not valid: Token has expired', undefined],
  [401, 'unauthenticated', 'Token has expired', 'check the client a and its secret'],
  [403, 'forbidden', 'Token has expired', 'the client a needs the authority uaa.resource'],
])('HTTP %i is told as %s', async (status, kind, message, hint) => {
  const { send } = fakeSend(() => {
    throw refused(status, 'Token has expired');
  });
  await expect(createTokenCheck(send, uaa).check(token, client('a', 'b'))).rejects.toMatchObject({
    ...{ kind, message, hint, status },
  });
});
