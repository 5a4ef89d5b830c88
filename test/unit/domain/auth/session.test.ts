import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { SessionLabel } from '../../../../src/domain/auth/session-errors.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import { RenewableSession, type Session } from '../../../../src/domain/auth/session.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import { plain, withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aSession } from '../../../support/fixtures/contexts-and-clusters.js';

const label: SessionLabel = {
  title: 'The session of cody@api.example.com',
  identity: 'cody',
  loginCommand: 'tpks login -a api.example.com -u cody',
  hasOriginalTexts: false,
};

interface Setup {
  readonly stored?: Plain<StoredSession> | undefined;
  /** The response of the token endpoint; a new token if `undefined`. */
  readonly renew?: () => Promise<Token>;
  /** The error if there is no disk space. */
  readonly diskError?: Error;
  /** Runs while the session waits for the lock. */
  readonly whileWaiting?: (put: (session: Plain<StoredSession>) => void) => void;
}

function createDeps({ renew, diskError, whileWaiting, ...rest }: Setup = {}) {
  const clock = fixedClock();
  const location = { name: 'cody', store: 'file' } as const;
  const renewedFrom: (string | undefined)[] = [];
  const warnings: string[] = [];
  let locks = 0;
  const sessions = fakeSessions({
    stored: { cody: 'stored' in rest ? rest.stored : aSession() },
    diskError,
    onLocked: () => {
      locks += 1;
      whileWaiting?.(put);
    },
  });
  const put = (session: Plain<StoredSession>) => sessions.put('cody', session);
  const openSession = () => {
    const session = new RenewableSession({
      sessions,
      location,
      clock,
      warn: (text) => warnings.push(text),
      label,
      renew: async (refreshToken) => {
        renewedFrom.push(refreshToken?.refreshToken?.reveal());
        return (renew ?? (async () => token(clock.now())))();
      },
    });
    return withStrings(session);
  };
  return {
    clock,
    store: { current: () => sessions.current('cody'), put, calls: sessions.calls },
    session: openSession(),
    openSession,
    renewedFrom,
    warnings,
    locks: () => locks,
  };
}

/** Wraps a session so that its tokens are strings. */
function withStrings({ accessToken, readStored: stored }: Session) {
  return {
    accessToken: async ({
      rejected,
      ...options
    }: { rejected?: string; minimumSeconds?: number } = {}) => {
      const secret = rejected === undefined ? undefined : new Secret(rejected);
      return (await accessToken({ ...options, rejected: secret })).reveal();
    },
    stored: async () => {
      const session = await stored();
      return session && plain(session);
    },
  };
}

function token(now: Date, changes: Partial<Plain<Token>> = {}): Token {
  return withSecrets<Token>({
    accessToken: 'access-2',
    refreshToken: 'refresh-2',
    idToken: 'id-2',
    scope: 'openid pks.clusters.manage',
    lifetimeSeconds: 600,
    issuedAt: now,
    clockOffsetSeconds: 0,
    ...changes,
  });
}

const unreachable = (message = 'the connection was refused') =>
  new TpksError('unavailable', message, { hint: 'try again' });
const rejection = (oauthError: string) =>
  new TpksError('unauthenticated', 'revoked', { oauthError, status: 401 });

describe('a valid token', () => {
  test('is used without a lock, a request or a write', async () => {
    const { session, store, renewedFrom, locks } = createDeps();
    expect(await session.accessToken()).toBe('access-1');
    expect({ renewedFrom, locks: locks(), did: store.calls }).toEqual({
      renewedFrom: [],
      locks: 0,
      did: [],
    });
  });

  test.each([
    // The margin is 60 s, or a tenth of a short lifetime.
    [600, 61, 'used'],
    [600, 60, 'renewed'],
    [43_199, 61, 'used'],
    [43_199, 60, 'renewed'],
    [300, 31, 'used'],
    [300, 30, 'renewed'],
    [20, 3, 'used'],
    [20, 2, 'renewed'],
  ])(
    'with a lifetime of %i s that expires in %i s is %s',
    async (lifetimeSeconds, remaining, outcome) => {
      const { session, clock, renewedFrom } = createDeps({
        stored: { ...aSession(), lifetimeSeconds },
      });
      clock.pass(600 - remaining);
      await session.accessToken();
      expect(renewedFrom).toEqual(outcome === 'used' ? [] : ['refresh-1']);
    },
  );

  test.each([-86_400, -120, 120, 86_400])(
    'expires by the clock of the server, even if that is %i s ahead',
    async (clockOffsetSeconds) => {
      const expiresAt = new Date(
        Date.parse(aSession().expiresAt) + clockOffsetSeconds * 1000,
      ).toISOString();
      const stored = { ...aSession(), expiresAt, clockOffsetSeconds };
      const { session, clock, renewedFrom } = createDeps({ stored });
      clock.pass(539);
      expect(await session.accessToken()).toBe('access-1');
      clock.pass(1);
      expect(await session.accessToken()).toBe('access-2');
      expect(renewedFrom).toEqual(['refresh-1']);
    },
  );

  test('is renewed if the caller requires a longer remaining lifetime', async () => {
    const { session, renewedFrom } = createDeps();
    expect(await session.accessToken({ minimumSeconds: 599 })).toBe('access-1');
    expect(await session.accessToken({ minimumSeconds: 600 })).toBe('access-2');
    expect(renewedFrom).toEqual(['refresh-1']);
  });
});

describe('a renewal', () => {
  test.each([
    ['after the lock is released', false, ['released', 'reported access-2']],
    ['not if another process has renewed the token', true, ['released']],
  ])('is reported %s', async (_name, isRenewedByOther, expected) => {
    const clock = fixedClock();
    clock.pass(1000);
    const events: string[] = [];
    const stored = fakeSessions({ stored: { cody: aSession() } });
    const expiresAt = new Date(clock.now().getTime() + 600_000).toISOString();
    const session = new RenewableSession({
      sessions: {
        load: stored.load,
        save: async (location, renewal) => {
          if (isRenewedByOther) stored.put('cody', aSession({ accessToken: 'other', expiresAt }));
          const saved = await stored.save(location, renewal);
          events.push('released');
          return saved;
        },
      },
      location: { name: 'cody', store: 'file' } as const,
      clock,
      warn: () => undefined,
      label,
      renew: async () => token(clock.now()),
      onRenewed: async ({ accessToken }) => void events.push(`reported ${accessToken.reveal()}`),
    });
    await session.accessToken();
    expect(events).toEqual(expected);
  });

  test('stores the new tokens, including the rotated refresh token', async () => {
    const { session, clock, store, renewedFrom } = createDeps();
    clock.pass(1000);
    expect(await session.accessToken()).toBe('access-2');
    expect(store.current()).toEqual({
      accessToken: 'access-2',
      refreshToken: 'refresh-2',
      idToken: 'id-2',
      scope: 'openid pks.clusters.manage',
      expiresAt: '2026-11-25T10:26:40.000Z',
      lifetimeSeconds: 600,
      clockOffsetSeconds: 0,
    });
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test('keeps tokens that are not in the response, and the client secret', async () => {
    const { session, clock, store } = createDeps({
      stored: { ...aSession(), clientSecret: 'client-secret' },
      renew: async () =>
        token(clock.now(), { refreshToken: undefined, idToken: undefined, scope: 'openid' }),
    });
    clock.pass(1000);
    await session.accessToken();
    expect(store.current()).toMatchObject({
      accessToken: 'access-2',
      refreshToken: 'refresh-1',
      idToken: 'id-1',
      clientSecret: 'client-secret',
      scope: 'openid',
    });
  });

  test('reserves disk space before it sends a request', async () => {
    const full = new TpksError('storage', 'Cannot write: no space left on device');
    const { session, clock, store, renewedFrom } = createDeps({ diskError: full });
    clock.pass(1000);
    await expect(session.accessToken()).rejects.toBe(full);
    expect(renewedFrom).toEqual([]);
    expect(store.current()).toEqual(aSession());
  });

  test('is skipped if another process has renewed the token meanwhile', async () => {
    const other = { ...aSession(), accessToken: 'access-of-another', lifetimeSeconds: 6000 };
    const { session, clock, renewedFrom, store } = createDeps({
      whileWaiting: (put) => put({ ...other, expiresAt: '2026-11-25T11:00:00.000Z' }),
    });
    clock.pass(1000);
    expect(await session.accessToken()).toBe('access-of-another');
    expect({ renewedFrom, did: store.calls }).toEqual({ renewedFrom: [], did: [] });
  });

  test('uses the refresh token that another process has stored', async () => {
    const { session, clock, renewedFrom } = createDeps({
      whileWaiting: (put) => put({ ...aSession(), refreshToken: 'refresh-of-another' }),
    });
    clock.pass(1000);
    await session.accessToken();
    expect(renewedFrom).toEqual(['refresh-of-another']);
  });
});

describe('a token that a server rejected', () => {
  test('is renewed once, even if it has not expired', async () => {
    const { session, renewedFrom } = createDeps();
    expect(await session.accessToken()).toBe('access-1');
    expect(await session.accessToken({ rejected: 'access-1' })).toBe('access-2');
    expect(await session.accessToken()).toBe('access-2');
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test('is not renewed if another process has already done it', async () => {
    const { session, store, renewedFrom, locks } = createDeps();
    await session.accessToken();
    store.put({ ...aSession(), accessToken: 'access-of-another' });
    expect(await session.accessToken({ rejected: 'access-1' })).toBe('access-of-another');
    expect({ renewedFrom, locks: locks() }).toEqual({ renewedFrom: [], locks: 0 });
  });
});

describe('a rejected refresh token', () => {
  test.each(['invalid_token', 'invalid_grant'])(
    '(%s) ends the session, and later calls send no requests',
    async (code) => {
      const { session, openSession, clock, store, renewedFrom } = createDeps({
        renew: async () => Promise.reject(rejection(code)),
      });
      clock.pass(1000);
      await expect(session.accessToken()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'The session of cody@api.example.com has ended (revoked)',
        hint: 'tpks login -a api.example.com -u cody',
      });
      expect(store.current()).toEqual({
        ...aSession(),
        refreshRejectedAt: '2026-11-25T10:16:40.000Z',
        refreshRejection: 'revoked',
      });
      for (let run = 0; run < 10; run += 1) {
        await expect(openSession().accessToken()).rejects.toMatchObject({
          kind: 'unauthenticated',
          message: 'The session of cody@api.example.com has ended (revoked)',
          hint: 'tpks login -a api.example.com -u cody',
        });
      }
      expect(renewedFrom).toEqual(['refresh-1']);
    },
  );

  test('does not affect an access token that has not expired', async () => {
    const { session, openSession, renewedFrom } = createDeps({
      renew: async () => Promise.reject(rejection('invalid_token')),
    });
    await expect(session.accessToken({ minimumSeconds: 3600 })).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    expect(await openSession().accessToken()).toBe('access-1');
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test.each([undefined, 'unauthorized', 'invalid_client'])(
    'is tried again if the UAA rejected the client instead (%s)',
    async (oauthError) => {
      const error = new TpksError('unauthenticated', 'Bad credentials', {
        ...(oauthError === undefined ? {} : { oauthError }),
      });
      const { session, openSession, clock, store, renewedFrom } = createDeps({
        renew: async () => Promise.reject(error),
      });
      clock.pass(1000);
      await expect(session.accessToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(store.current()).toEqual(aSession());
      await expect(openSession().accessToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(renewedFrom).toEqual(['refresh-1', 'refresh-1']);
    },
  );
});

describe('a renewal that fails for another reason', () => {
  const inMargin = 570;

  test.each([
    ['network', unreachable()],
    ['certificate', new TpksError('untrusted', 'the certificate has expired')],
    ['disk', new TpksError('storage', 'no space left on device')],
  ])(
    '(%s) does not affect the old token until it expires, but prints a warning',
    async (_name, failure) => {
      const { session, clock, store, warnings } = createDeps({
        renew: async () => Promise.reject(failure),
      });
      clock.pass(inMargin);
      expect(await session.accessToken()).toBe('access-1');
      expect(warnings).toEqual([
        `the token was not renewed (${failure.message}); it expires in 30 s`,
      ]);
      expect(store.current()).toEqual(aSession());
    },
  );

  test('prints one warning, with the host, even if several requests try to renew the token', async () => {
    const failure = new TpksError('unavailable', 'The server returned HTTP 503', {
      host: 'api.example.com:8443',
    });
    const { session, clock, warnings } = createDeps({ renew: () => Promise.reject(failure) });
    clock.pass(inMargin);
    await session.accessToken();
    clock.pass(10);
    await session.accessToken();
    expect(warnings).toEqual([
      'the token was not renewed (api.example.com:8443: The server returned HTTP 503); it expires in 30 s',
    ]);
  });

  test('throws the error if the token has expired', async () => {
    const failure = unreachable();
    const { session, clock, store, warnings } = createDeps({
      renew: async () => Promise.reject(failure),
    });
    clock.pass(600);
    await expect(session.accessToken()).rejects.toBe(failure);
    expect({ warnings, stored: store.current() }).toEqual({ warnings: [], stored: aSession() });
  });

  test('prints a warning without secrets, even if the server sent them', async () => {
    new Secret('refresh-1');
    const { session, clock, warnings } = createDeps({
      renew: async () => Promise.reject(unreachable('cannot find refresh-1')),
    });
    clock.pass(inMargin);
    await session.accessToken();
    expect(warnings).toEqual(['the token was not renewed (cannot find •••); it expires in 30 s']);
  });

  test.each([
    ['a rejected request', new TpksError('failed', 'invalid_scope')],
    ['Ctrl-C', new TpksError('cancelled', 'Interrupted')],
    ['a bug', new TypeError('not a function')],
  ])('throws the error after %s, even if the token has not expired', async (_name, failure) => {
    const { session, clock } = createDeps({ renew: async () => Promise.reject(failure) });
    clock.pass(inMargin);
    await expect(session.accessToken()).rejects.toBe(failure);
  });
});
