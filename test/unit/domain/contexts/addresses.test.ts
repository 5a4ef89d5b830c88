import { describe, expect, test } from '@jest/globals';
import { isTpksError } from '../../../../src/base/errors.js';
import {
  resolveAddresses,
  type AddressFlags,
  type AddressInput,
} from '../../../../src/domain/contexts/addresses.js';
import { requireContext } from '../../../../src/domain/contexts/identity.js';
import {
  parseInstallation,
  normalizeUaaUrl,
} from '../../../../src/domain/contexts/installation.js';
import type { Role } from '../../../../src/platform/config/settings.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, selectingOnly, someSettings } from '../../../support/fixtures/selections.js';
import { isNightly } from '../../../support/runner/nightly.js';

const noSettings = someSettings();
const withAddresses = (api: string, uaa: string) => ({ ...codySettings, api, uaa });
const a = withAddresses('https://a.example.com:9021', 'https://a.example.com:8443');
const b = withAddresses('https://b.example.com:9021', 'https://b.example.com:8443');
/** Behind a load balancer: neither address can be derived from the other. */
const lb = withAddresses('https://pks.example.com:443', 'https://login.example.com');
const contexts = { 'cody@a': a, 'cody@b': b, 'cody@lb': lb };
const settingsAtBoth = someSettings(selecting({ pks: 'cody@b' }, { contexts }));

/** Each token has the scopes for both roles. */
const allScopes = async () => ['pks.clusters.admin', 'uaa.admin'];

const resolve = (
  flags: AddressFlags = {},
  env: NodeJS.ProcessEnv = {},
  input: Partial<AddressInput> = {},
) => resolveAddresses({ settings: settingsAtBoth, env, flags, ...input });

const B = { api: b.api, uaa: b.uaa };
const LB = { api: lb.api, uaa: lb.uaa };

describe('addresses of one installation', () => {
  test.each<[string, AddressFlags, NodeJS.ProcessEnv, { api: string; uaa: string }]>([
    [
      'only -a, with an unknown host',
      { api: 'new' },
      {},
      pair('https://new:9021', 'https://new:8443'),
    ],
    [
      '-a with --uaa-url',
      { api: 'new:443', uaaUrl: 'login' },
      {},
      pair('https://new:443', 'https://login'),
    ],
    [
      'both variables',
      {},
      { TPKS_API: 'new', TPKS_UAA_URL: 'login' },
      pair('https://new:9021', 'https://login'),
    ],
    [
      '-a with an unknown UAA in TPKS_UAA_URL',
      { api: 'new' },
      { TPKS_UAA_URL: 'login' },
      pair('https://new:9021', 'https://login'),
    ],
    [
      '-a of a load balancer, with the UAA stored in a context',
      { api: 'pks.example.com:443' },
      {},
      LB,
    ],
    [
      'TPKS_API of a load balancer, with the UAA stored in a context',
      {},
      { TPKS_API: 'pks.example.com:443' },
      LB,
    ],
    [
      '-a that repeats TPKS_API, with TPKS_UAA_URL',
      { api: 'new' },
      { TPKS_API: 'new', TPKS_UAA_URL: 'https://other:8443' },
      pair('https://new:9021', 'https://other:8443'),
    ],
  ])('are accepted: %s', (_name, flags, env, expected) => {
    expect(resolve(flags, env)).toMatchObject(expected);
  });

  test('may include a second UAA of the same API if a context has it', () => {
    const second = withAddresses(b.api, 'https://login.b.example.com');
    const settings = { ...settingsAtBoth, contexts: { ...contexts, second } };
    expect(resolve({}, { TPKS_UAA_URL: second.uaa }, { settings })).toMatchObject({
      api: b.api,
      uaa: second.uaa,
    });
  });

  test('are returned with the source of each address', () => {
    expect(resolve({ api: 'new' }, { TPKS_UAA_URL: 'login' })?.sources).toEqual({
      api: 'flag --api',
      uaa: 'variable TPKS_UAA_URL',
    });
    expect(resolve({}, { TPKS_API: 'new' })?.sources).toEqual({
      api: 'variable TPKS_API',
      uaa: 'default',
    });
    expect(resolve({}, { TPKS_API: 'pks.example.com:443' })?.sources.uaa).toBe('context');
  });
});

describe('addresses of two installations', () => {
  test.each<[string, AddressFlags, NodeJS.ProcessEnv, string, string]>([
    [
      'TPKS_UAA_URL and the current installation',
      {},
      { TPKS_UAA_URL: a.uaa },
      `TPKS_UAA_URL (${a.uaa}) and the API of context cody@b (${b.api})`,
      'unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '--uaa-url and the current installation',
      { uaaUrl: a.uaa },
      {},
      `--uaa-url (${a.uaa}) and the API of context cody@b (${b.api})`,
      'specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '-a and TPKS_UAA_URL',
      { api: 'b.example.com' },
      { TPKS_UAA_URL: a.uaa },
      `TPKS_UAA_URL (${a.uaa}) and -a (${b.api})`,
      'unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      'TPKS_API and TPKS_UAA_URL, each stored with another server',
      {},
      { TPKS_API: 'b.example.com', TPKS_UAA_URL: a.uaa },
      `TPKS_UAA_URL (${a.uaa}) and TPKS_API (${b.api})`,
      'unset TPKS_UAA_URL, or unset TPKS_API, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '-a and the TPKS_UAA_URL that belongs to TPKS_API',
      { api: 'new' },
      { TPKS_API: 'other:443', TPKS_UAA_URL: 'login' },
      'TPKS_UAA_URL (https://login) and -a (https://new:9021)',
      'unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '-a and --context',
      { context: 'cody@a', api: 'b.example.com' },
      {},
      `-a (${b.api}) and --context cody@a (${a.api})`,
      'omit --context',
    ],
    [
      '--uaa-url and TPKS_CONTEXT',
      { uaaUrl: b.uaa },
      { TPKS_CONTEXT: 'cody@a' },
      `--uaa-url (${b.uaa}) and TPKS_CONTEXT cody@a (${a.uaa})`,
      'unset TPKS_CONTEXT, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
  ])('are rejected: %s', (_name, flags, env, conflict, hint) => {
    expect(() => resolve(flags, env)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `${conflict} do not belong to the same installation`,
        hint,
      }),
    );
  });

  test('are rejected if the UAA is on the default port of another host, even if nothing is stored', () => {
    expect(() =>
      resolve({ api: 'b' }, { TPKS_UAA_URL: 'https://a:8443' }, { settings: noSettings }),
    ).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  test('are rejected if the API was used with several UAAs and none is selected', () => {
    const contexts = {
      one: withAddresses(lb.api, 'https://one.example.com'),
      two: withAddresses(lb.api, 'https://two.example.com'),
    };
    expect(() =>
      resolve({ api: 'pks.example.com:443' }, {}, { settings: { ...noSettings, contexts } }),
    ).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: expect.stringContaining('https://one.example.com, https://two.example.com'),
      }),
    );
    expect(
      resolve(
        { api: 'pks.example.com:443' },
        {},
        { settings: someSettings(selecting({ pks: 'two' }, { contexts })) },
      )?.uaa,
    ).toBe('https://two.example.com');
  });
});

describe('the current installation', () => {
  const onlyUaa = { ...adminSettings, api: undefined };

  test('is the same for both roles, and each role has its own context there', () => {
    const own = { ...contexts, 'admin@b': { ...onlyUaa, uaa: b.uaa } };
    const settings = someSettings(selecting({ pks: 'cody@b', uaa: 'admin@b' }, { contexts: own }));
    expect(resolve({}, {}, { settings })).toMatchObject({ ...B, context: 'cody@b' });
    const role = 'uaa';
    expect(resolve({}, {}, { settings, role })).toMatchObject({ ...B, context: 'admin@b' });
  });

  test('has no context for a role without one, unless that of the other role is accepted', () => {
    const role = 'uaa';
    expect(resolve({}, {}, { role })).toEqual({
      ...B,
      sources: { api: 'default', uaa: 'context' },
    });
    expect(resolve({}, {}, { role, acceptsOtherRole: true })).toMatchObject({
      ...B,
      context: 'cody@b',
    });
  });

  test('may have only a UAA', () => {
    const uaa = 'https://login.example.org';
    expect(resolve({}, {}, { settings: someSettings(selectingOnly(uaa)) })).toMatchObject({
      api: undefined,
      uaa,
    });
    const atLb = someSettings(selectingOnly(lb.uaa, { contexts }));
    expect(resolve({}, {}, { settings: atLb })).toMatchObject(LB);
  });

  test('is missing before the first login', () => {
    expect(resolve({}, {}, { settings: noSettings })).toBeUndefined();
    expect(resolve({}, {}, { settings: { ...noSettings, contexts } })).toBeUndefined();
  });

  test('without an API is not combined with TPKS_UAA_URL', () => {
    const settings = someSettings(selectingOnly('https://login.example.org'));
    expect(() => resolve({}, { TPKS_UAA_URL: 'login' }, { settings })).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
  });
});

describe('uaa commands', () => {
  test('combine TPKS_UAA_URL with the API of a context that has this UAA', () => {
    const find = (uaa: string) => resolve({}, { TPKS_UAA_URL: uaa }, { role: 'uaa' });
    expect(find(lb.uaa)).toMatchObject(LB);
    expect(find('login')).toMatchObject({ api: undefined, uaa: 'https://login' });
  });
});

// Each setting is at installation A, at installation B, or unset.
describe('every combination of settings', () => {
  type Site = 'a' | 'b' | undefined;
  const sites: readonly Site[] = ['a', 'b', undefined];
  const roleSets: readonly (readonly Role[])[] = [[], ['pks'], ['uaa'], ['pks', 'uaa']];
  const sets = {
    // On the default ports, the hostnames are enough to distinguish installations.
    defaultPorts: { a, b },
    // On other ports, only stored contexts distinguish them.
    otherPorts: {
      a: withAddresses('https://localhost:1001', 'https://localhost:1002'),
      b: withAddresses('https://localhost:2001', 'https://localhost:2002'),
    },
  };

  interface Combination {
    readonly flags: { readonly api: Site; readonly uaaUrl: Site; readonly context: Site };
    readonly env: { readonly api: Site; readonly uaaUrl: Site; readonly context: Site };
    readonly hasCredentials: boolean;
    /** The current installation. */
    readonly current: Site;
    /** The roles that have an identity there. */
    readonly roles: readonly Role[];
  }

  const step = isNightly ? 1 : 7;
  const total = 3 * 3 * 5 * 3 * 3 * 2 * (4 + 4 + 1);

  /** Every seventh combination, or all of them in the nightly run. */
  function* combinations(): Generator<Combination> {
    let index = 0;
    for (const combination of allCombinations()) {
      if (index % step === 0) yield combination;
      index += 1;
    }
  }

  function* allCombinations(): Generator<Combination> {
    // Select a context by flag or by variable, not both, to limit the number of combinations.
    const selections = [
      ...sites.map((flag) => ({ flag, variable: undefined })),
      { flag: undefined, variable: 'a' as const },
      { flag: undefined, variable: 'b' as const },
    ];
    for (const api of sites)
      for (const uaaUrl of sites)
        for (const { flag, variable } of selections)
          for (const envApi of sites)
            for (const envUaaUrl of sites)
              for (const hasCredentials of [true, false])
                for (const current of sites)
                  for (const roles of current === undefined ? [[]] : roleSets)
                    yield {
                      flags: { api, uaaUrl, context: flag },
                      env: { api: envApi, uaaUrl: envUaaUrl, context: variable },
                      hasCredentials,
                      current,
                      roles,
                    };
  }

  type Sites = (typeof sets)['defaultPorts'];
  const contextName = (site: Site) => (site === undefined ? undefined : `cody@${site}`);
  const defined = (record: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

  function toInput(combination: Combination, addresses: Sites, areBothStored = true) {
    const { flags, env, hasCredentials, current, roles } = combination;
    const isStored = (site: Site) =>
      areBothStored ||
      [flags.context, env.context].includes(site) ||
      (roles.length > 0 && current === site);
    const addressOf = (site: Site, key: 'api' | 'uaa') =>
      site === undefined ? undefined : addresses[site][key];
    const stored = {
      ...(isStored('a') ? { 'cody@a': addresses.a } : {}),
      ...(isStored('b') ? { 'cody@b': addresses.b } : {}),
    };
    const selected = defined({
      ...Object.fromEntries(roles.map((role) => [role, contextName(current)])),
      installation: addressOf(current, 'uaa'),
    });
    return {
      settings: someSettings(selecting(selected, { contexts: stored })),
      env: defined({
        TPKS_API: addressOf(env.api, 'api'),
        TPKS_UAA_URL: addressOf(env.uaaUrl, 'uaa'),
        TPKS_CONTEXT: contextName(env.context),
        ...(hasCredentials ? { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw' } : {}),
      }),
      flags: {
        api: addressOf(flags.api, 'api'),
        uaaUrl: addressOf(flags.uaaUrl, 'uaa'),
        context: contextName(flags.context),
      },
    };
  }

  interface Result {
    readonly api?: string | undefined;
    readonly uaa: string;
  }

  /** The site that both addresses belong to; `undefined` if they belong to different ones. */
  function siteOf({ api, uaa }: Result, addresses: Sites): Site {
    return (['a', 'b'] as const).find(
      (site) => addresses[site].uaa === uaa && (api === undefined || addresses[site].api === api),
    );
  }

  const catchError = async <T>(
    work: () => T,
  ): Promise<Awaited<T> | { readonly kind: string; readonly message: string }> => {
    try {
      return await work();
    } catch (error) {
      if (isTpksError(error)) return error;
      throw error;
    }
  };

  /** Whether two flags, or two variables, specify both of these addresses. */
  const isSpecified = ({ flags, env }: Combination, addresses: Sites, result: Result): boolean =>
    [flags, env].some(
      ({ api, uaaUrl }) =>
        api !== undefined &&
        uaaUrl !== undefined &&
        addresses[api].api === result.api &&
        addresses[uaaUrl].uaa === result.uaa,
    );

  test.each<[keyof typeof sets, boolean]>([
    ['defaultPorts', true],
    ['otherPorts', true],
    // The other installation is unknown, so two addresses that are specified together may belong to it.
    ['defaultPorts', false],
  ])(
    'resolves to a single installation or fails with exit code 2 (%s, both stored: %s)',
    async (kind, areBothStored) => {
      const addresses = sets[kind];
      const counts = { combinations: 0, resolved: 0, rejected: 0, unresolved: 0 };
      for (const combination of combinations()) {
        const input = toInput(combination, addresses, areBothStored);
        const { flags, ...rest } = input;
        const results = await Promise.all([
          catchError(() => resolveAddresses(input)),
          // Commands other than login have no -a and no --uaa-url.
          ...(flags.api === undefined && flags.uaaUrl === undefined
            ? (['pks', 'uaa'] as const).flatMap((role) => {
                const own = { ...rest, flags: { context: flags.context }, role };
                return [
                  catchError(() => resolveAddresses(own)),
                  catchError(() => requireContext(own, allScopes)),
                ];
              })
            : []),
        ]);
        counts.combinations += 1;
        for (const result of results) {
          if (result === undefined) counts.unresolved += 1;
          else if ('uaa' in result) {
            counts.resolved += 1;
            const isAllowed =
              siteOf(result, addresses) !== undefined ||
              (!areBothStored && isSpecified(combination, addresses, result));
            if (!isAllowed) {
              throw new Error(
                `${JSON.stringify(input)} resolves to ${result.api ?? ''} and ${result.uaa}`,
              );
            }
          } else {
            counts.rejected += 1;
            // No token is sent, because there is no session or two settings conflict.
            const expected = ['usage', 'unauthenticated'];
            if (!expected.includes(result.kind))
              throw new Error(`${JSON.stringify(input)}: ${result.message}`);
          }
        }
      }
      expect(counts.combinations).toBe(Math.ceil(total / step));
      expect(counts.resolved).toBeGreaterThan(counts.combinations / 3);
      expect(counts.rejected).toBeGreaterThan(1000 / step);
      expect(counts.unresolved).toBeGreaterThan(0);
    },
  );

  test('uses the installation of the setting with the highest precedence', async () => {
    for (const combination of combinations()) {
      const input = toInput(combination, sets.defaultPorts);
      const { flags, env, current } = combination;
      const expected =
        flags.context ??
        flags.api ??
        env.context ??
        flags.uaaUrl ??
        env.api ??
        env.uaaUrl ??
        current;
      const isLogin = flags.api !== undefined || flags.uaaUrl !== undefined;
      const results = await Promise.all([
        catchError(() => resolveAddresses(input)),
        ...(isLogin ? [] : (['pks', 'uaa'] as const)).map((role) =>
          catchError(() => requireContext({ ...input, role }, allScopes)),
        ),
      ]);
      for (const result of results) {
        if (result === undefined || !('uaa' in result)) continue;
        if (siteOf(result, sets.defaultPorts) !== expected) {
          throw new Error(
            `${JSON.stringify(input)} resolves to ${result.uaa}, not to ${String(expected)}`,
          );
        }
      }
    }
  });
});

function pair(api: string, uaa: string) {
  return { api, uaa };
}

const defaultPorts = { api: 'https://api.example.com:9021', uaa: 'https://api.example.com:8443' };

test.each([
  'api.example.com',
  'api.example.com:9021',
  'https://api.example.com',
  'https://api.example.com:9021',
  'https://api.example.com/',
  'HTTPS://API.Example.COM',
  ' api.example.com ',
])('%j resolves to the API on port 9021 and the UAA on port 8443', (input) => {
  expect(parseInstallation(input)).toEqual(defaultPorts);
});

test.each([
  ['https://pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['10.0.0.1:10000', 'https://10.0.0.1:10000', 'https://10.0.0.1:8443'],
  ['[::1]', 'https://[::1]:9021', 'https://[::1]:8443'],
  ['[::1]:1234', 'https://[::1]:1234', 'https://[::1]:8443'],
  ['localhost:9022', 'https://localhost:9022', 'https://localhost:8443'],
])('%s resolves to the API %s and the UAA %s', (input, api, uaa) => {
  expect(parseInstallation(input)).toEqual({ api, uaa });
});

test.each([
  ['https://uaa.example.com', 'https://uaa.example.com'],
  ['uaa.example.com', 'https://uaa.example.com'],
  ['https://uaa.example.com:443', 'https://uaa.example.com'],
  ['https://UAA.example.com:8443/uaa/', 'https://uaa.example.com:8443/uaa'],
])('the UAA can be on another host or port (%s)', (input, uaa) => {
  expect(parseInstallation('api.example.com', input)).toEqual({ api: defaultPorts.api, uaa });
  expect(normalizeUaaUrl(input)).toBe(uaa);
});

test('the port of the UAA after -a is an error, and the hint has the right commands', () => {
  expect(() => parseInstallation('api.example.com:8443')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message:
        'api.example.com:8443 has port 8443, which is the default port of the UAA, not of the API',
      hint: 'omit the port: tpks login -a api.example.com\nor use only the UAA: tpks uaa target api.example.com:8443',
    }),
  );
});

test.each([
  ['', 'it is empty'],
  ['   ', 'it is empty'],
  ['http://api.example.com', 'only https is supported'],
  ['ftp://api.example.com', 'only https is supported'],
  ['https://cody:pw@api.example.com', 'it must not contain credentials'],
  ['https://api.example.com?x=1', 'it has a query'],
  ['https://api.example.com#x', 'it has a query'],
  ['https://', 'it is not a hostname or a URL'],
  ['api example', 'it is not a hostname or a URL'],
  ['api:99999', 'it is not a hostname or a URL'],
])('%j is not a valid address', (input, why) => {
  const usage = expect.objectContaining({
    kind: 'usage',
    message: expect.stringContaining(why),
    hint: expect.stringContaining('for example: '),
  });
  expect(() => parseInstallation(input)).toThrow(usage);
  expect(() => normalizeUaaUrl(input)).toThrow(usage);
});

test('the error does not repeat credentials in an address', () => {
  expect(() => parseInstallation('https://cody:hunter2@api.example.com')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('the address of the API must not have a path', () => {
  expect(() => parseInstallation('https://api.example.com/v1')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      hint: 'omit the path: tpks login -a api.example.com',
    }),
  );
});
