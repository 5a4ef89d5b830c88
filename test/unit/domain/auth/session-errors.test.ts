import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import {
  expiredSessionError,
  rejectedSessionError,
  type SessionLabel,
} from '../../../../src/domain/auth/session-errors.js';

const session: SessionLabel = {
  title: 'The session of alana@api.example.com',
  identity: 'alana',
  loginCommand: 'tpks login -a api.example.com -u alana',
  hasOriginalTexts: false,
};
const link = { ...session, hasOriginalTexts: true };
const missing = (scopes: string) => `Some required "granted_scopes" are missing: [${scopes}]`;

describe('the error for a rejected refresh token', () => {
  // @see docs/contributing/servers/uaa.md#refresh-tokens
  test.each([
    ['revocable signature mismatch', 'password changed?'],
    [
      'Invalid refresh token expired at Tue Nov 24 10:00:00 UTC 2026',
      'the refresh token has expired',
    ],
    [
      'The token expired, was revoked, or the token ID is incorrect.',
      'the refresh token has expired or was revoked',
    ],
    ['The token has been revoked: 1234-r', 'the refresh token was revoked'],
    ['Token bears a non-existent user ID: 1234', 'the user was deleted or deactivated'],
    ['Invalid client ID pks_cli', 'the client was deleted'],
    ['Invalid token (approvals expired)', 'Invalid token (approvals expired)'],
  ])('explains "%s"', (uaaMessage, reason) => {
    expect(rejectedSessionError(session, uaaMessage)).toMatchObject({
      kind: 'unauthenticated',
      message: `The session of alana@api.example.com has ended (${reason})`,
      hint: 'tpks login -a api.example.com -u alana',
    });
  });

  test('has no reason if none was stored', () => {
    expect(rejectedSessionError(session, undefined).message).toBe(
      'The session of alana@api.example.com has ended',
    );
  });

  test.each([
    [
      'scope',
      'pks.clusters.admin',
      'an administrator can grant the scope again: tpks uaa member add pks.clusters.admin alana',
    ],
    [
      'scopes',
      'pks.clusters.admin, scim.read',
      'an administrator can grant the scopes again: tpks uaa member add pks.clusters.admin alana && tpks uaa member add scim.read alana',
    ],
  ])('names the missing %s %s, and the commands that grant them', (noun, scopes, hint) => {
    expect(rejectedSessionError(session, missing(scopes))).toMatchObject({
      message: `The session of alana@api.example.com has ended (${noun} no longer granted: ${scopes})`,
      hint: `${hint}\nthen log in again: tpks login -a api.example.com -u alana`,
    });
  });

  test('keeps the original message and hint if run as pks', () => {
    const cause = new TpksError('unauthenticated', 'h:8443 did not renew the token');
    for (const uaaMessage of ['revocable signature mismatch', missing('pks.clusters.admin')]) {
      expect(rejectedSessionError(link, uaaMessage, cause)).toMatchObject({
        message:
          'You are not currently authenticated. Please log in to continue: the session has ended (h:8443 did not renew the token)',
        hint: 'tpks login -a api.example.com -u alana',
        cause,
      });
      expect(rejectedSessionError(link, uaaMessage).message).toBe(
        'You are not currently authenticated. Please log in to continue: the session has ended',
      );
    }
  });
});

test('the error for an expired session keeps the original message for a link', () => {
  const reason = 'the token has expired';
  expect(expiredSessionError(session, reason).message).toBe(
    'The session of alana@api.example.com has ended (the token has expired)',
  );
  expect(expiredSessionError(link, reason).message).toBe(
    'You are not currently authenticated. Please log in to continue: the token has expired',
  );
});
