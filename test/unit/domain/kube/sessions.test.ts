import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import type {
  SessionRepository,
  StoredSession,
} from '../../../../src/domain/auth/session-repository.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import { createKubernetesSessions } from '../../../../src/domain/kube/sessions.js';
import type {
  KubernetesSessionSettings,
  Settings,
} from '../../../../src/platform/config/settings.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import {
  aKubernetesSession,
  countSettingsAccess,
} from '../../../support/fakes/fake-kubernetes-sessions.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fakeSettings, type FakeSettings } from '../../../support/fakes/fake-settings.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { selecting } from '../../../support/fixtures/selections.js';

const name = 'alana@api.example.com';
const start = Date.parse('2026-11-25T10:00:00Z') / 1000;

/** An ID token that is valid for ten minutes. */
const anIdToken = (id: string, issuedAt = start) =>
  jwt({ jti: id, iat: issuedAt, exp: issuedAt + 600, aud: ['pks_cluster_client'] });

/** A token response in which the access token and the ID token have different lifetimes. */
function aToken(changes: Partial<Plain<Token>> = {}): Token {
  return withSecrets<Token>({
    accessToken: 'access-of-kubectl',
    refreshToken: 'refresh-2',
    idToken: anIdToken('id-2'),
    scope: 'openid',
    lifetimeSeconds: 43_199,
    issuedAt: new Date(start * 1000),
    clockOffsetSeconds: 0,
    ...changes,
  });
}

const aStored = (changes: Partial<Plain<StoredSession>> = {}): Plain<StoredSession> => ({
  accessToken: anIdToken('id-1'),
  refreshToken: 'refresh-1',
  scope: 'openid',
  expiresAt: '2026-11-25T10:10:00.000Z',
  lifetimeSeconds: 600,
  clockOffsetSeconds: 0,
  ...changes,
});

interface Setup {
  readonly settings?: Partial<Settings>;
  readonly session?: KubernetesSessionSettings | undefined;
  readonly stored?: Plain<StoredSession> | undefined;
  readonly refresh?: () => Promise<Token>;
  /** Runs while the session waits for its lock. */
  readonly whileWaiting?: (settings: FakeSettings) => Promise<unknown>;
}

function setUp(setup: Setup = {}) {
  const { refresh = async () => aToken() } = setup;
  const session = 'session' in setup ? setup.session : aKubernetesSession();
  const clock = fixedClock();
  const settings = fakeSettings({
    ...setup.settings,
    ...(session === undefined ? {} : { kubernetesSessions: { [name]: session } }),
  });
  const access = countSettingsAccess(settings);
  const requests: unknown[] = [];
  const opened: string[] = [];
  const warnings: string[] = [];
  const locks: string[] = [];
  const storeName = `kubernetes:${name}`;
  const fake = fakeSessions({
    stored: { [storeName]: 'stored' in setup ? setup.stored : aStored() },
    onLocked: async (wanted) => {
      locks.push(wanted);
      await setup.whileWaiting?.(settings);
    },
  });
  const repository: SessionRepository = {
    ...fake,
    save: (location, session) => {
      opened.push(`save ${location.store} ${location.name}`);
      return fake.save(location, session);
    },
    delete: (location, current) => {
      opened.push(`delete ${location.store} ${location.name}`);
      return fake.delete(location, current);
    },
  };
  const sessions = createKubernetesSessions({
    settings: access.file,
    sessions: repository,
    grants: (target) => ({
      refresh: async (refreshToken) => {
        requests.push({ ...target, refreshToken: refreshToken.reveal() });
        return refresh();
      },
    }),
    clock,
    hasOriginalTexts: false,
    warn: (text) => warnings.push(text),
  });
  const token = async (wanted: string) => (await sessions.select(wanted)).token();
  return {
    sessions: { ...sessions, token },
    settings,
    access,
    repository,
    stored: (wanted = storeName) => fake.current(wanted),
    requests,
    opened,
    warnings,
    locks,
    clock,
  };
}

describe('token', () => {
  test('converts the times from the clock of the server to the clock of this machine', async () => {
    // The server is an hour ahead.
    const stored = aStored({ clockOffsetSeconds: 3600, expiresAt: '2026-11-25T11:10:00.000Z' });
    const { expiresAt, renewAt } = await setUp({ stored }).sessions.token(name);
    expect(expiresAt).toEqual(new Date('2026-11-25T10:10:00Z'));
    expect(renewAt).toEqual(new Date('2026-11-25T10:09:00Z'));
  });

  test('renews an expired token with the refresh token and stores the ID token', async () => {
    const { sessions, requests, locks, stored, clock } = setUp({
      refresh: async () => aToken({ idToken: anIdToken('id-2', start + 700) }),
    });
    clock.pass(700);
    const { idToken, expiresAt } = await sessions.token(name);
    expect(idToken.reveal()).toBe(anIdToken('id-2', start + 700));
    expect(expiresAt).toEqual(new Date('2026-11-25T10:21:40Z'));
    expect(requests).toEqual([
      {
        uaa: 'https://api.example.com:8443',
        caCert: undefined,
        skipTlsVerification: false,
        trustCommand: 'tpks get-kubeconfig dev-1 -a api.example.com -u alana --ca-cert FILE',
        refreshToken: 'refresh-1',
      },
    ]);
    expect(locks).toEqual([`kubernetes:${name}`]);
    // The access token is not stored: a cluster must never get it.
    expect(stored()).toMatchObject({
      accessToken: anIdToken('id-2', start + 700),
      refreshToken: 'refresh-2',
      lifetimeSeconds: 600,
    });
    expect(JSON.stringify(stored())).not.toContain('access-of-kubectl');
  });

  test.each([
    ['replaces', { [name]: aKubernetesSession({ uaa: 'https://other.example.com:8443' }) }],
    ['deletes', {}],
  ])(
    'does not send the refresh token if another process %s the session in the meantime',
    async (_verb, kubernetesSessions) => {
      const { sessions, requests, clock } = setUp({
        whileWaiting: (settings) => settings.update((now) => ({ ...now, kubernetesSessions })),
      });
      clock.pass(700);
      await expect(sessions.token(name)).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'The Kubernetes session has ended: another command has ended or replaced it',
        hint: expect.stringMatching(/^tpks get-/),
      });
      expect(requests).toEqual([]);
    },
  );

  test('fails if the UAA issues no ID token', async () => {
    const { sessions, clock, stored } = setUp({
      refresh: async () => aToken({ idToken: undefined }),
    });
    clock.pass(700);
    await expect(sessions.token(name)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'Cannot renew the token for kubectl: api.example.com:8443 issued no ID token',
    });
    expect(stored()).toEqual(aStored());
  });

  test('remembers that the session has ended, and names the command for the last cluster', async () => {
    const { sessions, clock, requests } = setUp({
      session: aKubernetesSession({ clusters: ['dev-1', 'prod 2'] }),
      refresh: () =>
        Promise.reject(
          new TpksError('unauthenticated', 'revoked', { oauthError: 'invalid_token' }),
        ),
    });
    clock.pass(700);
    const endedError = {
      kind: 'unauthenticated',
      hint: `tpks get-kubeconfig 'prod 2' -a api.example.com -u alana`,
    };
    await expect(sessions.token(name)).rejects.toMatchObject(endedError);
    await expect(sessions.token(name)).rejects.toMatchObject(endedError);
    expect(requests).toHaveLength(1);
    expect(await sessions.check(name)).toBe('ended');
  });

  test.each([
    [
      selecting({ pks: name }, { contexts: { [name]: codySettings } }),
      'tpks get-credentials dev-1',
    ],
    [
      { contexts: { [name]: codySettings } },
      'tpks get-credentials dev-1 --context alana@api.example.com',
    ],
    [
      selecting(
        { pks: name },
        { contexts: { [name]: { ...codySettings, grant: 'passcode' as const } } },
      ),
      'tpks get-credentials dev-1 --sso',
    ],
  ])('with a context, names get-credentials %#', async (settings, hint) => {
    const { sessions } = setUp({ settings, stored: undefined });
    await expect(sessions.token(name)).rejects.toMatchObject({ kind: 'unauthenticated', hint });
  });

  test.each([
    [{}, '', ' --ca-cert FILE'],
    [{ caCert: 'PEM' }, ' --ca-cert FILE', ' --ca-cert FILE'],
    [{ skipTlsVerification: true }, ' -k', ' -k --ca-cert FILE'],
  ])('without a context, names get-kubeconfig for %j', async (trust, option, trustOption) => {
    const { sessions } = setUp({ session: aKubernetesSession(trust) });
    const command = 'tpks get-kubeconfig dev-1 -a api.example.com -u alana';
    expect(await sessions.select(name)).toMatchObject({
      command: `${command}${option}`,
      trustCommand: `${command}${trustOption}`,
    });
  });

  test.each([
    ['bob@pks.example.com', 'tpks get-kubeconfig CLUSTER -a pks.example.com -u bob'],
    ['prod', 'tpks get-credentials CLUSTER'],
  ])('for the unknown session %s, names the command %s', async (unknown, hint) => {
    await expect(setUp().sessions.token(unknown)).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint,
    });
  });

  test('uses the CA of the context, which a login can replace', async () => {
    const { sessions, clock, requests } = setUp({
      settings: { contexts: { [name]: { ...codySettings, caCert: 'new CA' } } },
    });
    clock.pass(700);
    await sessions.token(name);
    expect(requests).toMatchObject([
      { caCert: 'new CA', trustCommand: `tpks login --context ${name} --ca-cert FILE` },
    ]);
  });
});

describe('save', () => {
  test('stores the ID token with its own lifetime, and keeps the clusters', async () => {
    const { sessions, settings, stored } = setUp();
    await sessions.save({ ...aKubernetesSession({ clusters: ['dev-2'] }), name }, aToken());
    expect(settings.current().kubernetesSessions).toEqual({
      [name]: aKubernetesSession({ caCert: undefined, clusters: ['dev-1', 'dev-2'] }),
    });
    expect(stored()).toMatchObject({
      accessToken: anIdToken('id-2'),
      expiresAt: '2026-11-25T10:10:00.000Z',
      lifetimeSeconds: 600,
    });
  });

  test('forgets the clusters of another installation, and removes the session in the old store', async () => {
    const { sessions, settings, opened } = setUp();
    const session = aKubernetesSession({
      api: 'https://other.example.com:9021',
      store: 'keychain',
      clusters: ['c9'],
    });
    await sessions.save({ ...session, name }, aToken());
    expect(settings.current().kubernetesSessions?.[name]).toMatchObject({ clusters: ['c9'] });
    expect(opened).toEqual([`delete file kubernetes:${name}`, `save keychain kubernetes:${name}`]);
  });

  test('never combines new tokens with the old UAA, even if it is interrupted', async () => {
    const { sessions, settings, repository } = setUp();
    const { save } = repository;
    let duringWrite: Settings | undefined;
    Object.assign(repository, {
      save: (...input: Parameters<SessionRepository['save']>) => {
        duringWrite = settings.current();
        return save(...input);
      },
    });
    const session = aKubernetesSession({ uaa: 'https://other.example.com:8443' });
    await sessions.save({ ...session, name }, aToken());
    expect(duringWrite?.kubernetesSessions).toBeUndefined();
    expect(settings.current().kubernetesSessions?.[name]?.uaa).toBe(
      'https://other.example.com:8443',
    );
  });
});

describe('check', () => {
  test.each([
    ['valid', aStored(), 0],
    ['valid', aStored(), 700],
    ['expired', aStored({ refreshToken: undefined }), 700],
    ['expired', aStored({ refreshToken: jwt({ exp: start + 650 }) }), 700],
    ['ended', aStored({ refreshRejectedAt: '2026-11-25T10:00:00Z' }), 0],
    ['missing', undefined, 0],
  ])('returns %s %#', async (state, stored, seconds) => {
    const { sessions, clock, requests } = setUp({ stored });
    clock.pass(seconds);
    expect(await sessions.check(name)).toBe(state);
    expect(requests).toEqual([]);
  });

  test('returns unreadable if the file cannot be decrypted, and missing without settings', async () => {
    const { sessions, repository } = setUp();
    Object.assign(repository, {
      load: () => Promise.reject(new TpksError('unauthenticated', 'its key no longer exists')),
    });
    expect(await sessions.check(name)).toBe('unreadable');
    expect(await sessions.check('unknown')).toBe('missing');
  });
});

describe('rename and remove', () => {
  test('rename moves the settings and the tokens', async () => {
    const { sessions, settings, stored } = setUp();
    await sessions.rename(name, 'prod');
    expect((await settings.read()).kubernetesSessions).toEqual({ prod: aKubernetesSession() });
    expect(stored('kubernetes:prod')).toEqual(aStored());
    expect(stored()).toBeUndefined();
  });

  test('rename does not replace the session of another user', async () => {
    const { sessions, settings, stored } = setUp();
    await settings.update((current) => ({
      ...current,
      kubernetesSessions: {
        ...current.kubernetesSessions,
        bob: aKubernetesSession({ identity: 'bob' }),
      },
    }));
    await expect(sessions.rename(name, 'bob')).rejects.toMatchObject({ kind: 'conflict' });
    expect(stored('kubernetes:bob')).toBeUndefined();
    expect(Object.keys((await settings.read()).kubernetesSessions ?? {})).toEqual([name, 'bob']);
  });
});
