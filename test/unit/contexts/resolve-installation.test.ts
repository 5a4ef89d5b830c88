import { expect, test } from '@jest/globals';
import {
  resolveInstallation,
  type InstallationFlags,
} from '../../../src/contexts/resolve-context.js';
import type { Settings } from '../../../src/config/settings.js';
import { makeCertificates } from '../../support/certificates.js';
import { codySettings } from '../../support/fixtures.js';

const cody = { ...codySettings, caCert: 'CA of example.com', skipTlsVerification: true };
const known: Partial<Settings> = {
  current: 'cody@b',
  contexts: {
    'cody@a': cody,
    'cody@b': { ...cody, api: 'https://b.example.com:9022', uaa: 'https://uaa.b.example.com' },
  },
};

function resolve(
  flags: Partial<InstallationFlags>,
  env: NodeJS.ProcessEnv = {},
  settings: Partial<Settings> = known,
) {
  return resolveInstallation(
    { skipTlsVerification: false, ...flags },
    { settings: { version: 1, contexts: {}, targets: [], ...settings }, env },
  );
}

const a = { api: 'https://a.example.com:9021', uaa: 'https://a.example.com:8443' };
const apiExample = { api: cody.api, uaa: cody.uaa };
const b = { api: 'https://b.example.com:9022', uaa: 'https://uaa.b.example.com' };

test.each<[string, Partial<InstallationFlags>, NodeJS.ProcessEnv, object]>([
  ['the flag first', { api: 'a.example.com' }, { TPKS_API: 'env.example.com' }, a],
  ['then the variable', {}, { TPKS_API: 'a.example.com' }, a],
  ['then the current context', {}, {}, b],
  [
    'the UAA by its flag',
    { api: 'a.example.com', uaaUrl: 'uaa.example.com' },
    { TPKS_UAA_URL: 'https://env.example.com' },
    { ...a, uaa: 'https://uaa.example.com' },
  ],
  [
    'the UAA by its variable',
    { api: 'a.example.com' },
    { TPKS_UAA_URL: 'https://env.example.com' },
    { ...a, uaa: 'https://env.example.com' },
  ],
  ['the UAA of the current context, when it is named', { uaaUrl: 'uaa.b.example.com' }, {}, b],
  ['the context of --context', { context: 'cody@a' }, {}, apiExample],
])('where: %s', (_name, flags, env, expected) => {
  expect(resolve(flags, env)).toMatchObject(expected);
});

test('nowhere is an error that names the flag and the variable', () => {
  expect(() => resolve({}, {}, {})).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: 'Missing address of the API',
      hint: 'tpks login -a api.example.com (or TPKS_API)',
    }),
  );
});

test('a context that has only a UAA on its own port does not say where the API is', () => {
  const x = { ...codySettings, api: undefined, uaa: 'https://uaa.example.com' };
  const settings = { current: 'x', contexts: { x } };
  expect(() => resolve({}, {}, settings)).toThrow(expect.objectContaining({ kind: 'usage' }));
});

test('the CA of an earlier login at the same servers is used again', () => {
  expect(resolve({ api: 'api.example.com' }).caCert).toBe('CA of example.com');
  expect(resolve({ api: 'a.example.com' }).caCert).toBeUndefined();
  expect(resolve({ api: 'api.example.com', uaaUrl: 'uaa.example.com' }).caCert).toBeUndefined();
});

test('a CA that is given comes first, by flag or variable', async () => {
  const { ca, strangerCa } = await makeCertificates();
  const byFlag = resolve({ caCert: ca.cert }, { TPKS_CA_CERT: strangerCa.cert });
  expect(byFlag.caCert?.trim()).toBe(ca.cert.trim());
  const byVariable = resolve({}, { TPKS_CA_CERT: strangerCa.cert });
  expect(byVariable.caCert?.trim()).toBe(strangerCa.cert.trim());
});

test('-k must be given each time', () => {
  expect(resolve({ api: 'api.example.com' }).skipTlsVerification).toBe(false);
  expect(resolve({ skipTlsVerification: true }).skipTlsVerification).toBe(true);
});
