import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import { findLoginState, formatLoginState } from '../../../../src/commands/session/login-state.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const now = new Date('2026-11-25T10:00:00Z');

/** A session without a refresh token, whose access token expires at 10:10 by the server's clock. */
const session: StoredSession = {
  accessToken: new Secret('access-1'),
  scope: 'openid',
  expiresAt: '2026-11-25T10:10:00Z',
  lifetimeSeconds: 600,
  clockOffsetSeconds: 0,
};
const expired = { ...session, expiresAt: '2026-11-25T09:53:00Z' };

const refreshToken = (expiresAt: string) => new Secret(jwt({ exp: Date.parse(expiresAt) / 1000 }));

const find = (stored: StoredSession | undefined, grant: 'password' | 'client_credentials') =>
  findLoginState(stored, { grant }, now);

test('a client with a key is logged in after its token has expired, because the key renews it', () => {
  const context = { grant: 'client_credentials', clientKeyFile: '/keys/ci.jwk' } as const;
  expect(findLoginState(expired, context, now)).toEqual({ loggedIn: true, loggedInUntil: null });
});

describe('a context is logged in', () => {
  test.each([
    ['a valid access token', session, 'password', '2026-11-25T10:10:00Z'],
    ['a valid token of a client', session, 'client_credentials', '2026-11-25T10:10:00Z'],
    [
      'an opaque refresh token',
      { ...expired, refreshToken: new Secret('refresh-1') },
      'password',
      null,
    ],
    [
      'a valid refresh token',
      { ...expired, refreshToken: refreshToken('2026-11-25T11:00:00Z') },
      'password',
      null,
    ],
    [
      'an expired refresh token, but a valid access token',
      { ...session, refreshToken: refreshToken('2026-11-25T09:00:00Z') },
      'password',
      '2026-11-25T10:10:00Z',
    ],
    [
      'the secret of a client',
      { ...expired, clientSecret: new Secret('secret') },
      'client_credentials',
      null,
    ],
    [
      'an access token that is valid by the clock of the server',
      { ...expired, clockOffsetSeconds: -1200 },
      'password',
      '2026-11-25T10:13:00Z',
    ],
  ] as const)('with %s', (_name, stored, grant, loggedInUntil) => {
    expect(find(stored, grant)).toEqual({ loggedIn: true, loggedInUntil });
  });
});

describe('a context is not logged in', () => {
  test.each([
    ['no session', undefined, null],
    ['a rejected refresh token', { ...session, refreshRejectedAt: '2026-11-25T09:00:00Z' }, null],
    ['an expired access token', expired, '2026-11-25T09:53:00Z'],
    [
      'a refresh token that has expired after the access token',
      { ...expired, refreshToken: refreshToken('2026-11-25T09:58:00Z') },
      '2026-11-25T09:58:00Z',
    ],
    [
      'an access token that has expired by the clock of the server',
      { ...session, clockOffsetSeconds: 1200 },
      '2026-11-25T09:50:00Z',
    ],
    [
      'a refresh token that has expired by the clock of the server',
      {
        ...expired,
        refreshToken: refreshToken('2026-11-25T10:10:00Z'),
        clockOffsetSeconds: 1200,
      },
      '2026-11-25T09:50:00Z',
    ],
  ] as const)('with %s', (_name, stored, loggedInUntil) => {
    expect(find(stored, 'password')).toEqual({ loggedIn: false, loggedInUntil });
  });

  test('with the expired token of a client, even if there is a refresh token', () => {
    const stored = { ...expired, refreshToken: new Secret('refresh-1') };
    expect(find(stored, 'client_credentials')).toMatchObject({ loggedIn: false });
  });
});

describe('formatLoginState', () => {
  const localTime = (time: string) => new Date(time).toISOString();

  test.each([
    [true, null, 'yes'],
    [false, null, 'no'],
    // Without a time zone, the time is local.
    [true, localTime('2026-11-26T07:23:00'), 'until 07:23'],
    [true, localTime('2026-12-01T07:05:00'), 'until 2026-12-01 07:05'],
    [false, localTime('2026-11-25T23:52:30'), 'expired 7 min ago'],
    [false, localTime('2026-11-25T23:59:50'), 'expired 10 s ago'],
    [false, localTime('2026-11-23T22:00:00'), 'expired 2 d 2 h ago'],
  ])('formats %s and %s as %s', (loggedIn, loggedInUntil, text) => {
    const midnight = new Date('2026-11-26T00:00:00');
    expect(formatLoginState({ loggedIn, loggedInUntil }, midnight)).toBe(text);
  });
});
