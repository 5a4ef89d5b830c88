import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import { claimsView } from '../../../../src/commands/uaa/token/claims.js';
import { statusView, type StatusInput } from '../../../../src/commands/session/status.js';
import { formatToken } from '../../../../src/commands/session/token.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import { toPlainText } from '../../../support/checks/plain-lines.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { aSession, aUserContext } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const now = new Date('2026-11-25T10:00:00Z');
const context = aUserContext();

const createSession = (changes?: Partial<Plain<StoredSession>>) =>
  withSecrets<StoredSession>(aSession(changes));

describe('statusView', () => {
  const showStatus = (changes: Partial<StatusInput> = {}) => {
    const { text, json } = statusView({
      context,
      identities: { pks: context.name },
      stored: createSession({ refreshToken: jwt({ exp: 1_795_622_400 }) }),
      tokenCheck: 'valid',
      storeDescription: 'file',
      defaultStore: undefined,
      pksCredsPath: undefined,
      now,
      clockOffsetSeconds: 0,
      clockSkew: undefined,
      ...changes,
    });
    return { text: text.map(toPlainText), json };
  };

  test('shows the context, the session and whether the API accepts the token', () => {
    expect(showStatus().text).toEqual([
      'Context:                cody@api.example.com (default)',
      'PKS commands:           cody@api.example.com',
      'tpks uaa:               no context',
      'User or client:         cody (context)',
      'Grant:                  password by client pks_cli',
      'API:                    https://api.example.com:9021 (context)',
      'UAA:                    https://api.example.com:8443 (context)',
      'TLS:                    verified with the system CAs',
      'Session store:          file',
      'Access token expires:   2026-11-25T10:10:00Z (in 10 min)',
      'Refresh token expires:  2026-11-25T16:00:00Z (in 6 h)',
      'Scopes:                 openid pks.clusters.manage',
      'Token:                  accepted by the API',
    ]);
  });

  test.each<[string, Partial<StatusInput>, string]>([
    [
      'an opaque refresh token',
      { stored: createSession() },
      'Refresh token expires:  unknown (opaque token)',
    ],
    [
      'no refresh token',
      { stored: createSession({ refreshToken: undefined }) },
      'Refresh token expires:  no refresh token',
    ],
    [
      'a rejected refresh token',
      { stored: createSession({ refreshRejectedAt: '2026-11-25T09:00:00Z' }) },
      'Refresh token expires:  rejected by the UAA: log in again',
    ],
    [
      'no API before the first PKS command has checked it',
      { context: { ...context, isApiUnconfirmed: true }, tokenCheck: 'not checked (--offline)' },
      'API:                    none',
    ],
    [
      'the identity of tpks uaa',
      { identities: { pks: context.name, uaa: 'admin@api.example.com' } },
      'tpks uaa:               admin@api.example.com',
    ],
    ['no session', { stored: undefined }, 'Access token expires:   no token'],
    [
      'TLS verification turned off',
      { context: { ...context, skipTlsVerification: true } },
      'TLS:                    NOT verified (--skip-ssl-validation)',
    ],
    [
      'a CA from the environment',
      {
        context: {
          ...context,
          caCert: 'PEM',
          sources: { ...context.sources, caCert: 'variable TPKS_CA_CERT' },
        },
      },
      'TLS:                    verified with the given CA (variable TPKS_CA_CERT) and the system CAs',
    ],
    [
      "a server's clock that is a day ahead",
      {
        stored: createSession({
          expiresAt: '2026-11-26T10:10:00.000Z',
          clockOffsetSeconds: 86_400,
        }),
        clockOffsetSeconds: 86_400,
      },
      'Access token expires:   2026-11-26T10:10:00Z (in 10 min)',
    ],
    [
      "a clock that is a day behind the server's",
      { clockSkew: { seconds: 86_400, isCurrent: true } },
      "Clock:                  this machine's clock is 1 d behind the server's: correct it",
    ],
    [
      'a clock that was ahead when the token was issued',
      { clockSkew: { seconds: -3900, isCurrent: false } },
      "Clock:                  this machine's clock was 1 h 5 min ahead of the server's when the token was issued: correct it",
    ],
  ])('shows %s', (_name, changes, line) => {
    expect(showStatus(changes).text).toContain(line);
  });

  test('contains no token and no certificate in JSON', () => {
    const text = JSON.stringify(
      showStatus({ context: { ...context, caCert: 'PEM-of-the-CA' } }).json,
    );
    for (const secret of ['access-1', 'refresh-1', 'id-1', 'PEM-of-the-CA']) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('claimsView', () => {
  test('formats times and lists, and shows other values unchanged', () => {
    const claims = {
      user_name: 'cody',
      scope: ['a', 'b'],
      exp: 1_795_600_800,
      x: { y: null },
      n: 1,
    };
    const { json, text } = claimsView(claims, now);
    expect(json).toBe(claims);
    expect(text.map(toPlainText).map((line) => line.split(/: +/))).toEqual([
      ['user_name', 'cody'],
      ['scope', 'a b'],
      ['exp', '2026-11-25T10:00:00Z (in 0 s)'],
      ['x', '{"y":null}'],
      ['n', '1'],
    ]);
  });
});

describe('formatToken', () => {
  const secret = new Secret(`it's`);

  test('ends the output with a newline in every format', () => {
    for (const format of ['raw', 'json', 'header', 'env'] as const) {
      expect(formatToken(format, secret, {})).toMatch(/[^\n]\n$/);
    }
  });

  test('quotes the token for POSIX shells', () => {
    expect(formatToken('env', secret, {})).toBe(`export TPKS_TOKEN='it'\\''s'\n`);
  });
});
