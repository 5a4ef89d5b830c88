import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import { resolveSelection, checkSession } from '../../../../src/domain/doctor/contexts.js';
import { aUserContext, adminSettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

const now = new Date('2026-06-01T00:00:00Z');

describe('checkSession', () => {
  const stored = {
    accessToken: new Secret('a-token'),
    refreshToken: new Secret('a-refresh-token'),
    scope: '',
    expiresAt: '2026-06-01T00:10:00Z',
    lifetimeSeconds: 600,
    clockOffsetSeconds: 0,
  };
  const expired = { ...stored, expiresAt: '2026-05-01T00:00:00Z' };

  test.each([
    ['fresh', stored, 'pass'],
    ['expired', expired, 'pass'],
    ['expired without a refresh token', { ...expired, refreshToken: undefined }, 'fail'],
    ['rejected', { ...stored, refreshRejectedAt: '2026-05-01T00:00:00Z' }, 'fail'],
    ['missing', undefined, 'fail'],
  ])('a session that is %s', (_name, session, status) => {
    expect(checkSession(aUserContext(), session, now)).toMatchObject({ status });
  });

  test('shows why the session has ended, and what to do', () => {
    const refreshRejection = 'Some required "granted_scopes" are missing: [pks.clusters.admin]';
    const session = { ...stored, refreshRejectedAt: '2026-05-01T00:00:00Z', refreshRejection };
    const context = aUserContext();
    expect(checkSession(context, session, now)).toMatchObject({
      message: `${context.name}: the session has ended (scope no longer granted: pks.clusters.admin)`,
      fix: expect.stringMatching(/tpks uaa member add pks\.clusters\.admin .*\n.*tpks login /),
    });
  });

  test('shows when the token expires in hours and minutes', () => {
    const later = { ...stored, expiresAt: '2026-06-01T11:59:30Z' };
    const { message } = checkSession(aUserContext(), later, now);
    expect(message).toContain('the token expires in 11 h 59 min and is then renewed');
  });
});

const uaa = 'https://uaa.example.com';

/** After `uaa target --skip-ssl-validation` and `uaa token client get admin`. */
const admin = { ...adminSettings, api: undefined, uaa, skipTlsVerification: true };

/** @returns whether the certificate of each server is verified. */
async function findServers(api: string) {
  const settings = someSettings(selecting({ uaa: 'admin' }, { contexts: { admin } }));
  const env = { TPKS_API: api, TPKS_UAA_URL: uaa };
  const { servers } = await resolveSelection(settings, env, undefined, async () => [
    'pks.clusters.admin',
  ]);
  return servers.map(({ url, trust }) => [url, trust.skipTlsVerification ? 'no' : 'verified']);
}

describe('an API that the settings do not name', () => {
  test('is verified, even if the UAA on another host is not', async () => {
    expect(await findServers('https://api.example.com')).toEqual([
      ['https://api.example.com:9021', 'verified'],
      [uaa, 'no'],
    ]);
  });

  test('is trusted like the UAA on the same host', async () => {
    expect(await findServers('https://uaa.example.com')).toEqual([
      ['https://uaa.example.com:9021', 'no'],
      [uaa, 'no'],
    ]);
  });
});
