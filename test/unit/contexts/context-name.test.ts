import { expect, test } from '@jest/globals';
import { findMatchingContext, createDefaultName } from '../../../src/contexts/context-name.js';
import type { ContextSettings } from '../../../src/config/settings.js';
import { adminSettings, codySettings } from '../../support/fixtures.js';

/** The names of contexts that are logged in to one after the other. */
function namesOf(logins: readonly ContextSettings[]): string[] {
  const contexts: Record<string, ContextSettings> = {};
  return logins.map((login) => {
    const name = findMatchingContext(login, contexts) ?? createDefaultName(login, contexts);
    contexts[name] = login;
    return name;
  });
}

test('is IDENTITY@HOST', () => {
  expect(namesOf([codySettings, adminSettings])).toEqual([
    'cody@api.example.com',
    'admin@api.example.com',
  ]);
});

test('is that of the UAA where no API is known', () => {
  expect(namesOf([{ ...adminSettings, api: undefined }])).toEqual(['admin@api.example.com']);
});

test('stays the same for the same identity, whatever else changes', () => {
  expect(
    namesOf([
      codySettings,
      { ...codySettings, store: 'keychain', skipTlsVerification: true, grant: 'passcode' },
      { ...codySettings, scope: 'openid', caCert: 'PEM' },
    ]),
  ).toEqual(Array(3).fill('cody@api.example.com'));
});

test('never takes the name of somebody else', () => {
  const others: ContextSettings[] = [
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
  const names = namesOf(others);
  expect(new Set(names).size).toBe(others.length);
  expect(names.slice(0, 5)).toEqual([
    'cody@api.example.com',
    'cody@api.example.com:9021',
    'cody.pks_cluster_client@api.example.com:9021',
    'cody.client@api.example.com:9021',
    'cody@api.example.com:9022',
  ]);
  // A second round finds each its own.
  const contexts = Object.fromEntries(names.map((name, index) => [name, others[index]!]));
  expect(others.map((login) => findMatchingContext(login, contexts))).toEqual(names);
});

test('many of one name are numbered', () => {
  const many = Array.from({ length: 6 }, (_, index) => ({
    ...codySettings,
    uaa: `https://api.example.com:8443/${String(index)}`,
  }));
  const names = namesOf(many);
  expect(new Set(names).size).toBe(6);
  expect(names.at(-1)).toBe('cody@api.example.com:8443-3');
});

test.each(['__proto__', 'constructor'])('a user called %s is a name like any other', (identity) => {
  expect(createDefaultName({ ...codySettings, identity }, {})).toBe(`${identity}@api.example.com`);
});

test('a context with another name is renewed too, the preferred one first', () => {
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
