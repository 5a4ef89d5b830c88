import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import type { AddressInput } from '../../../../src/domain/contexts/addresses.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import { requireContext } from '../../../../src/domain/contexts/identity.js';
import type { ClientContextSettings } from '../../../../src/platform/config/settings.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, selectingOnly, someSettings } from '../../../support/fixtures/selections.js';

const [pem = ''] = rootCertificates;
const caFile = fileFolder().write('ca.pem', pem);

const otherInstallation = {
  ...codySettings,
  api: 'https://api.other.example.com:9021',
  uaa: 'https://api.other.example.com:8443',
};
const contexts = { 'cody@a': codySettings, 'admin@a': adminSettings, 'cody@b': otherInstallation };
const settings = someSettings(selecting({ pks: 'cody@a', uaa: 'admin@a' }, { contexts }));

interface Input extends Partial<AddressInput> {
  readonly flag?: string;
  /** Scopes of the tokens, by context. A context without scopes has no session. */
  readonly scopes?: Readonly<Record<string, string>>;
}

const selectContext = ({ flag, scopes = {}, ...input }: Input = {}): Promise<Context> =>
  requireContext({ settings, env: {}, flags: { context: flag }, ...input }, ({ name }) =>
    Promise.resolve(scopes[name]?.split(' ')),
  );
const user = { TPKS_USERNAME: 'naomi', TPKS_PASSWORD: 'pw' };
const client = { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 'secret' };

const variablesForCi =
  'in CI, set TPKS_CI_LOGIN=1 (tpks help ci), or TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET';

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
    ['that of tpks uaa for uaa commands', { role: 'uaa' }, 'admin@a', 'default'],
    [
      'credentials in the environment for uaa commands too',
      { role: 'uaa', env: { TPKS_API, ...client } },
      'ci@api.example.com',
      'variable TPKS_API',
    ],
  ])('%s', async (_name, input, name, source) => {
    expect(await selectContext(input)).toMatchObject({ name, sources: { name: source } });
  });

  test.each(['missing@a', '__proto__', 'constructor', 'toString'])(
    'not found if its name is %s',
    async (flag) => {
      await expect(selectContext({ flag })).rejects.toMatchObject({
        kind: 'notFound',
        message: `Context ${flag} not found`,
        hint: 'run tpks contexts to list the contexts, or tpks login to create one',
      });
    },
  );

  test.each<[string, Input, string]>([
    ['without any context', { settings: someSettings() }, 'tpks login -a api.example.com -u USER'],
    [
      'without any target',
      { settings: someSettings(), role: 'uaa' },
      'tpks uaa target api.example.com:8443, then tpks uaa token client get admin',
    ],
    [
      'without a current installation',
      { settings: someSettings({ contexts }) },
      'tpks login -a api.example.com -u USER, or tpks context use NAME',
    ],
    [
      'if TPKS_API does not match any context',
      { env: { TPKS_API: 'api.nowhere.example.com' } },
      `tpks login -a api.nowhere.example.com -u USER, or tpks context use NAME\n${variablesForCi}`,
    ],
    [
      'if TPKS_API does not match any context, when run as pks',
      { env: { TPKS_API: 'api.nowhere.example.com' }, hasOriginalTexts: true },
      'tpks login -a api.nowhere.example.com -u USER, or tpks context use NAME',
    ],
    [
      'if there is no context at the current installation',
      { settings: someSettings(selectingOnly('https://api.c.example.com:8443', { contexts })) },
      'tpks login -a api.c.example.com -u USER, or tpks context use NAME',
    ],
  ])('missing %s', async (_name, input, hint) => {
    await expect(selectContext(input)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'You are not currently authenticated. Please log in to continue',
      hint,
    });
  });

  test('missing for uaa commands if there is no context at the current installation', async () => {
    const uaa = 'https://uaa.example.org';
    const away = someSettings(selectingOnly(uaa, { contexts }));
    await expect(selectContext({ role: 'uaa', settings: away })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: `There is no token for ${uaa}`,
      hint: 'tpks uaa token client get admin',
    });
    const env = { TPKS_API: 'api.nowhere.example.com' };
    await expect(selectContext({ role: 'uaa', settings: away, env })).rejects.toMatchObject({
      hint: `tpks uaa token client get admin\n${variablesForCi}`,
    });
  });
});

describe('a role without an identity', () => {
  const onlyPks = someSettings(selecting({ pks: 'cody@a' }, { contexts }));
  const onlyUaa = someSettings(selecting({ uaa: 'admin@a' }, { contexts }));
  const notAuthenticated = 'You are not currently authenticated. Please log in to continue';

  test.each<[string, string]>([
    ['pks.clusters.manage', 'admin@a'],
    ['openid pks.clusters.admin.read', 'admin@a'],
  ])('for PKS commands uses that of tpks uaa with the scopes %s', async (scopes, name) => {
    const found = await selectContext({ settings: onlyUaa, scopes: { 'admin@a': scopes } });
    expect(found).toMatchObject({ name, sources: { name: 'default' } });
  });

  test.each(['', 'uaa.admin scim.write', 'pks.cluster', 'xpks.clusters.manage'])(
    'for PKS commands does not use that of tpks uaa with the scopes "%s"',
    async (scopes) => {
      await expect(
        selectContext({ settings: onlyUaa, scopes: { 'admin@a': scopes } }),
      ).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: `${notAuthenticated}: the token of admin@a has no pks.clusters scope`,
        hint: 'tpks login -a api.example.com -u USER, or tpks context use NAME',
      });
    },
  );

  test.each(['uaa.admin', 'openid scim.read', 'scim.write', 'clients.read', 'clients.admin'])(
    'for uaa commands uses that of the PKS commands with the scopes %s',
    async (scopes) => {
      const input = { role: 'uaa', settings: onlyPks, scopes: { 'cody@a': scopes } } as const;
      expect((await selectContext(input)).name).toBe('cody@a');
    },
  );

  test.each(['', 'openid pks.clusters.admin', 'uaa.user', 'scim', 'uaa.admins', 'xscim.read'])(
    'for uaa commands does not use that of the PKS commands with the scopes "%s"',
    async (scopes) => {
      const input = { role: 'uaa', settings: onlyPks, scopes: { 'cody@a': scopes } } as const;
      await expect(selectContext(input)).rejects.toMatchObject({
        kind: 'unauthenticated',
        message:
          `There is no usable token for ${codySettings.uaa}: ` +
          'the token of cody@a has no uaa.admin, scim or clients scope',
        hint: 'tpks uaa token client get admin, or tpks uaa context NAME',
      });
    },
  );

  test('uses the identity of the other role, whatever its scopes, to manage the account itself', async () => {
    const acceptsOtherRole = true;
    const input = { settings: onlyPks, role: 'uaa', acceptsOtherRole } as const;
    expect((await selectContext(input)).name).toBe('cody@a');
    const both = { role: 'uaa', acceptsOtherRole } as const;
    expect((await selectContext(both)).name).toBe('admin@a');
  });

  test('never uses another installation, whatever its tokens allow', async () => {
    const everything = 'pks.clusters.admin uaa.admin';
    const scopes = { 'cody@a': everything, 'admin@a': everything, 'cody@b': everything };
    const away = someSettings(
      selecting(
        { pks: 'cody@a', uaa: 'admin@a', installation: 'https://c.example.com:8443' },
        { contexts },
      ),
    );
    for (const role of ['pks', 'uaa'] as const) {
      for (const acceptsOtherRole of [false, true]) {
        await expect(
          selectContext({ role, acceptsOtherRole, settings: away, scopes }),
        ).rejects.toMatchObject({ kind: 'unauthenticated' });
      }
    }
  });
});

describe('an identity of tpks uaa, which was stored without an API', () => {
  const uaa = 'https://uaa.example.com';
  const bare = { ...adminSettings, api: undefined };
  const scopes = { bare: 'pks.clusters.admin uaa.admin' };
  const usingBare = (changes: Partial<ClientContextSettings> = {}, others = {}) =>
    someSettings(
      selecting({ uaa: 'bare' }, { contexts: { ...others, bare: { ...bare, ...changes } } }),
    );

  test('uses port 9021 on the host of its UAA, which has to be checked', async () => {
    expect(await selectContext({ settings: usingBare(), scopes })).toMatchObject({
      name: 'bare',
      api: 'https://api.example.com:9021',
      isApiUnconfirmed: true,
      sources: { api: 'default' },
    });
    expect(await selectContext({ settings: usingBare({ uaa }), scopes })).toMatchObject({
      api: 'https://uaa.example.com:9021',
      isApiUnconfirmed: true,
    });
  });

  test('uses the API of another context with the same UAA', async () => {
    const cody = { ...codySettings, api: 'https://pks.example.com:443', uaa };
    const known = usingBare({ uaa }, { cody });
    expect(await selectContext({ settings: known, scopes })).toMatchObject({
      name: 'bare',
      api: cody.api,
      isApiUnconfirmed: true,
    });
  });

  test('uses the same API if --context names it, whatever TPKS_API is', async () => {
    const env = { TPKS_API: 'evil.example.com' };
    const own = someSettings({ ...settings, contexts: { ...contexts, bare } });
    expect(await selectContext({ settings: own, env, flag: 'bare' })).toMatchObject({
      name: 'bare',
      api: 'https://api.example.com:9021',
      isApiUnconfirmed: true,
    });
  });

  test('uses the API in TPKS_API only if TPKS_UAA_URL is the UAA of the token', async () => {
    const elsewhere = 'https://api.example.com:9999';
    const env = { TPKS_API: elsewhere };
    await expect(selectContext({ settings: usingBare(), scopes, env })).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: `tpks login -a ${elsewhere} -u USER, or tpks context use NAME\n` + variablesForCi,
    });
    const both = { ...env, TPKS_UAA_URL: bare.uaa };
    expect(await selectContext({ settings: usingBare(), scopes, env: both })).toMatchObject({
      name: 'bare',
      api: elsewhere,
      isApiUnconfirmed: true,
      sources: { api: 'variable TPKS_API' },
    });
  });

  test('uses the API in both variables with --context too, if they name its UAA', async () => {
    const own = someSettings({ ...settings, contexts: { ...contexts, bare } });
    const env = { TPKS_API: 'https://api.example.com:9999', TPKS_UAA_URL: bare.uaa };
    expect(await selectContext({ settings: own, env, flag: 'bare' })).toMatchObject({
      api: env.TPKS_API,
      isApiUnconfirmed: true,
    });
    const other = { ...env, TPKS_UAA_URL: 'https://uaa.example.org' };
    expect(await selectContext({ settings: own, env: other, flag: 'bare' })).toMatchObject({
      api: 'https://api.example.com:9021',
    });
  });

  test('does not send its token to an API that belongs to another UAA', async () => {
    const env = { TPKS_API: 'evil.example.com', TPKS_UAA_URL: 'https://uaa.example.org' };
    const selecting = selectContext({ settings: usingBare(), scopes, env });
    await expect(selecting).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  test('is not marked as unconfirmed for uaa commands, or after the API was stored', async () => {
    const forUaa = await selectContext({ settings: usingBare(), role: 'uaa' });
    expect(forUaa).not.toHaveProperty('isApiUnconfirmed');
    const confirmed = usingBare({ api: 'https://pks.example.com:443' });
    const found = await selectContext({ settings: confirmed, scopes });
    expect(found).not.toHaveProperty('isApiUnconfirmed');
    expect(found.api).toBe('https://pks.example.com:443');
  });
});

describe('the environment', () => {
  test.each(['pks', 'uaa'] as const)(
    'defines the user of role %s, whose token is only in memory',
    async (role) => {
      expect(await selectContext({ role, env: { TPKS_API: 'api.example.com', ...user } })).toEqual({
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
    },
  );

  test.each([
    ['a password file', { TPKS_USERNAME: 'naomi', TPKS_PASSWORD_FILE: '/run/secrets/pw' }],
    ['stdin', { TPKS_USERNAME: 'naomi', TPKS_PASSWORD_FILE: '-' }],
    ['a secret file', { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET_FILE: '/run/secrets/s' }],
    ['a key', { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_KEY: 'JWK' }],
    ['a key file', { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_KEY_FILE: '/run/secrets/ci.jwk' }],
  ])('counts %s as a secret', async (_name, env) => {
    const found = await selectContext({ env: { TPKS_API: 'api.example.com', ...env } });
    expect(found.store).toBe('none');
  });

  test('accepts a CA as a path or as PEM text', async () => {
    for (const TPKS_CA_CERT of [caFile, pem]) {
      const context = await selectContext({
        env: { TPKS_API: 'api.example.com', ...user, TPKS_CA_CERT },
      });
      expect(context.caCert?.trim()).toBe(pem.trim());
      expect(context.sources.caCert).toBe('variable TPKS_CA_CERT');
    }
  });

  test('uses the CA of an earlier login or target with the same servers', async () => {
    const known = {
      ...settings,
      contexts: { 'cody@a': { ...codySettings, caCert: 'CA of a' } },
      targets: [{ uaa: otherInstallation.uaa, caCert: 'CA of b', skipTlsVerification: false }],
    };
    const caOf = async (env: Record<string, string>) => {
      const { caCert, sources } = await selectContext({
        settings: known,
        env: { ...user, ...env },
      });
      return [caCert?.trim(), sources.caCert];
    };
    expect(await caOf({ TPKS_API: 'api.example.com' })).toEqual(['CA of a', 'context']);
    expect(
      await caOf({ TPKS_API: codySettings.api ?? '', TPKS_UAA_URL: codySettings.uaa }),
    ).toEqual(['CA of a', 'context']);
    expect(await caOf({ TPKS_API: 'api.other.example.com' })).toEqual(['CA of b', 'context']);
    expect(await caOf({ TPKS_API: 'api.third.example.com' })).toEqual([undefined, 'default']);
    expect(await caOf({ TPKS_API: 'api.example.com', TPKS_CA_CERT: pem })).toEqual([
      pem.trim(),
      'variable TPKS_CA_CERT',
    ]);
  });

  test('skips TLS verification only if it selects a target that does', async () => {
    const target = { uaa: codySettings.uaa, skipTlsVerification: true };
    const withTarget = { ...settings, targets: [target] };
    const isVerificationSkipped = async (env: Record<string, string>) =>
      (await selectContext({ settings: withTarget, env: { ...user, ...env } })).skipTlsVerification;
    const TPKS_API = 'api.example.com';
    expect(await isVerificationSkipped({ TPKS_API })).toBe(false);
    expect(await isVerificationSkipped({ TPKS_API, TPKS_UAA_URL: target.uaa })).toBe(true);
    expect(
      await isVerificationSkipped({ TPKS_API, TPKS_UAA_URL: target.uaa, TPKS_CA_CERT: pem }),
    ).toBe(false);
  });

  test.each([
    ['a user without a password', { TPKS_USERNAME: 'naomi' }],
    ['a client without a secret', { TPKS_CLIENT_NAME: 'ci' }],
    ['a password without a user', { TPKS_PASSWORD: 'pw' }],
  ])('with %s selects a stored context', async (_name, env) => {
    const scopes = { 'cody@b': 'pks.clusters.manage' };
    expect(
      await selectContext({ env: { TPKS_API: 'api.other.example.com', ...env }, scopes }),
    ).toMatchObject({
      name: 'cody@b',
      store: 'file',
      sources: { name: 'variable TPKS_API' },
    });
  });
});

describe('TPKS_API without credentials', () => {
  test.each([
    ['TPKS_CLIENT_KEY', 'TPKS_CLIENT_NAME'],
    ['TPKS_CLIENT_SECRET_FILE', 'TPKS_CLIENT_NAME'],
    ['TPKS_PASSWORD', 'TPKS_USERNAME'],
  ])('and with %s is an error that names %s', async (secret, name) => {
    const env = { TPKS_API: 'api.nowhere.example.com', [secret]: 's' };
    await expect(selectContext({ env })).rejects.toMatchObject({
      kind: 'usage',
      message: `TPKS_API and ${secret} are set, but ${name} is not`,
      hint: `set ${name}`,
    });
  });

  const env = { TPKS_API: 'api.example.com' };
  const elsewhere = { TPKS_API: 'api.other.example.com' };

  test('selects the contexts that are used at this installation', async () => {
    const atB = someSettings(selecting({ pks: 'cody@b' }, { contexts }));
    const { tpks = { identities: {} } } = settings.selections;
    const both = {
      ...settings,
      selections: { tpks: { ...tpks, uaa: otherInstallation.uaa } },
    };
    for (const each of [settings, both]) {
      expect((await selectContext({ env, settings: each })).name).toBe('cody@a');
      expect((await selectContext({ env, settings: each, role: 'uaa' })).name).toBe('admin@a');
    }
    expect((await selectContext({ env: elsewhere, settings: atB })).name).toBe('cody@b');
  });

  test('selects the only context of this installation, if its token has a scope for the role', async () => {
    const scopes = { 'cody@b': 'pks.clusters.manage' };
    expect(await selectContext({ env: elsewhere, scopes })).toMatchObject({
      name: 'cody@b',
      sources: { name: 'variable TPKS_API' },
    });
    await expect(selectContext({ env: elsewhere, scopes, role: 'uaa' })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining(`no usable token for ${otherInstallation.uaa}`),
    });
  });

  test('is an error if several contexts match and none is used there', async () => {
    const several = someSettings(selecting({ pks: 'cody@b' }, { contexts }));
    await expect(selectContext({ env, settings: several })).rejects.toMatchObject({
      kind: 'usage',
      message: 'TPKS_API matches 2 contexts: cody@a, admin@a',
      hint: expect.stringContaining('--context NAME'),
    });
  });

  test('matches no context if TPKS_UAA_URL is another UAA', async () => {
    const other = { ...env, TPKS_UAA_URL: 'https://uaa.example.com' };
    await expect(selectContext({ env: other })).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});

describe('a stored context', () => {
  test('has all its settings', async () => {
    expect(await selectContext({ flag: 'cody@a' })).toEqual({
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

  test('trusts the CA of the environment instead of its own', async () => {
    const own = { ...settings, contexts: { 'cody@a': { ...codySettings, caCert: 'own' } } };
    expect(await selectContext({ settings: own })).toMatchObject({
      caCert: 'own',
      sources: { caCert: 'context' },
    });
    const replaced = await selectContext({ settings: own, env: { TPKS_CA_CERT: caFile } });
    expect(replaced.caCert?.trim()).toBe(pem.trim());
    expect(replaced.sources.caCert).toBe('variable TPKS_CA_CERT');
  });
});
