import { describe, expect, test } from '@jest/globals';
import type { Token } from '../../../src/auth/token.js';
import {
  createSession,
  renewalMarginSeconds,
  remainingSeconds,
  toStoredSession,
  type Session,
} from '../../../src/auth/session.js';
import type { StoredSession } from '../../../src/auth/session-file.js';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';
import { fakeStore } from '../../support/fake-store.js';
import { fixedClock } from '../../support/fixed-clock.js';
import { aSession } from '../../support/fixtures.js';
import { plain, withSecrets, type Plain } from '../../support/plain-tokens.js';

interface Circumstances {
  readonly stored?: Plain<StoredSession> | undefined;
  /** What the token endpoint does; a new token if nothing is said. */
  readonly renew?: () => Promise<Token>;
  /** Why the disk has no room. */
  readonly refusal?: Error;
  /** Happens while waiting for the lock. */
  readonly whileWaiting?: (put: (session: Plain<StoredSession>) => void) => void;
}

function circumstances({ renew, refusal, whileWaiting, ...rest }: Circumstances = {}) {
  const clock = fixedClock();
  const store = fakeStore('stored' in rest ? rest.stored : aSession(), refusal);
  const renewedFrom: (string | undefined)[] = [];
  const warnings: string[] = [];
  let locks = 0;
  const open = () => {
    const session = createSession({
      store,
      clock,
      warn: (text) => warnings.push(text),
      loginCommand: 'tpks login -a api.example.com -u cody',
      withLock: async (work) => {
        locks += 1;
        whileWaiting?.(store.put);
        return work();
      },
      renew: async (from) => {
        renewedFrom.push(from?.refreshToken?.reveal());
        return (renew ?? (async () => token(clock.now())))();
      },
    });
    return withStrings(session);
  };
  return { clock, store, session: open(), open, renewedFrom, warnings, locks: () => locks };
}

/** The session with tokens as strings. */
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
const refused = (oauthError: string) =>
  new TpksError('unauthenticated', 'revoked', { oauthError, status: 401 });

describe('a fresh token', () => {
  test('is used as it is: no lock, no request, nothing written', async () => {
    const { session, store, renewedFrom, locks } = circumstances();
    expect(await session.accessToken()).toBe('access-1');
    expect({ renewedFrom, locks: locks(), did: store.did }).toEqual({
      renewedFrom: [],
      locks: 0,
      did: [],
    });
  });

  test.each([
    // [lifetime, left, fresh]: the margin is 60 s, or a tenth of a short life.
    [600, 61, true],
    [600, 60, false],
    [43_199, 61, true],
    [43_199, 60, false],
    [300, 31, true],
    [300, 30, false],
    [20, 3, true],
    [20, 2, false],
  ])('of %i s life with %i s left: %s', async (lifetimeSeconds, left, fresh) => {
    const { session, clock, renewedFrom } = circumstances({
      stored: { ...aSession(), lifetimeSeconds },
    });
    clock.pass(600 - left);
    await session.accessToken();
    expect(renewedFrom).toEqual(fresh ? [] : ['refresh-1']);
  });

  test.each([-86_400, -120, 120, 86_400])(
    'is judged by the server’s clock, also when that is %i s ahead of ours',
    async (clockOffsetSeconds) => {
      const expiresAt = new Date(
        Date.parse(aSession().expiresAt) + clockOffsetSeconds * 1000,
      ).toISOString();
      const stored = { ...aSession(), expiresAt, clockOffsetSeconds };
      const { session, clock, renewedFrom } = circumstances({ stored });
      clock.pass(539);
      expect(await session.accessToken()).toBe('access-1');
      clock.pass(1);
      expect(await session.accessToken()).toBe('access-2');
      expect(renewedFrom).toEqual(['refresh-1']);
    },
  );

  test('is not fresh enough for who needs it longer', async () => {
    const { session, renewedFrom } = circumstances();
    expect(await session.accessToken({ minimumSeconds: 599 })).toBe('access-1');
    expect(await session.accessToken({ minimumSeconds: 600 })).toBe('access-2');
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test('is read from the disk once per run', async () => {
    const { session, store } = circumstances();
    await session.accessToken();
    store.put({ ...aSession(), accessToken: 'changed' });
    expect(await session.accessToken()).toBe('access-1');
  });
});

describe('a renewal', () => {
  test('stores the new tokens, the rotated refresh token too', async () => {
    const { session, clock, store, renewedFrom } = circumstances();
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

  test('keeps what the answer leaves out, and the secret of a client', async () => {
    const { session, clock, store } = circumstances({
      stored: { ...aSession(), clientSecret: 'kept' },
      renew: async () =>
        token(clock.now(), { refreshToken: undefined, idToken: undefined, scope: 'openid' }),
    });
    clock.pass(1000);
    await session.accessToken();
    expect(store.current()).toMatchObject({
      accessToken: 'access-2',
      refreshToken: 'refresh-1',
      idToken: 'id-1',
      clientSecret: 'kept',
      scope: 'openid',
    });
  });

  test('takes the room on the disk before it sends anything', async () => {
    const full = new TpksError('storage', 'Cannot write: no space left on device');
    const { session, clock, store, renewedFrom } = circumstances({ refusal: full });
    clock.pass(1000);
    await expect(session.accessToken()).rejects.toBe(full);
    expect(renewedFrom).toEqual([]);
    expect(store.current()).toEqual(aSession());
  });

  test('gives the room back, whatever happens', async () => {
    const { session, clock, store } = circumstances({
      renew: async () => Promise.reject(unreachable()),
    });
    clock.pass(1000);
    await expect(session.accessToken()).rejects.toThrow();
    expect(store.did).toEqual(['reserve', 'release']);
  });

  test('that another process made meanwhile is enough', async () => {
    const other = { ...aSession(), accessToken: 'access-of-another', lifetimeSeconds: 6000 };
    const { session, clock, renewedFrom, store } = circumstances({
      whileWaiting: (put) => put({ ...other, expiresAt: '2026-11-25T11:00:00.000Z' }),
    });
    clock.pass(1000);
    expect(await session.accessToken()).toBe('access-of-another');
    expect({ renewedFrom, did: store.did }).toEqual({ renewedFrom: [], did: [] });
  });

  test('starts from the refresh token that another process rotated', async () => {
    const { session, clock, renewedFrom } = circumstances({
      whileWaiting: (put) => put({ ...aSession(), refreshToken: 'refresh-of-another' }),
    });
    clock.pass(1000);
    await session.accessToken();
    expect(renewedFrom).toEqual(['refresh-of-another']);
  });

  test('makes every token known to the redaction', async () => {
    const { session } = circumstances({
      stored: { ...aSession(), clientSecret: 'secret-of-a-client-in-a-file' },
    });
    await session.stored();
    const { redact } = await import('../../../src/secret.js');
    expect(redact('x secret-of-a-client-in-a-file x access-1 x refresh-1 x id-1 x')).toBe(
      'x ••• x ••• x ••• x ••• x',
    );
  });

  test('without a session is what the grant makes of it', async () => {
    const { session, store, renewedFrom } = circumstances({ stored: undefined });
    expect(await session.accessToken()).toBe('access-2');
    expect(renewedFrom).toEqual([undefined]);
    expect(store.current()).toMatchObject({ accessToken: 'access-2' });
  });
});

describe('a token that a server rejected', () => {
  test('is renewed although it looks fresh, once', async () => {
    const { session, renewedFrom } = circumstances();
    expect(await session.accessToken()).toBe('access-1');
    expect(await session.accessToken({ rejected: 'access-1' })).toBe('access-2');
    expect(await session.accessToken()).toBe('access-2');
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test('is not renewed again when another process already did', async () => {
    const { session, store, renewedFrom, locks } = circumstances();
    await session.accessToken();
    store.put({ ...aSession(), accessToken: 'access-of-another' });
    expect(await session.accessToken({ rejected: 'access-1' })).toBe('access-of-another');
    expect({ renewedFrom, locks: locks() }).toEqual({ renewedFrom: [], locks: 0 });
  });

  test('is not used again when the renewal fails, however long it says it lives', async () => {
    const failure = unreachable();
    const { session, warnings } = circumstances({ renew: async () => Promise.reject(failure) });
    await expect(session.accessToken({ rejected: 'access-1' })).rejects.toBe(failure);
    expect(warnings).toEqual([]);
  });
});

describe('a refusal of the refresh token', () => {
  test.each(['invalid_token', 'invalid_grant'])(
    '(%s) ends the session: the next ten calls send nothing',
    async (code) => {
      const { session, open, clock, store, renewedFrom } = circumstances({
        renew: async () => Promise.reject(refused(code)),
      });
      clock.pass(1000);
      await expect(session.accessToken()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message:
          'You are not currently authenticated. Please log in to continue: the session has ended (revoked)',
        hint: 'tpks login -a api.example.com -u cody',
      });
      expect(store.current()).toEqual({
        ...aSession(),
        refreshRejectedAt: '2026-11-25T10:16:40.000Z',
      });
      for (let run = 0; run < 10; run += 1) {
        await expect(open().accessToken()).rejects.toMatchObject({
          kind: 'unauthenticated',
          hint: 'tpks login -a api.example.com -u cody',
        });
      }
      expect(renewedFrom).toEqual(['refresh-1']);
    },
  );

  test('leaves a token that still lives for who needs it no longer than that', async () => {
    const { session, open, renewedFrom } = circumstances({
      renew: async () => Promise.reject(refused('invalid_token')),
    });
    await expect(session.accessToken({ minimumSeconds: 3600 })).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    expect(await open().accessToken()).toBe('access-1');
    expect(renewedFrom).toEqual(['refresh-1']);
  });

  test.each([undefined, 'unauthorized', 'invalid_client'])(
    'of the client (%s) says nothing about the refresh token: it is tried again',
    async (oauthError) => {
      const error = new TpksError('unauthenticated', 'Bad credentials', {
        ...(oauthError === undefined ? {} : { oauthError }),
      });
      const { session, open, clock, store, renewedFrom } = circumstances({
        renew: async () => Promise.reject(error),
      });
      clock.pass(1000);
      await expect(session.accessToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(store.current()).toEqual(aSession());
      await expect(open().accessToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(renewedFrom).toEqual(['refresh-1', 'refresh-1']);
    },
  );
});

describe('trouble on the way to the UAA', () => {
  const inMargin = 570;

  test.each([
    ['the network', unreachable()],
    ['trust', new TpksError('untrusted', 'the certificate has expired')],
    ['the disk', new TpksError('storage', 'no space left on device')],
  ])('(%s): the old token is used while it lives, with a warning', async (_name, failure) => {
    const { session, clock, store, warnings } = circumstances({
      renew: async () => Promise.reject(failure),
    });
    clock.pass(inMargin);
    expect(await session.accessToken()).toBe('access-1');
    expect(warnings).toEqual([
      `the token was not renewed (${failure.message}); it expires in 30 s`,
    ]);
    expect(store.current()).toEqual(aSession());
  });

  test('a full disk does not stop it either', async () => {
    const refusal = new TpksError('storage', 'no space left on device');
    const { session, clock, renewedFrom } = circumstances({ refusal });
    clock.pass(inMargin);
    expect(await session.accessToken()).toBe('access-1');
    expect(renewedFrom).toEqual([]);
  });

  test('a dead token is not used: the trouble is told as it is', async () => {
    const failure = unreachable();
    const { session, clock, store, warnings } = circumstances({
      renew: async () => Promise.reject(failure),
    });
    clock.pass(600);
    await expect(session.accessToken()).rejects.toBe(failure);
    expect({ warnings, stored: store.current() }).toEqual({ warnings: [], stored: aSession() });
  });

  test('the warning holds no secret that a server put into its words', async () => {
    new Secret('refresh-1');
    const { session, clock, warnings } = circumstances({
      renew: async () => Promise.reject(unreachable('cannot find refresh-1')),
    });
    clock.pass(inMargin);
    await session.accessToken();
    expect(warnings).toEqual(['the token was not renewed (cannot find •••); it expires in 30 s']);
  });

  test.each([
    ['a refused request', new TpksError('failed', 'invalid_scope')],
    ['Ctrl-C', new TpksError('cancelled', 'Interrupted')],
    ['a bug', new TypeError('not a function')],
  ])('%s is no passing trouble', async (_name, failure) => {
    const { session, clock } = circumstances({ renew: async () => Promise.reject(failure) });
    clock.pass(inMargin);
    await expect(session.accessToken()).rejects.toBe(failure);
  });
});

describe('stored', () => {
  test('is what lies there: nothing is renewed', async () => {
    const { session, clock, renewedFrom } = circumstances();
    clock.pass(1000);
    expect(await session.stored()).toEqual(aSession());
    expect(renewedFrom).toEqual([]);
  });

  test('is nothing where nobody is logged in', async () => {
    expect(await circumstances({ stored: undefined }).session.stored()).toBeUndefined();
  });
});

test('the end of a token is told by the server’s clock', () => {
  const now = new Date('2026-11-25T10:00:00Z');
  const stored = toStoredSession(
    token(new Date('2026-11-24T10:00:00Z'), { clockOffsetSeconds: -86_400, lifetimeSeconds: 20 }),
  );
  expect(stored.expiresAt).toBe('2026-11-24T10:00:20.000Z');
  expect(remainingSeconds(stored, now)).toBe(20);
  expect(renewalMarginSeconds(stored)).toBe(2);
});
