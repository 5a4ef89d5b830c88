import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import {
  resolveInstallation,
  type InstallationFlags,
} from '../../../../src/domain/contexts/addresses.js';
import type { Settings } from '../../../../src/platform/config/settings.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

describe('resolveInstallation', () => {
  const cody = { ...codySettings, caCert: 'CA of example.com', skipTlsVerification: true };
  const known = selecting(
    { pks: 'cody@b' },
    {
      contexts: {
        'cody@a': cody,
        'cody@b': { ...cody, api: 'https://b.example.com:9022', uaa: 'https://uaa.b.example.com' },
      },
    },
  );

  function resolve(
    flags: Partial<InstallationFlags>,
    env: NodeJS.ProcessEnv = {},
    settings: Partial<Settings> = known,
  ) {
    return resolveInstallation(
      { skipTlsVerification: false, ...flags },
      { settings: someSettings(settings), env },
    );
  }

  test('fails without an address, and the hint contains the flag and the variable', () => {
    expect(() => resolve({}, {}, {})).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: 'Missing API address',
        hint: 'use -a api.example.com or TPKS_API',
      }),
    );
  });

  test('fails if the current installation has only a UAA on a port other than the default one', () => {
    const x = { ...codySettings, api: undefined, uaa: 'https://uaa.example.com' };
    const settings = selecting({ uaa: 'x' }, { contexts: { x } });
    expect(() => resolve({}, {}, settings)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  test('uses the CA of an earlier login to the same servers', () => {
    expect(resolve({ api: 'api.example.com' }).caCert).toBe('CA of example.com');
    expect(resolve({ api: 'a.example.com' }).caCert).toBeUndefined();
    expect(resolve({ api: 'api.example.com', uaaUrl: 'uaa.example.com' }).caCert).toBeUndefined();
  });

  test('uses a CA from the flag, then one from the variable', () => {
    const [caCert = '', TPKS_CA_CERT = ''] = rootCertificates;
    expect(resolve({ caCert }, { TPKS_CA_CERT }).caCert?.trim()).toBe(caCert.trim());
    expect(resolve({}, { TPKS_CA_CERT }).caCert?.trim()).toBe(TPKS_CA_CERT.trim());
  });

  test('does not use the -k of an earlier login', () => {
    expect(resolve({ api: 'api.example.com' }).skipTlsVerification).toBe(false);
    expect(resolve({ skipTlsVerification: true }).skipTlsVerification).toBe(true);
  });
});
