import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { renameContext } from '../../../../src/domain/auth/rename-context.js';
import { findIdentities } from '../../../../src/domain/contexts/current-installation.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { aKubernetesSession } from '../../../support/fakes/kubeconfig-fakes.js';
import { aSession, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting } from '../../../support/fixtures/selections.js';

function createDeps(writeError?: Error) {
  const contexts = { one: codySettings, two: { ...codySettings, identity: 'naomi' } };
  const settings = fakeSettings(selecting({ pks: 'one', uaa: 'two' }, { contexts }));
  const locked: string[] = [];
  const sessions = fakeSessions({
    stored: { one: aSession() },
    diskError: writeError,
    onLocked: (name) => void locked.push(name),
  });
  const renamedSessions: (readonly string[])[] = [];
  const rename = (name: string, newName: string) =>
    renameContext(name, newName, {
      settings,
      sessions,
      renameKubernetesSession: async (...names) => void renamedSessions.push(names),
    });
  return { rename, settings, sessions, locked, renamedSessions };
}

describe('renameContext', () => {
  test('moves the session, updates the selections, and keeps the position in the list', async () => {
    const { rename, settings, sessions, locked } = createDeps();
    await rename('one', 'three');
    expect(findIdentities(settings.current())).toEqual({ pks: 'three', uaa: 'two' });
    expect(Object.entries(settings.current().contexts)).toEqual([
      ['three', codySettings],
      ['two', { ...codySettings, identity: 'naomi' }],
    ]);
    expect(sessions.current('three')).toEqual(aSession());
    expect(sessions.current('one')).toBeUndefined();
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

  test('changes nothing if the new session cannot be written', async () => {
    const full = new TpksError('storage', 'no space left on device');
    const { rename, settings, sessions } = createDeps(full);
    const before = settings.current();
    await expect(rename('one', 'three')).rejects.toBe(full);
    expect(settings.current()).toBe(before);
    expect(sessions.current('one')).toEqual(aSession());
  });

  test.each([
    ['missing', 'three', 'notFound', 'Context missing not found'],
    ['toString', 'three', 'notFound', 'Context toString not found'],
    ['one', 'two', 'conflict', 'Context two already exists'],
    ['one', 'one', 'conflict', 'Context one already exists'],
    ['one', '--json', 'usage', '"--json" cannot be the name of a context'],
    ['one', ' ', 'usage', '" " cannot be the name of a context'],
    ['one', 'kubernetes:one', 'usage', '"kubernetes:one" cannot be the name of a context'],
  ])('fails to rename %s to %j', async (name, newName, kind, message) => {
    const { rename, settings, sessions } = createDeps();
    const before = settings.current();
    await expect(rename(name, newName)).rejects.toMatchObject({ kind, message });
    expect(settings.current()).toBe(before);
    expect(sessions.current('one')).toEqual(aSession());
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
