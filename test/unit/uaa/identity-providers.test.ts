import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { explainUaaFailure } from '../../../src/uaa/explain-failure.js';
import { createIdentityProviders } from '../../../src/uaa/identity-providers.js';
import { fakeSend, ok } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const provider = (originKey: string) => ({
  id: `id of ${originKey}`,
  originKey,
  type: 'saml',
  name: null,
  config: { some: 'thing' },
});

const createTestProviders = (...origins: readonly string[]) => {
  const { send, requests } = fakeSend(() => origins.map(provider));
  return { providers: createIdentityProviders(send, uaa), requests };
};

test('lists providers with one request, including their settings', async () => {
  const { providers, requests } = createTestProviders('Okta', 'uaa');
  expect(await providers.list()).toEqual([provider('Okta'), provider('uaa')]);
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET ${uaa}/identity-providers?rawConfig=true`,
  ]);
});

describe('an identity provider', () => {
  test('is found by its origin, and an exact match takes precedence', async () => {
    const { providers } = createTestProviders('okta', 'Okta', 'Corp');
    expect(await providers.get({ origin: 'Okta' })).toEqual(provider('Okta'));
    expect(await providers.get({ origin: 'corp' })).toEqual(provider('Corp'));
  });

  test('is not found if two origins match or none does', async () => {
    const { providers } = createTestProviders('okta', 'Okta');
    for (const origin of ['OKTA', 'ldap']) {
      await expect(providers.get({ origin })).rejects.toMatchObject({
        kind: 'notFound',
        message: `Identity provider with the origin ${origin} not found`,
        hint: 'tpks uaa idps',
      });
    }
  });

  test('is read by its id', async () => {
    const { send, requests } = fakeSend(() => provider('ldap'));
    await createIdentityProviders(send, uaa).get({ id: 'a 1' });
    expect(requests.map(({ url }) => url)).toEqual([
      `${uaa}/identity-providers/a%201?rawConfig=true`,
    ]);
  });

  test('is reported as not found if the id is unknown', async () => {
    const { send } = fakeSend(() => {
      throw new TpksError('notFound', 'The server answered with HTTP 404', { status: 404 });
    });
    await expect(createIdentityProviders(send, uaa).get({ id: 'x' })).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Identity provider with the id x not found',
    });
  });
});

test('reports a missing scope if the response has no error code', async () => {
  const owner = { identity: 'alana', clientId: 'pks_cli', grant: 'password' };
  const send = withStatusErrors(async () => ({ ...ok(''), status: 403 }), explainUaaFailure(owner));
  await expect(createIdentityProviders(send, uaa).list()).rejects.toMatchObject({
    kind: 'forbidden',
    status: 403,
    oauthError: 'insufficient_scope',
    message: 'Your token lacks the required scope idps.read',
    hint: expect.stringContaining('tpks uaa member add idps.read alana'),
  });
});
