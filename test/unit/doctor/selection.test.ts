import { describe, expect, test } from '@jest/globals';
import { resolveSelection } from '../../../src/doctor/selection.js';
import { adminSettings } from '../../support/fixtures/fixtures.js';
import { selecting, someSettings } from '../../support/fixtures/selections.js';

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

test('the scopes of both roles are read at the same time, because a slow keychain delays each', async () => {
  const settings = someSettings({ contexts: { admin } });
  const env = { TPKS_API: 'https://api.example.com', TPKS_UAA_URL: uaa };
  const reads: ((scopes: readonly string[]) => void)[] = [];
  const selection = resolveSelection(
    settings,
    env,
    undefined,
    () => new Promise((resolve) => reads.push(resolve)),
  );
  expect(reads).toHaveLength(2);
  for (const resolve of reads) resolve(['uaa.admin']);
  expect(await selection).toMatchObject({ context: undefined, uaaContext: { name: 'admin' } });
});
