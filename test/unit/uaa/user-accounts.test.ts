import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';
import { createUserAccounts } from '../../../src/uaa/user-accounts.js';
import { fakeSend } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const cody = { id: 'c/1', userName: 'cody', origin: 'uaa' };

function createTestAccounts(respond: () => unknown = () => ({ status: 'ok' })) {
  const { send, requests } = fakeSend(({ method }) =>
    method === 'GET' ? { resources: [cody], totalResults: 1 } : respond(),
  );
  const service = createUserAccounts(send, uaa);
  const sent = () =>
    requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, url, headers, body }) => ({
        line: `${method} ${url}`,
        accept: headers?.['accept'],
        body: JSON.parse(String(body)) as unknown,
      }));
  return { service, sent };
}

test('sends one request for each change', async () => {
  const { service, sent } = createTestAccounts();
  await service.unlock({ name: 'cody' });
  await service.setPassword({ id: 'd-1' }, new Secret('new one'));
  await service.changePassword('e-1', { old: new Secret('old one'), new: new Secret('new one') });
  const accept = 'application/json';
  expect(sent()).toEqual([
    { line: `PATCH ${uaa}/Users/c%2F1/status`, accept, body: { locked: false } },
    { line: `PUT ${uaa}/Users/d-1/password`, accept, body: { password: 'new one' } },
    {
      line: `PUT ${uaa}/Users/e-1/password`,
      accept,
      body: { password: 'new one', oldPassword: 'old one' },
    },
  ]);
});

describe('a response with status 401', () => {
  const rejectWith = (oauthError: string, message: string) =>
    createTestAccounts(() => {
      throw new TpksError('unauthenticated', message, { status: 401, oauthError });
    }).service;

  test('because of a wrong old password does not suggest to log in', async () => {
    const service = rejectWith('unauthorized', 'Old password is incorrect');
    const secrets = { old: new Secret('a'), new: new Secret('b') };
    await expect(service.changePassword('e-1', secrets)).rejects.toMatchObject({
      kind: 'failed',
      message: 'Old password is incorrect',
      hint: 'enter the current password',
    });
  });

  test('because of an unknown user is reported as not found', async () => {
    const service = rejectWith('bad_credentials', 'Invalid password change request');
    await expect(service.setPassword({ id: 'd-1' }, new Secret('b'))).rejects.toMatchObject({
      kind: 'notFound',
      message: 'User with the id d-1 not found',
    });
  });

  test('because of an expired token is an authentication error', async () => {
    const service = rejectWith('invalid_token', 'expired');
    await expect(service.setPassword({ id: 'd-1' }, new Secret('b'))).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
  });
});
