import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { createLogouts } from '../../../../src/domain/auth/logouts.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import type { ContextSettings } from '../../../../src/platform/config/settings.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aKubernetesSession } from '../../../support/fakes/kubeconfig-fakes.js';
import { aSession, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { selecting } from '../../../support/fixtures/selections.js';

const opaque: Plain<StoredSession> = {
  ...aSession(),
  accessToken: '0123456789abcdef0123456789abcdef',
  refreshToken: 'fedcba9876543210fedcba9876543210-r',
};
const jwtExpiringAt = (exp: number, claims = {}) =>
  jwt({ jti: `id-${String(exp)}`, exp, ...claims });

interface Setup {
  readonly session?: Plain<StoredSession> | undefined;
  readonly context?: ContextSettings;
  readonly responses?: readonly FakeResponse[];
  readonly removeError?: Error;
  readonly readError?: Error;
  readonly removePksCreds?: () => Promise<string | undefined>;
  /** Names of the Kubernetes sessions. */
  readonly kubernetesSessions?: readonly string[];
  readonly removeKubernetesSession?: (name: string) => Promise<boolean>;
}

const location = { name: 'cody@a', store: 'file' } as const;

function createDeps(input: Setup = {}) {
  const { context = codySettings, responses = [{ status: 200 }] } = input;
  const { removeError, readError } = input;
  const settings = fakeSettings({
    ...selecting(
      { pks: 'cody@a', uaa: 'cody@a' },
      { contexts: { 'cody@a': context, 'cody@b': codySettings } },
    ),
    ...(input.kubernetesSessions && {
      kubernetesSessions: Object.fromEntries(
        input.kubernetesSessions.map((name) => [name, aKubernetesSession()]),
      ),
    }),
  });
  const fake = fakeSessions({ stored: { 'cody@a': 'session' in input ? input.session : opaque } });
  const sessions = {
    ...fake,
    ...(removeError === undefined ? {} : { delete: () => Promise.reject(removeError) }),
    ...(readError === undefined ? {} : { load: () => Promise.reject(readError) }),
  };
  const { send, requests } = fakeSend(...responses);
  const {
    removePksCreds = () => Promise.reject(new Error('there is no copy')),
    removeKubernetesSession = () => Promise.reject(new Error('there is no Kubernetes session')),
  } = input;
  const logouts = createLogouts({
    settings,
    folders: { sessions: '/absent/sessions', keys: '/absent/keys' },
    sessions,
    connect: () => send,
    clock: fixedClock(),
    removePksCreds,
    removeKubernetesSession,
    pksCredsSessions: {
      load: () => sessions.load(location),
      delete: () => sessions.delete(location),
    },
  });
  const current = () => fake.current('cody@a');
  return { logouts, settings, sessions, current, requests };
}

describe('the Kubernetes session', () => {
  const kubernetesSessions = ['cody@a', 'dana@c'];

  test('does not prevent the logout if it cannot be deleted', async () => {
    const { logouts, current } = createDeps({
      kubernetesSessions,
      removeKubernetesSession: () =>
        Promise.reject(new TpksError('keychain', 'the keychain is locked', { hint: 'unlock it' })),
    });
    expect(await logouts.removeLocally('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: [],
      problems: ['the Kubernetes session was not deleted: the keychain is locked'],
    });
    expect(current()).toBeUndefined();
  });
});

describe('logoutOfPksCreds', () => {
  const { uaa, identity, skipTlsVerification } = codySettings;
  const context = {
    name: 'cody@a',
    uaa,
    identity,
    skipTlsVerification,
    pksCredsPath: '/home/cody/creds.yml',
  };

  test('deletes a file that cannot be read, and reports that nothing was revoked', async () => {
    const readError = new TpksError('usage', 'line 2: access_token is not valid');
    const { logouts, requests } = createDeps({ readError });
    expect(await logouts.logoutOfPksCreds(context)).toMatchObject({
      removed: true,
      revoked: [],
      problems: ['the tokens were not revoked: line 2: access_token is not valid'],
    });
    expect(requests).toEqual([]);
  });
});

describe('logout', () => {
  test('revokes the tokens that the UAA stores, the access token last, and removes the session', async () => {
    const { logouts, sessions, current, requests } = createDeps();
    expect(await logouts.logout('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: ['refresh token', 'access token'],
      problems: [],
    });
    const base = 'https://api.example.com:8443/oauth/token/revoke';
    expect(requests.map(({ method, url }) => [method, url])).toEqual([
      ['DELETE', `${base}/${opaque.refreshToken ?? ''}`],
      ['DELETE', `${base}/${opaque.accessToken}`],
    ]);
    expect(requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${opaque.accessToken}`,
    });
    expect(current()).toBeUndefined();
    expect(sessions.calls).toEqual(['delete cody@a']);
  });

  test('revokes a stored JWT by its ID', async () => {
    const session = {
      ...aSession(),
      accessToken: jwtExpiringAt(1, { revocable: true }),
      refreshToken: jwtExpiringAt(2, { revocable: true, jti: 'a/b-r' }),
    };
    const { logouts, requests } = createDeps({ session });
    await logouts.logout('cody@a');
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/oauth/token/revoke/a%2Fb-r',
      '/oauth/token/revoke/id-1',
    ]);
  });

  test('reports tokens that the UAA does not store, unless they have expired by its clock', async () => {
    const seconds = fixedClock().now().getTime() / 1000;
    const logOut = async (access: number, refresh: number) => {
      const session = {
        ...aSession(),
        clockOffsetSeconds: 100,
        accessToken: jwtExpiringAt(seconds + access),
        refreshToken: jwtExpiringAt(seconds + refresh),
      };
      return (await createDeps({ session }).logouts.logout('cody@a')).validTokens;
    };
    expect(await logOut(100, 100)).toBeUndefined();
    expect(await logOut(100, 101)).toEqual(['refresh token: 2026-11-25T10:01:41Z']);
    expect(await logOut(200, 300)).toEqual([
      'refresh token: 2026-11-25T10:05:00Z',
      'access token: 2026-11-25T10:03:20Z',
    ]);
  });

  test.each<[string, FakeResponse, string]>([
    ['rejects the request', { status: 403 }, 'the UAA did not revoke the refresh token (HTTP 403)'],
    [
      'cannot be reached',
      { error: new TpksError('unavailable', 'connection refused') },
      'the refresh token was not revoked: connection refused',
    ],
  ])('removes the session even if the UAA %s, and reports it', async (_name, response, problem) => {
    const { logouts, current } = createDeps({ responses: [response, { status: 200 }] });
    expect(await logouts.logout('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: ['access token'],
      problems: [problem],
    });
    expect(current()).toBeUndefined();
  });

  const locked = new TpksError('keychain', 'The keychain is locked');

  test('reports a key that could not be deleted; it cannot be used without its file', async () => {
    const { logouts, sessions } = createDeps({ removeError: locked });
    const results = [withSecrets<StoredSession>(opaque), undefined];
    sessions.load = () => Promise.resolve(results.shift());
    expect(await logouts.logout('cody@a')).toMatchObject({
      removed: true,
      problems: ['the key was not deleted: The keychain is locked'],
    });
  });
});

test('removeContext removes a context from the settings and from the selections, and keeps the installation', async () => {
  const { logouts, settings } = createDeps();
  await logouts.removeContext('cody@a');
  expect(settings.current().contexts).toEqual({ 'cody@b': codySettings });
  expect(settings.current().selections).toEqual({
    tpks: { uaa: codySettings.uaa, identities: { [codySettings.uaa]: {} } },
  });
});

describe('removeLocally', () => {
  test('removes the session without a request, and no Kubernetes session of another name', async () => {
    const { logouts, sessions, current, requests } = createDeps({ kubernetesSessions: ['dana@c'] });
    expect(await logouts.removeLocally('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: [],
      problems: [],
    });
    expect(current()).toBeUndefined();
    expect(requests).toEqual([]);
    expect(sessions.calls).toEqual(['delete cody@a']);
  });
});
