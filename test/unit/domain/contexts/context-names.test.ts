import { expect, test } from '@jest/globals';
import {
  findMatchingContext,
  createDefaultName,
  type ContextKey,
} from '../../../../src/domain/contexts/context-names.js';
import type { ContextSettings } from '../../../../src/platform/config/settings.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

/** Logs in to the contexts in order; returns their names. */
function assignNames(logins: readonly ContextSettings[]): string[] {
  const contexts: Record<string, ContextSettings> = {};
  return logins.map((login) => {
    const name =
      findMatchingContext(login, someSettings({ contexts })) ?? createDefaultName(login, contexts);
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
  const settings = someSettings({
    contexts: Object.fromEntries(names.map((name, index) => [name, logins[index]!])),
  });
  expect(logins.map((login) => findMatchingContext(login, settings))).toEqual(names);
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

test('a login updates a context with another name, preferably one in use at the installation', () => {
  const contexts = { work: codySettings, admin: adminSettings, home: codySettings };
  const find = (used: Parameters<typeof selecting>[0], key: ContextKey = codySettings) =>
    findMatchingContext(key, someSettings(selecting(used, { contexts })));
  expect(find({})).toBe('work');
  expect(find({ pks: 'home' })).toBe('home');
  expect(find({ uaa: 'home' })).toBe('home');
  expect(find({ pks: 'admin' })).toBe('work');
  expect(find({ pks: 'home', installation: 'https://uaa.example.org' })).toBe('home');
  const withDefault = { ...contexts, 'cody@api.example.com': codySettings };
  expect(
    findMatchingContext(
      codySettings,
      someSettings(selecting({ pks: 'home' }, { contexts: withDefault })),
    ),
  ).toBe('cody@api.example.com');
  const ldap = { ...codySettings, origin: 'ldap' };
  expect(find({}, ldap)).toBeUndefined();
  expect(find({}, { ...ldap, isOriginUnknown: true })).toBe('work');
});

test('a login updates a context of the same identity and UAA if one of the two has no API', () => {
  const bare = { ...adminSettings, api: undefined };
  const find = (key: ContextKey, stored: ContextSettings) =>
    findMatchingContext(key, someSettings({ contexts: { work: stored } }));
  expect(find(bare, adminSettings)).toBe('work');
  expect(find(adminSettings, bare)).toBe('work');
  expect(find({ ...bare, uaa: 'https://uaa.example.com' }, adminSettings)).toBeUndefined();
  const otherApi = 'https://api.example.com:9022';
  expect(find({ ...adminSettings, api: otherApi }, adminSettings)).toBeUndefined();
});
