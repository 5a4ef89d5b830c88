import { describe, expect, test } from '@jest/globals';
import { createLogouts } from '../../../src/auth/logouts.js';
import type { StoredSession } from '../../../src/auth/session-file.js';
import type { ContextSettings } from '../../../src/config/settings.js';
import { TpksError } from '../../../src/errors.js';
import { redact } from '../../../src/secret.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';
import { fakeSettings } from '../../support/fake-settings.js';
import { fakeStore } from '../../support/fake-store.js';
import { jwt } from '../../support/jwt.js';
import { aSession, codySettings } from '../../support/fixtures.js';
import { withSecrets, type Plain } from '../../support/plain-tokens.js';

const opaque: Plain<StoredSession> = {
  ...aSession(),
  accessToken: '0123456789abcdef0123456789abcdef',
  refreshToken: 'fedcba9876543210fedcba9876543210-r',
};
const ending = (exp: number, more = {}) => jwt({ jti: `id-${String(exp)}`, exp, ...more });

interface Circumstances {
  readonly session?: Plain<StoredSession> | undefined;
  readonly context?: ContextSettings;
  readonly answers?: readonly FakeAnswer[];
  readonly removeError?: Error;
  readonly readError?: Error;
  readonly lockError?: Error;
}

function circumstances(input: Circumstances = {}) {
  const { context = codySettings, answers = [{ status: 200 }] } = input;
  const { removeError, readError, lockError } = input;
  const settings = fakeSettings({
    current: 'cody@a',
    currentUaa: 'cody@a',
    contexts: { 'cody@a': context, 'cody@b': codySettings },
  });
  const fake = fakeStore('session' in input ? input.session : opaque);
  const store = {
    ...fake,
    ...(removeError === undefined ? {} : { remove: () => Promise.reject(removeError) }),
    ...(readError === undefined ? {} : { read: () => Promise.reject(readError) }),
  };
  const { send, requests } = fakeSend(...answers);
  const locked: string[] = [];
  const logouts = createLogouts({
    settings,
    folders: { sessions: '/absent/sessions', keys: '/absent/keys' },
    sessionStore: async () => store,
    send: async () => send,
    withLock: (name, work) => {
      locked.push(name);
      return lockError === undefined ? work() : Promise.reject(lockError);
    },
  });
  return { logouts, settings, store, requests, locked };
}

describe('logout', () => {
  test('revokes what the UAA keeps, the access token last, and removes the session', async () => {
    const { logouts, store, requests, locked } = circumstances();
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
    expect(store.current()).toBeUndefined();
    expect(locked).toEqual(['cody@a']);
  });

  test('makes the tokens in the addresses known to the redaction', async () => {
    const { logouts, requests } = circumstances();
    await logouts.logout('cody@a');
    expect(requests.map(({ url }) => redact(url))).toEqual(
      Array(2).fill('https://api.example.com:8443/oauth/token/revoke/•••'),
    );
  });

  test('revokes a JWT that is kept by its id', async () => {
    const session = {
      ...aSession(),
      accessToken: ending(1, { revocable: true }),
      refreshToken: ending(2, { revocable: true, jti: 'a/b-r' }),
    };
    const { logouts, requests } = circumstances({ session });
    await logouts.logout('cody@a');
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/oauth/token/revoke/a%2Fb-r',
      '/oauth/token/revoke/id-1',
    ]);
  });

  test('says until when tokens work that the UAA does not keep, and asks nothing', async () => {
    const session = {
      ...aSession(),
      accessToken: ending(1_800_000_000),
      refreshToken: ending(1_800_086_400),
    };
    const { logouts, requests, store } = circumstances({ session });
    expect(await logouts.logout('cody@a')).toMatchObject({
      removed: true,
      revoked: [],
      problems: [
        'the UAA cannot revoke tokens that it does not store; copies work until they expire ' +
          '(refresh token: 2027-01-16T08:00:00Z, access token: 2027-01-15T08:00:00Z)',
      ],
    });
    expect(requests).toEqual([]);
    expect(store.current()).toBeUndefined();
  });

  test.each<[string, FakeAnswer, string]>([
    ['refuses', { status: 403 }, 'the UAA did not revoke the refresh token (HTTP 403)'],
    [
      'is away',
      { error: new TpksError('unavailable', 'no way') },
      'the refresh token was not revoked: no way',
    ],
  ])('removes the session also where the UAA %s, and says so', async (_name, answer, problem) => {
    const { logouts, store } = circumstances({ answers: [answer, { status: 200 }] });
    expect(await logouts.logout('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: ['access token'],
      problems: [problem],
    });
    expect(store.current()).toBeUndefined();
  });

  test('removes a session that cannot be read', async () => {
    const readError = new TpksError('unauthenticated', 'The session file cannot be decrypted');
    const { logouts, store, requests } = circumstances({ readError });
    expect(await logouts.logout('cody@a')).toMatchObject({
      removed: true,
      problems: ['the tokens were not revoked: The session file cannot be decrypted'],
    });
    expect(store.did).toEqual(['remove']);
    expect(requests).toEqual([]);
  });

  const locked = new TpksError('keychain', 'The keychain is locked');

  test('tells of a key that stays, which opens nothing without its file', async () => {
    const { logouts, store } = circumstances({ removeError: locked });
    const session = withSecrets<StoredSession>(opaque);
    const read = [() => Promise.resolve(session), () => Promise.resolve(undefined)];
    store.read = () => (read.length > 1 ? read.shift()! : read[0]!)();
    expect(await logouts.logout('cody@a')).toMatchObject({
      removed: true,
      problems: ['the key was not deleted: The keychain is locked'],
    });
  });

  test('fails when the session is still there', async () => {
    const { logouts } = circumstances({ removeError: locked });
    await expect(logouts.logout('cody@a')).rejects.toBe(locked);
  });

  test('needs no lock where there is no room for one', async () => {
    const full = new TpksError('storage', 'no space left on device');
    const { logouts, store } = circumstances({ lockError: full });
    expect(await logouts.logout('cody@a')).toMatchObject({ removed: true, problems: [] });
    expect(store.current()).toBeUndefined();
  });

  test('waits for its turn no longer than the lock does', async () => {
    const held = new TpksError('unavailable', 'Process 7 has held the lock for more than 30 s');
    const { logouts, store } = circumstances({ lockError: held });
    await expect(logouts.logout('cody@a')).rejects.toBe(held);
    expect(store.current()).toEqual(opaque);
  });

  test('does not hide a bug', async () => {
    const { logouts } = circumstances({ removeError: new TypeError('bug') });
    await expect(logouts.logout('cody@a')).rejects.toThrow('bug');
  });

  test.each(['nobody', '__proto__'])('of %s does nothing', async (name) => {
    const { logouts, requests } = circumstances();
    expect(await logouts.logout(name)).toEqual({ name, removed: false, revoked: [], problems: [] });
    expect(requests).toEqual([]);
  });

  test('without a session says that there was none', async () => {
    const { logouts, requests } = circumstances({ session: undefined });
    expect(await logouts.logout('cody@a')).toMatchObject({ removed: false, problems: [] });
    expect(requests).toEqual([]);
  });

  test('keeps the context, so that the next login needs no address', async () => {
    const { logouts, settings } = circumstances();
    await logouts.logout('cody@a');
    expect(settings.current()).toMatchObject({ current: 'cody@a', contexts: { 'cody@a': {} } });
  });
});

describe('forget', () => {
  test('takes a context out, and off the pointers', async () => {
    const { logouts, settings } = circumstances();
    await logouts.removeContext('cody@a');
    expect(settings.current()).toEqual({
      version: 1,
      targets: [],
      contexts: { 'cody@b': codySettings },
    });
  });

  test('leaves the pointers to others alone', async () => {
    const { logouts, settings } = circumstances();
    await logouts.removeContext('cody@b');
    expect(settings.current()).toMatchObject({ current: 'cody@a', currentUaa: 'cody@a' });
    expect(Object.keys(settings.current().contexts)).toEqual(['cody@a']);
  });
});

describe('drop', () => {
  test('removes the session and asks nobody', async () => {
    const { logouts, store, requests, locked } = circumstances();
    expect(await logouts.removeLocally('cody@a')).toEqual({
      name: 'cody@a',
      removed: true,
      revoked: [],
      problems: [],
    });
    expect(store.current()).toBeUndefined();
    expect(requests).toEqual([]);
    expect(locked).toEqual(['cody@a']);
  });

  test('has nothing to do with a name that no context has', async () => {
    const { logouts } = circumstances();
    expect(await logouts.removeLocally('nobody@a')).toMatchObject({ removed: false, problems: [] });
  });
});
