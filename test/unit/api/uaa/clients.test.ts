import { describe, expect, test } from '@jest/globals';
import {
  hasValue,
  isRemoval,
  findUnstoredEntries,
  readAttributes,
} from '../../../../src/api/uaa/client-attributes.js';
import { createClientCredentials } from '../../../../src/api/uaa/client-secrets-and-keys.js';
import { createClients } from '../../../../src/api/uaa/clients.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import { fakeSend } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const robot = { client_id: 'robot', authorized_grant_types: ['client_credentials'], foo: 1 };

const rejectWith = (error: TpksError) =>
  fakeSend(() => {
    throw error;
  });
const rejectClient = (message: string, status = 400) =>
  rejectWith(new TpksError('failed', message, { status, oauthError: 'invalid_client' }));

describe('an update', () => {
  test('with an empty list that has a meaning sends the list', async () => {
    const { send, requests } = fakeSend(() => robot);
    const changes = { autoapprove: [], required_user_groups: [], allowedproviders: [] };
    await createClients(send, uaa).update('robot', changes);
    expect(JSON.parse(String(requests[0]?.body))).toEqual({ client_id: 'robot', ...changes });
  });

  test('with an id that the path cannot contain sends nothing', async () => {
    const { send, requests } = fakeSend(() => robot);
    await expect(createClients(send, uaa).update('we/x', { name: 'N' })).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('contains a slash'),
      hint: expect.stringContaining('tpks uaa client delete we/x'),
    });
    expect(requests).toEqual([]);
  });
});

describe('a missing client', () => {
  const { send } = rejectWith(new TpksError('notFound', 'HTTP 404', { status: 404 }));
  const clients = createClients(send, uaa);
  const secrets = createClientCredentials(send, uaa);
  test.each<[string, () => Promise<unknown>]>([
    ['get', () => clients.get('robot')],
    ['metadata', () => clients.getMetadata('robot')],
    ['update', () => clients.update('robot', { name: 'N' })],
    ['remove', () => clients.remove('robot')],
    ['set its secret', () => secrets.set('robot', new Secret('s'))],
    ['trust its keys', () => createClientCredentials(send, uaa).changeJwtTrust('robot', 'ADD', {})],
  ])('is named by %s', async (_name, act) => {
    await expect(act()).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Client robot not found',
      hint: 'tpks uaa clients',
    });
  });

  test('is not confused with a client whose id differs in case', async () => {
    const { send: list } = fakeSend(() => ({
      resources: [{ ...robot, client_id: 'A/B' }],
      totalResults: 1,
    }));
    await expect(createClients(list, uaa).get('a/b')).rejects.toMatchObject({ kind: 'notFound' });
  });
});

describe('an error about a secret', () => {
  test.each([
    [
      'client secret is either empty or client already has two secrets.',
      'delete the older one: tpks uaa secret delete robot',
    ],
    [
      'client secret is either empty or client has only one secret.',
      'add the new one first: tpks uaa secret add robot',
    ],
    [
      'Only a client can change client secret',
      'use the token of a client: tpks uaa token client get admin',
    ],
    [
      'Previous secret is required and must be valid',
      'pass the current secret with --old-secret-file',
    ],
    [
      "Bad request. Not permitted to change another client's secret",
      'use a token with the scope clients.admin or uaa.admin',
    ],
    ['Client Secret must be at least 12 characters in length.', undefined],
  ])('with the message "%s" has the hint %j', async (message, hint) => {
    const { send } = rejectClient(message);
    await expect(
      createClientCredentials(send, uaa).add('robot', new Secret('s')),
    ).rejects.toMatchObject({ kind: 'failed', message, hint });
  });
});

test('reports that the UAA is too old for JWTs of clients', async () => {
  const { send } = rejectClient('HTTP 405', 405);
  await expect(
    createClientCredentials(send, uaa).changeJwtTrust('robot', 'ADD', {}),
  ).rejects.toMatchObject({
    message: 'This UAA does not support JWT authentication of clients',
    hint: expect.stringContaining('76.23'),
  });
});

test('reads the attributes of a client without empty lists and unknown members', () => {
  expect(
    readAttributes({
      client_id: 'ci',
      name: 'CI',
      scope: ['b', 'a'],
      authorities: [],
      autoapprove: ['true'],
      allowpublic: 'true',
      access_token_validity: '600',
      refresh_token_validity: 0,
      signup_redirect_url: ' ',
      lastModified: 1,
    }),
  ).toEqual({ name: 'CI', scope: ['a', 'b'], autoapprove: true, refresh_token_validity: 0 });
});

describe('hasValue', () => {
  const client = { scope: ['uaa.none'], authorities: ['a', 'b'], autoapprove: ['true'], name: 'x' };

  test.each([
    ['scope', [], true],
    ['scope', null, true],
    ['authorities', ['b', 'a'], true],
    ['autoapprove', true, true],
    ['redirect_uri', null, true],
    ['name', 'x', true],
    ['scope', ['a'], false],
    ['authorities', ['a'], false],
    ['authorities', [], false],
    ['autoapprove', false, false],
    ['name', null, false],
    ['name', 'X', false],
  ])('for %s %j is %j', (name, value, expected) => {
    expect(hasValue(client, name, value)).toBe(expected);
  });
});

test.each([
  ['scope', [], true],
  ['scope', ['a'], false],
  ['required_user_groups', [], false],
  ['name', null, true],
  ['name', '', false],
])('detects whether an update of %s to %j removes it: %j', (name, value, expected) => {
  expect(isRemoval(name, value)).toBe(expected);
});

test('finds entries that the UAA did not store, except patterns', () => {
  expect(findUnstoredEntries({ autoapprove: ['a'] }, 'autoapprove', ['a', 'b', 'c.*'])).toEqual([
    'b',
  ]);
  expect(findUnstoredEntries({}, 'scope', ['a'])).toEqual(['a']);
  expect(findUnstoredEntries({}, 'name', 'x')).toEqual([]);
});
