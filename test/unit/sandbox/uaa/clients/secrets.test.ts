import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});
beforeEach(async () => {
  await uaa.call('DELETE', '/oauth/clients/robot', { token });
  await uaa.call('POST', '/oauth/clients', {
    token,
    json: {
      client_id: 'robot',
      client_secret: 'one',
      authorized_grant_types: ['client_credentials'],
      authorities: ['clients.secret'],
    },
  });
});

const change = (json: Record<string, unknown>, as = token, id = 'robot') =>
  uaa.call('PUT', `/oauth/clients/${id}/secret`, { token: as, json });
const isAccepted = async (secret: string) =>
  (await uaa.clientToken('robot', secret)).startsWith('eyJ');
const isValid = async (ownToken: string) =>
  (await uaa.call('GET', '/oauth/clients/robot/meta', { token: ownToken })).status === 200;
const ok = (message: string) => ({ status: 200, json: { status: 'ok', message } });
const invalidClient = (description: string) => ({
  status: 400,
  json: { error: 'invalid_client', error_description: description },
});

test('a new secret replaces the old one and revokes its tokens', async () => {
  const own = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'two' })).toMatchObject(ok('secret updated'));
  expect([await isAccepted('one'), await isAccepted('two'), await isValid(own)]).toEqual([
    false,
    true,
    false,
  ]);
});

test('two secrets can be valid at the same time, and DELETE removes the older one', async () => {
  const before = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'two', changeMode: 'ADD' })).toMatchObject(ok('Secret is added'));
  expect([await isAccepted('one'), await isAccepted('two'), await isValid(before)]).toEqual([
    true,
    true,
    true,
  ]);
  const after = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'three', changeMode: 'ADD' })).toMatchObject(
    invalidClient('client secret is either empty or client already has two secrets.'),
  );
  expect(await change({ changeMode: 'DELETE' })).toMatchObject(ok('Secret is deleted'));
  expect([await isAccepted('one'), await isAccepted('two')]).toEqual([false, true]);
  expect([await isValid(before), await isValid(after)]).toEqual([false, true]);
  expect(await change({ changeMode: 'DELETE' })).toMatchObject(
    invalidClient('client secret is either empty or client has only one secret.'),
  );
});

describe('changing a secret', () => {
  test.each([
    [{}, 'Client Secret cannot be null.'],
    [{ secret: '', changeMode: 'ADD' }, 'Client Secret must be at least 1 characters in length.'],
    [{ secret: 'x'.repeat(256) }, 'Client Secret must be no more than 255 characters in length.'],
  ])('to %j is rejected', async (json, description) => {
    expect(await change(json)).toMatchObject(invalidClient(description));
  });

  test('is rejected for an unknown client or an unknown change mode', async () => {
    expect(await change({ secret: 'x' }, token, 'unknown-user')).toMatchObject({
      status: 404,
      body: '',
    });
    expect(await change({ secret: 'x', changeMode: 'add' })).toMatchObject({
      status: 400,
      body: '{}',
    });
  });
});

describe('a client that is not an administrator', () => {
  let own: string;
  beforeEach(async () => {
    own = await uaa.clientToken('robot', 'one');
  });

  test.each([[undefined], ['wrong']])(
    'must send the old secret instead of %j',
    async (oldSecret) => {
      expect(await change({ secret: 'two', oldSecret }, own)).toMatchObject(
        invalidClient('Previous secret is required and must be valid'),
      );
    },
  );

  test('may change its own secret', async () => {
    expect(await change({ secret: 'two', oldSecret: 'one' }, own)).toMatchObject({ status: 200 });
    expect(await isAccepted('two')).toBe(true);
  });

  test('may not change the secret of another client', async () => {
    expect(await change({ secret: 'two', oldSecret: 'one' }, own, 'admin')).toMatchObject(
      invalidClient("Bad request. Not permitted to change another client's secret"),
    );
  });

  test('gets the missing scopes in the error', async () => {
    const { json } = await uaa.login('dana');
    expect(await change({ secret: 'x' }, String(json['access_token']))).toMatchObject({
      status: 403,
      json: { scope: 'uaa.admin clients.secret clients.admin zones.uaa.admin' },
    });
  });
});

test('a client without a secret logs in with an empty secret until a secret is added', async () => {
  const json = { client_id: 'bare', authorized_grant_types: ['password'], scope: ['openid'] };
  await uaa.call('POST', '/oauth/clients', { token, json });
  const login = async (client_secret: string) =>
    (await uaa.login('dana', { client_id: 'bare', client_secret })).status;
  expect([await login(''), await login('x')]).toEqual([200, 401]);
  expect(await change({ secret: 'x', changeMode: 'ADD' }, token, 'bare')).toMatchObject(
    ok('Secret is added'),
  );
  expect([await login(''), await login('x')]).toEqual([401, 200]);
});
