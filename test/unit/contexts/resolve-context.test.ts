import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context } from '../../../src/contexts/context.js';
import type { AddressInput } from '../../../src/contexts/addresses.js';
import { requireContext } from '../../../src/contexts/resolve-context.js';
import type { Settings } from '../../../src/config/settings.js';
import { createCertificates } from '../../support/certificates.js';
import { adminSettings, codySettings } from '../../support/fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'tpks-contexts-'));
const caFile = join(folder, 'ca.pem');
let pem: string;
beforeAll(async () => {
  pem = (await createCertificates()).ca.cert;
  writeFileSync(caFile, pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

const otherInstallation = {
  ...codySettings,
  api: 'https://api.other.example.com:9021',
  uaa: 'https://api.other.example.com:8443',
};
const settings: Settings = {
  version: 1,
  current: 'cody@a',
  currentUaa: 'admin@a',
  contexts: { 'cody@a': codySettings, 'admin@a': adminSettings, 'cody@b': otherInstallation },
  targets: [],
};

type Input = Partial<AddressInput> & { readonly flag?: string };

const selectContext = ({ flag, ...input }: Input = {}): Context =>
  requireContext({ settings, env: {}, flags: { context: flag }, ...input });
const user = { TPKS_USERNAME: 'naomi', TPKS_PASSWORD: 'pw' };
const client = { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 'secret' };

describe('the selected context is', () => {
  const TPKS_API = 'api.example.com';

  test.each<[string, Input, string, string]>([
    ['the current context', {}, 'cody@a', 'default'],
    [
      'TPKS_CONTEXT before the current context',
      { env: { TPKS_CONTEXT: 'cody@b' } },
      'cody@b',
      'variable TPKS_CONTEXT',
    ],
    [
      '--context before TPKS_CONTEXT',
      { flag: 'admin@a', env: { TPKS_CONTEXT: 'cody@b' } },
      'admin@a',
      'flag --context',
    ],
    [
      'TPKS_CONTEXT before credentials in the environment',
      { env: { TPKS_CONTEXT: 'cody@b', TPKS_API, ...user } },
      'cody@b',
      'variable TPKS_CONTEXT',
    ],
    [
      'credentials in the environment before the current context',
      { env: { TPKS_API, ...user } },
      'naomi@api.example.com',
      'variable TPKS_API',
    ],
    ['currentUaa before current for uaa commands', { forUaa: true }, 'admin@a', 'default'],
    [
      '--context before currentUaa for uaa commands',
      { forUaa: true, flag: 'cody@b' },
      'cody@b',
      'flag --context',
    ],
    [
      'current for uaa commands if currentUaa is not set',
      { forUaa: true, settings: { ...settings, currentUaa: undefined } },
      'cody@a',
      'default',
    ],
    [
      'current for uaa commands if it is at the target',
      {
        forUaa: true,
        settings: { ...settings, currentUaa: undefined, uaaTarget: codySettings.uaa },
      },
      'cody@a',
      'default',
    ],
  ])('%s', (_name, input, name, source) => {
    expect(selectContext(input)).toMatchObject({ name, sources: { name: source } });
  });

  test('for uaa commands, never a context at a UAA other than the target', () => {
    const away = { ...settings, currentUaa: undefined, uaaTarget: 'https://uaa.example.org' };
    expect(() => selectContext({ forUaa: true, settings: away })).toThrow(
      expect.objectContaining({
        kind: 'unauthenticated',
        message: 'There is no token for https://uaa.example.org',
        hint: 'tpks uaa token client get admin',
      }),
    );
    expect(selectContext({ settings: away }).name).toBe('cody@a');
  });

  test.each(['missing@a', '__proto__', 'constructor', 'toString'])(
    'not found if its name is %s',
    (flag) => {
      expect(() => selectContext({ flag })).toThrow(
        expect.objectContaining({
          kind: 'notFound',
          message: `Context ${flag} not found`,
          hint: 'run tpks contexts to list the contexts, or tpks login to create one',
        }),
      );
    },
  );

  test.each<[string, Input, string]>([
    [
      'without any context',
      { settings: { version: 1, contexts: {}, targets: [] } },
      'tpks login -a api.example.com -u USER',
    ],
    [
      'without a current context',
      { settings: { ...settings, current: undefined } },
      'tpks login -a api.example.com -u USER, or tpks context use NAME',
    ],
    [
      'if TPKS_API does not match any context',
      { env: { TPKS_API: 'api.nowhere.example.com' } },
      'tpks login -a api.nowhere.example.com -u USER, or tpks context use NAME',
    ],
  ])('missing %s', (_name, input, hint) => {
    expect(() => selectContext(input)).toThrow(
      expect.objectContaining({
        kind: 'unauthenticated',
        message: 'You are not currently authenticated. Please log in to continue',
        hint,
      }),
    );
  });
});

describe('the environment', () => {
  test('defines a user context whose token is only in memory', () => {
    expect(selectContext({ env: { TPKS_API: 'api.example.com', ...user } })).toEqual({
      name: 'naomi@api.example.com',
      identity: 'naomi',
      grant: 'password',
      clientId: 'pks_cli',
      api: 'https://api.example.com:9021',
      uaa: 'https://api.example.com:8443',
      skipTlsVerification: false,
      store: 'none',
      sources: {
        name: 'variable TPKS_API',
        api: 'variable TPKS_API',
        uaa: 'default',
        caCert: 'default',
        identity: 'variable TPKS_USERNAME',
      },
    });
  });

  test('defines a client context', () => {
    expect(
      selectContext({
        env: { TPKS_API: 'api.example.com', TPKS_UAA_URL: 'uaa.example.com', ...client },
      }),
    ).toMatchObject({
      name: 'ci@api.example.com',
      identity: 'ci',
      grant: 'client_credentials',
      clientId: 'ci',
      uaa: 'https://uaa.example.com',
      store: 'none',
      sources: { uaa: 'variable TPKS_UAA_URL', identity: 'variable TPKS_CLIENT_NAME' },
    });
  });

  test.each([
    ['a password file', { TPKS_USERNAME: 'naomi', TPKS_PASSWORD_FILE: '/run/secrets/pw' }],
    ['stdin', { TPKS_USERNAME: 'naomi', TPKS_PASSWORD_FILE: '-' }],
    ['a secret file', { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET_FILE: '/run/secrets/s' }],
  ])('counts %s as a secret', (_name, env) => {
    expect(selectContext({ env: { TPKS_API: 'api.example.com', ...env } }).store).toBe('none');
  });

  test('accepts a CA as a path or as PEM text', () => {
    for (const TPKS_CA_CERT of [caFile, pem]) {
      const context = selectContext({
        env: { TPKS_API: 'api.example.com', ...user, TPKS_CA_CERT },
      });
      expect(context.caCert?.trim()).toBe(pem.trim());
      expect(context.sources.caCert).toBe('variable TPKS_CA_CERT');
    }
  });

  test('uses the CA of an earlier login or target with the same servers', () => {
    const known = {
      ...settings,
      contexts: { 'cody@a': { ...codySettings, caCert: 'CA of a' } },
      targets: [{ uaa: otherInstallation.uaa, caCert: 'CA of b', skipTlsVerification: false }],
    };
    const caOf = (env: Record<string, string>) => {
      const { caCert, sources } = selectContext({ settings: known, env: { ...user, ...env } });
      return [caCert?.trim(), sources.caCert];
    };
    expect(caOf({ TPKS_API: 'api.example.com' })).toEqual(['CA of a', 'context']);
    expect(caOf({ TPKS_API: codySettings.api ?? '', TPKS_UAA_URL: codySettings.uaa })).toEqual([
      'CA of a',
      'context',
    ]);
    expect(caOf({ TPKS_API: 'api.other.example.com' })).toEqual(['CA of b', 'context']);
    expect(caOf({ TPKS_API: 'api.third.example.com' })).toEqual([undefined, 'default']);
    expect(caOf({ TPKS_API: 'api.example.com', TPKS_CA_CERT: pem })).toEqual([
      pem.trim(),
      'variable TPKS_CA_CERT',
    ]);
  });

  test('skips TLS verification only if it selects a target that does', () => {
    const target = { uaa: codySettings.uaa, skipTlsVerification: true };
    const isVerificationSkipped = (env: Record<string, string>) =>
      selectContext({ settings: { ...settings, targets: [target] }, env: { ...user, ...env } })
        .skipTlsVerification;
    const TPKS_API = 'api.example.com';
    expect(isVerificationSkipped({ TPKS_API })).toBe(false);
    expect(isVerificationSkipped({ TPKS_API, TPKS_UAA_URL: target.uaa })).toBe(true);
    expect(isVerificationSkipped({ TPKS_API, TPKS_UAA_URL: target.uaa, TPKS_CA_CERT: pem })).toBe(
      false,
    );
  });

  test('cannot contain the address of a UAA in TPKS_API', () => {
    expect(() => selectContext({ env: { TPKS_API: 'api.example.com:8443', ...user } })).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
  });

  test.each([
    ['a user without a password', { TPKS_USERNAME: 'naomi' }],
    ['a client without a secret', { TPKS_CLIENT_NAME: 'ci' }],
    ['a password without a user', { TPKS_PASSWORD: 'pw' }],
  ])('with %s selects a stored context', (_name, env) => {
    expect(selectContext({ env: { TPKS_API: 'api.other.example.com', ...env } })).toMatchObject({
      name: 'cody@b',
      store: 'file',
      sources: { name: 'variable TPKS_API' },
    });
  });
});

describe('TPKS_API without credentials', () => {
  const env = { TPKS_API: 'api.example.com' };

  test('selects the current context if several match', () => {
    expect(selectContext({ env }).name).toBe('cody@a');
    expect(selectContext({ env, forUaa: true }).name).toBe('admin@a');
  });

  test('is an error if several contexts match and none is current', () => {
    const several = { ...settings, current: 'cody@b', currentUaa: undefined };
    expect(() => selectContext({ env, settings: several })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: 'TPKS_API matches 2 contexts: cody@a, admin@a',
        hint: expect.stringContaining('--context NAME'),
      }),
    );
  });

  test('matches a context that has only a UAA, on the default port', () => {
    const bare = { ...settings, contexts: { bare: { ...adminSettings, api: undefined } } };
    expect(selectContext({ env, settings: bare }).name).toBe('bare');
  });

  test('matches no context if TPKS_UAA_URL is another UAA', () => {
    const other = { ...env, TPKS_UAA_URL: 'https://uaa.example.com' };
    expect(() => selectContext({ env: other })).toThrow(
      expect.objectContaining({ kind: 'unauthenticated' }),
    );
  });
});

describe('a stored context', () => {
  test('has all its settings', () => {
    expect(selectContext({ flag: 'cody@a' })).toEqual({
      ...codySettings,
      name: 'cody@a',
      sources: {
        name: 'flag --context',
        api: 'context',
        uaa: 'context',
        caCert: 'default',
        identity: 'context',
      },
    });
  });

  test('trusts the CA of the environment instead of its own', () => {
    const own = { ...settings, contexts: { 'cody@a': { ...codySettings, caCert: 'own' } } };
    expect(selectContext({ settings: own })).toMatchObject({
      caCert: 'own',
      sources: { caCert: 'context' },
    });
    const replaced = selectContext({ settings: own, env: { TPKS_CA_CERT: caFile } });
    expect(replaced.caCert?.trim()).toBe(pem.trim());
    expect(replaced.sources.caCert).toBe('variable TPKS_CA_CERT');
  });

  test('is never combined with addresses from the environment', () => {
    const env = { TPKS_CONTEXT: 'cody@a', TPKS_API: 'evil.example.com', TPKS_UAA_URL: 'evil' };
    expect(selectContext({ env })).toMatchObject({ api: codySettings.api, uaa: codySettings.uaa });
  });
});
