import { expect, test } from '@jest/globals';
import { findMatchingContext, createDefaultName } from '../../../src/contexts/context-name.js';
import type { ContextSettings } from '../../../src/config/settings.js';
import { adminSettings, codySettings } from '../../support/fixtures.js';

/** Logs in to the contexts in order; returns their names. */
function assignNames(logins: readonly ContextSettings[]): string[] {
  const contexts: Record<string, ContextSettings> = {};
  return logins.map((login) => {
    const name = findMatchingContext(login, contexts) ?? createDefaultName(login, contexts);
    contexts[name] = login;
    return name;
  });
}

test('the default name is IDENTITY@HOST', () => {
  expect(assignNames([codySettings, adminSettings])).toEqual([
    'cody@api.example.com',
    'admin@api.example.com',
  ]);
});

test('the default name contains the host of the UAA if there is no API', () => {
  expect(assignNames([{ ...adminSettings, api: undefined }])).toEqual(['admin@api.example.com']);
});

test('a login of the same identity keeps the name when other settings change', () => {
  expect(
    assignNames([
      codySettings,
      { ...codySettings, store: 'keychain', skipTlsVerification: true, grant: 'passcode' },
      { ...codySettings, scope: 'openid', caCert: 'PEM' },
    ]),
  ).toEqual(Array(3).fill('cody@api.example.com'));
});

test('a login of another identity never takes an existing name', () => {
  const logins: ContextSettings[] = [
    codySettings,
    { ...codySettings, origin: 'ldap' },
    { ...codySettings, clientId: 'pks_cluster_client' },
    { ...adminSettings, identity: 'cody', clientId: 'cody' },
    { ...codySettings, api: 'https://api.example.com:9022' },
    { ...codySettings, uaa: 'https://uaa.example.com' },
    { ...codySettings, uaa: 'https://api.example.com:8443/uaa' },
    { ...codySettings, origin: 'saml' },
    { ...codySettings, origin: 'saml', uaa: 'https://uaa.example.com' },
    { ...codySettings, clientId: 'my_app' },
    { ...codySettings, clientId: 'my_app', origin: 'ldap' },
    { ...codySettings, clientId: 'my_app', origin: 'saml', api: undefined },
  ];
  const names = assignNames(logins);
  expect(new Set(names).size).toBe(logins.length);
  expect(names.slice(0, 5)).toEqual([
    'cody@api.example.com',
    'cody@api.example.com:9021',
    'cody.pks_cluster_client@api.example.com:9021',
    'cody.client@api.example.com:9021',
    'cody@api.example.com:9022',
  ]);
  // When they log in again, each identity finds its own context.
  const contexts = Object.fromEntries(names.map((name, index) => [name, logins[index]!]));
  expect(logins.map((login) => findMatchingContext(login, contexts))).toEqual(names);
});

test('contexts with the same default name are numbered', () => {
  const logins = Array.from({ length: 6 }, (_, index) => ({
    ...codySettings,
    uaa: `https://api.example.com:8443/${String(index)}`,
  }));
  const names = assignNames(logins);
  expect(new Set(names).size).toBe(6);
  expect(names.at(-1)).toBe('cody@api.example.com:8443-3');
});

test.each(['__proto__', 'constructor'])('a user named %s gets the default name', (identity) => {
  expect(createDefaultName({ ...codySettings, identity }, {})).toBe(`${identity}@api.example.com`);
});

test('a login updates a context with another name, preferably the given one', () => {
  const contexts = { work: codySettings, admin: adminSettings, home: codySettings };
  expect(findMatchingContext(codySettings, contexts)).toBe('work');
  expect(findMatchingContext(codySettings, contexts, 'home')).toBe('home');
  expect(findMatchingContext(codySettings, contexts, 'admin')).toBe('work');
  const withDefault = { ...contexts, 'cody@api.example.com': codySettings };
  expect(findMatchingContext(codySettings, withDefault, 'home')).toBe('cody@api.example.com');
  const ldap = { ...codySettings, origin: 'ldap' };
  expect(findMatchingContext(ldap, contexts)).toBeUndefined();
  expect(findMatchingContext({ ...ldap, isOriginUnknown: true }, contexts)).toBe('work');
});
