import { describe, expect, test } from '@jest/globals';
import { createTokenRecords } from '../../../../src/api/uaa/token-records.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import { fakeSend, ok } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const record = {
  tokenId: '2d1c0e',
  clientId: 'app',
  userId: 'u-1',
  format: 'opaque',
  responseType: 'ACCESS_TOKEN',
  issuedAt: 1,
  expiresAt: 2,
  scope: '[openid]',
  value: null,
};

test.each([
  [{ userId: 'u 1' }, 'list/user/u%201'],
  [{ clientId: 'my:app' }, 'list/client/my%3Aapp'],
])('lists the tokens of %j', async (owner, path) => {
  const { send, requests } = fakeSend(() => [record]);
  expect(await createTokenRecords(send, uaa).list(owner)).toEqual([record]);
  expect(requests).toMatchObject([{ method: 'GET', url: `${uaa}/oauth/token/${path}` }]);
});

test.each([
  [{ userId: 'u-1' }, 'revoke/user/u-1'],
  [{ clientId: 'app' }, 'revoke/client/app'],
  [{ userId: 'u-1', clientId: 'app' }, 'revoke/user/u-1/client/app'],
])('revokes the tokens of %j', async (owner, path) => {
  const { send, requests } = fakeSend(() => ({}));
  await createTokenRecords(send, uaa).revokeAll(owner);
  expect(requests).toMatchObject([{ url: `${uaa}/oauth/token/${path}` }]);
});

test.each<[Parameters<ReturnType<typeof createTokenRecords>['revokeAll']>[0], string]>([
  [{ userId: '..' }, 'The user id cannot be ".."'],
  [{ clientId: '' }, 'The client id is empty'],
])('sends nothing for %j', async (owner, message) => {
  const { send, requests } = fakeSend(() => ({}));
  await expect(createTokenRecords(send, uaa).revokeAll(owner)).rejects.toThrow(message);
  expect(requests).toEqual([]);
});

test('revokes one token', async () => {
  const { send, requests } = fakeSend(() => ({}));
  await createTokenRecords(send, uaa).revoke(new Secret('2d1c0e-r'));
  expect(requests).toMatchObject([{ method: 'DELETE', url: `${uaa}/oauth/token/revoke/2d1c0e-r` }]);
});

test.each(['[]', '7', '{"name":"x"}', '<html>Sign in</html>'])(
  'reports an error if the response to a revocation is %s',
  async (body) => {
    const records = createTokenRecords(async () => ok(body), uaa);
    const unexpected = { kind: 'unavailable' };
    await expect(records.revokeAll({ userId: 'u-1' })).rejects.toMatchObject(unexpected);
    await expect(records.revoke(new Secret('2d1c0e-r'))).rejects.toMatchObject(unexpected);
  },
);

describe('an error', () => {
  const createFailingRecords = (error: Error) =>
    createTokenRecords(
      fakeSend(() => {
        throw error;
      }).send,
      uaa,
    );

  test('for a missing token or owner has a hint', async () => {
    const records = createFailingRecords(
      new TpksError('notFound', 'Resource not found', { status: 404 }),
    );
    await expect(records.revoke(new Secret('x'))).rejects.toMatchObject({
      kind: 'notFound',
      hint: expect.stringContaining('token revoke --user'),
    });
    await expect(records.revokeAll({ clientId: 'x' })).rejects.toMatchObject({
      hint: 'tpks uaa users, tpks uaa clients',
    });
  });

  test('for an invalid response is reported', async () => {
    const { send } = fakeSend(() => [{ ...record, tokenId: 7 }]);
    await expect(createTokenRecords(send, uaa).list({ userId: 'u' })).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
});
