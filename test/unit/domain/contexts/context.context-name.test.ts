import { expect, test, describe } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { renameContext } from '../../../../src/domain/auth/rename-context.js';
import {
  findMatchingContext,
  createDefaultName,
  type ContextKey,
} from '../../../../src/domain/contexts/context.js';
import { findIdentities } from '../../../../src/domain/contexts/current-installation.js';
import type { ContextSettings } from '../../../../src/platform/config/settings.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { fakeStore, type FakeStore } from '../../../support/fakes/fake-store.js';
import { aKubernetesSession } from '../../../support/fakes/kubeconfig-fakes.js';
import { adminSettings, codySettings, aSession } from '../../../support/fixtures/fixtures.js';
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

test.each(['__proto__', 'constructor'])('a user named %s gets the default name', (identity) => {
  expect(createDefaultName({ ...codySettings, identity }, {})).toBe(`${identity}@api.example.com`);
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

function createDeps(writeError?: Error) {
  const contexts = { one: codySettings, two: { ...codySettings, identity: 'naomi' } };
  const settings = fakeSettings(selecting({ pks: 'one', uaa: 'two' }, { contexts }));
  const stores: Record<string, FakeStore> = {
    one: fakeStore(aSession()),
    two: fakeStore(),
    three: fakeStore(undefined, writeError),
  };
  const locked: string[] = [];
  const renamedSessions: (readonly string[])[] = [];
  const rename = (name: string, newName: string) =>
    renameContext(name, newName, {
      settings,
      sessionStore: async (context) => stores[context] ?? fakeStore(),
      withLock: (context, work) => {
        locked.push(context);
        return work();
      },
      renameKubernetesSession: async (...names) => void renamedSessions.push(names),
    });
  return { rename, settings, stores, locked, renamedSessions };
}

describe('renameContext', () => {
  test('moves the session, updates the selections, and keeps the position in the list', async () => {
    const { rename, settings, stores, locked } = createDeps();
    await rename('one', 'three');
    expect(findIdentities(settings.current())).toEqual({ pks: 'three', uaa: 'two' });
    expect(Object.entries(settings.current().contexts)).toEqual([
      ['three', codySettings],
      ['two', { ...codySettings, identity: 'naomi' }],
    ]);
    expect(stores['three']?.current()).toEqual(aSession());
    expect(stores['one']?.current()).toBeUndefined();
    expect(locked).toEqual(['one']);
  });

  test('renames the context in the selection of each program, and the previous context', async () => {
    const { rename, settings } = createDeps();
    const { uaa } = codySettings;
    await settings.update((now) => ({
      ...now,
      selections: {
        tpks: { uaa, identities: { [uaa]: { pks: 'one' } }, previous: 'two' },
        uaac: { uaa, identities: { [uaa]: { uaa: 'two' } } },
      },
    }));
    await rename('two', 'three');
    expect(settings.current().selections).toEqual({
      tpks: { uaa, identities: { [uaa]: { pks: 'one' } }, previous: 'three' },
      uaac: { uaa, identities: { [uaa]: { uaa: 'three' } } },
    });
  });

  test('renames a context that has no session', async () => {
    const { rename, settings, stores } = createDeps();
    await rename('two', 'three');
    expect(findIdentities(settings.current()).uaa).toBe('three');
    expect(stores['three']?.calls).toEqual([]);
  });

  test('changes nothing if the new session cannot be written', async () => {
    const full = new TpksError('storage', 'no space left on device');
    const { rename, settings, stores } = createDeps(full);
    const before = settings.current();
    await expect(rename('one', 'three')).rejects.toBe(full);
    expect(settings.current()).toBe(before);
    expect(stores['one']?.current()).toEqual(aSession());
  });

  test.each([
    ['missing', 'three', 'notFound', 'Context missing not found'],
    ['toString', 'three', 'notFound', 'Context toString not found'],
    ['one', 'two', 'conflict', 'Context two already exists'],
    ['one', 'one', 'conflict', 'Context one already exists'],
    ['one', '--json', 'usage', '"--json" cannot be the name of a context'],
    ['one', '-', 'usage', '"-" cannot be the name of a context'],
    ['one', '-x', 'usage', '"-x" cannot be the name of a context'],
    ['one', ' ', 'usage', '" " cannot be the name of a context'],
    ['one', 'constructor', 'usage', '"constructor" cannot be the name of a context'],
    ['one', 'kubernetes:one', 'usage', '"kubernetes:one" cannot be the name of a context'],
  ])('fails to rename %s to %j', async (name, newName, kind, message) => {
    const { rename, settings, stores } = createDeps();
    const before = settings.current();
    await expect(rename(name, newName)).rejects.toMatchObject({ kind, message });
    expect(settings.current()).toBe(before);
    expect(stores['one']?.current()).toEqual(aSession());
  });

  describe('with Kubernetes sessions', () => {
    const kubernetesSessions = {
      one: aKubernetesSession(),
      four: aKubernetesSession({ identity: 'naomi' }),
      own: aKubernetesSession(),
    };

    test('renames the session of the context, and only that one', async () => {
      const { rename, settings, renamedSessions } = createDeps();
      await settings.update((now) => ({ ...now, kubernetesSessions }));
      await rename('two', 'five');
      expect(renamedSessions).toEqual([]);
      await rename('one', 'three');
      expect(renamedSessions).toEqual([['one', 'three']]);
    });

    test('accepts the name of another session of the same user', async () => {
      const { rename, settings, renamedSessions } = createDeps();
      await settings.update((now) => ({ ...now, kubernetesSessions }));
      await rename('one', 'own');
      expect(renamedSessions).toEqual([['one', 'own']]);
    });

    test('rejects the name of a session of another user', async () => {
      const { rename, settings, renamedSessions } = createDeps();
      await settings.update((now) => ({ ...now, kubernetesSessions }));
      await expect(rename('one', 'four')).rejects.toMatchObject({
        kind: 'conflict',
        message: 'The Kubernetes session four belongs to another user',
        hint: 'choose another name, or delete the session: tpks logout --context four',
      });
      expect(Object.keys(settings.current().contexts)).toEqual(['one', 'two']);
      expect(renamedSessions).toEqual([]);
    });
  });
});
