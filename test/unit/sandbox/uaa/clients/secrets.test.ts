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
const works = async (secret: string) => (await uaa.clientToken('robot', secret)).startsWith('eyJ');
const isGood = async (own: string) =>
  (await uaa.call('GET', '/oauth/clients/robot/meta', { token: own })).status === 200;
const ok = (message: string) => ({ status: 200, json: { status: 'ok', message } });
const refused = (description: string) => ({
  status: 400,
  json: { error: 'invalid_client', error_description: description },
});

test('a new secret ends the old one and its tokens', async () => {
  const own = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'two' })).toMatchObject(ok('secret updated'));
  expect([await works('one'), await works('two'), await isGood(own)]).toEqual([false, true, false]);
});

test('two secrets live side by side; of them the older one goes', async () => {
  const before = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'two', changeMode: 'ADD' })).toMatchObject(ok('Secret is added'));
  expect([await works('one'), await works('two'), await isGood(before)]).toEqual([
    true,
    true,
    true,
  ]);
  const since = await uaa.clientToken('robot', 'one');
  expect(await change({ secret: 'three', changeMode: 'ADD' })).toMatchObject(
    refused('client secret is either empty or client already has two secrets.'),
  );
  expect(await change({ changeMode: 'DELETE' })).toMatchObject(ok('Secret is deleted'));
  expect([await works('one'), await works('two')]).toEqual([false, true]);
  expect([await isGood(before), await isGood(since)]).toEqual([false, true]);
  expect(await change({ changeMode: 'DELETE' })).toMatchObject(
    refused('client secret is either empty or client has only one secret.'),
  );
});

describe('a secret', () => {
  test.each([
    [{}, 'Client Secret cannot be null.'],
    [{ secret: '', changeMode: 'ADD' }, 'Client Secret must be at least 1 characters in length.'],
    [{ secret: 'x'.repeat(256) }, 'Client Secret must be no more than 255 characters in length.'],
  ])('%j is refused', async (json, description) => {
    expect(await change(json)).toMatchObject(refused(description));
  });

  test('of an unknown client, or an unknown kind of change', async () => {
    expect(await change({ secret: 'x' }, token, 'nobody')).toMatchObject({ status: 404, body: '' });
    expect(await change({ secret: 'x', changeMode: 'add' })).toMatchObject({
      status: 400,
      body: '{}',
    });
  });
});

describe('who is no administrator', () => {
  let own: string;
  beforeEach(async () => {
    own = await uaa.clientToken('robot', 'one');
  });

  test.each([[undefined], ['wrong']])('must know the old secret, not %j', async (oldSecret) => {
    expect(await change({ secret: 'two', oldSecret }, own)).toMatchObject(
      refused('Previous secret is required and must be valid'),
    );
  });

  test('changes its own secret', async () => {
    expect(await change({ secret: 'two', oldSecret: 'one' }, own)).toMatchObject({ status: 200 });
    expect(await works('two')).toBe(true);
  });

  test('changes no other', async () => {
    expect(await change({ secret: 'two', oldSecret: 'one' }, own, 'admin')).toMatchObject(
      refused("Bad request. Not permitted to change another client's secret"),
    );
  });

  test('and has no scope for it is told which one', async () => {
    const { json } = await uaa.login('dana');
    expect(await change({ secret: 'x' }, String(json['access_token']))).toMatchObject({
      status: 403,
      json: { scope: 'uaa.admin clients.secret clients.admin zones.uaa.admin' },
    });
  });
});

test('a client without a secret is one with an empty secret, until it gets one', async () => {
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
