import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../src/config/settings.js';
import {
  resolveAddresses,
  type AddressFlags,
  type AddressInput,
} from '../../../src/contexts/addresses.js';
import { requireContext } from '../../../src/contexts/resolve-context.js';
import { isTpksError } from '../../../src/errors.js';
import { adminSettings, codySettings } from '../../support/fixtures.js';

const none: Settings = { version: 1, contexts: {}, targets: [] };
const at = (api: string, uaa: string) => ({ ...codySettings, api, uaa });
const a = at('https://a.example.com:9021', 'https://a.example.com:8443');
const b = at('https://b.example.com:9021', 'https://b.example.com:8443');
/** Behind a load balancer: neither address follows from the other. */
const lb = at('https://pks.example.com:443', 'https://login.example.com');
const atBoth: Settings = {
  ...none,
  current: 'cody@b',
  contexts: { 'cody@a': a, 'cody@b': b, 'cody@lb': lb },
};

const resolve = (
  flags: AddressFlags = {},
  env: NodeJS.ProcessEnv = {},
  input: Partial<AddressInput> = {},
) => resolveAddresses({ settings: atBoth, env, flags, ...input });

const A = { api: a.api, uaa: a.uaa };
const B = { api: b.api, uaa: b.uaa };
const LB = { api: lb.api, uaa: lb.uaa };

describe('addresses that belong together', () => {
  test.each<[string, AddressFlags, NodeJS.ProcessEnv, { api: string; uaa: string }]>([
    ['only -a', { api: 'a.example.com' }, {}, A],
    [
      'only -a, of an unknown host',
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
    ['-a with the variable of its own UAA', { api: 'a.example.com' }, { TPKS_UAA_URL: a.uaa }, A],
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
    ['-a before TPKS_CONTEXT', { api: 'a.example.com' }, { TPKS_CONTEXT: 'cody@b' }, A],
    [
      '--context before both variables',
      { context: 'cody@a' },
      { TPKS_API: 'b.example.com', TPKS_UAA_URL: b.uaa },
      A,
    ],
    [
      'TPKS_CONTEXT before both variables',
      {},
      { TPKS_CONTEXT: 'cody@a', TPKS_API: 'b.example.com' },
      A,
    ],
    [
      '--context with its own addresses',
      { context: 'cody@a', api: 'a.example.com', uaaUrl: a.uaa },
      {},
      A,
    ],
    ['the current context', {}, {}, B],
    ['the UAA of the current context', {}, { TPKS_UAA_URL: b.uaa }, B],
  ])('are accepted: %s', (_name, flags, env, expected) => {
    expect(resolve(flags, env)).toMatchObject(expected);
  });

  test('a second UAA of the same API is accepted if a context has it', () => {
    const second = at(b.api, 'https://login.b.example.com');
    const settings = { ...atBoth, contexts: { ...atBoth.contexts, second } };
    expect(resolve({}, { TPKS_UAA_URL: second.uaa }, { settings })).toMatchObject({
      api: b.api,
      uaa: second.uaa,
    });
  });

  test('sources say where each address comes from', () => {
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
      'TPKS_UAA_URL and the current context',
      {},
      { TPKS_UAA_URL: a.uaa },
      `TPKS_UAA_URL (${a.uaa}) and the API of context cody@b (${b.api})`,
      'unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      'an unknown UAA in TPKS_UAA_URL, and the current context',
      {},
      { TPKS_UAA_URL: 'https://login.example.org' },
      `TPKS_UAA_URL (https://login.example.org) and the API of context cody@b (${b.api})`,
      'unset TPKS_UAA_URL, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '--uaa-url and the current context',
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
      '--uaa-url and TPKS_API',
      { uaaUrl: a.uaa },
      { TPKS_API: 'b.example.com' },
      `--uaa-url (${a.uaa}) and TPKS_API (${b.api})`,
      'unset TPKS_API, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      'TPKS_API and TPKS_UAA_URL, each stored with another server',
      {},
      { TPKS_API: 'b.example.com', TPKS_UAA_URL: a.uaa },
      `TPKS_UAA_URL (${a.uaa}) and TPKS_API (${b.api})`,
      'unset TPKS_UAA_URL, or unset TPKS_API, or specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '-a and --uaa-url, each stored with another server',
      { api: 'b.example.com', uaaUrl: a.uaa },
      {},
      `--uaa-url (${a.uaa}) and -a (${b.api})`,
      'specify both addresses: tpks login -a API --uaa-url URL',
    ],
    [
      '-a and TPKS_UAA_URL, which TPKS_API belongs to',
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
  ])('are refused: %s', (_name, flags, env, pairNamed, hint) => {
    expect(() => resolve(flags, env)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `${pairNamed} do not belong to the same installation`,
        hint,
      }),
    );
  });

  test('a UAA on the usual port of another host is refused even if nothing is stored', () => {
    expect(() =>
      resolve({ api: 'b' }, { TPKS_UAA_URL: 'https://a:8443' }, { settings: none }),
    ).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  test('an API that was used with several UAAs requires an explicit one', () => {
    const contexts = {
      one: at(lb.api, 'https://one.example.com'),
      two: at(lb.api, 'https://two.example.com'),
    };
    expect(() =>
      resolve({ api: 'pks.example.com:443' }, {}, { settings: { ...none, contexts } }),
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
        { settings: { ...none, contexts, current: 'two' } },
      )?.uaa,
    ).toBe('https://two.example.com');
  });
});

describe('the uaa commands', () => {
  const forUaa = (env: NodeJS.ProcessEnv, settings: Partial<Settings> = {}) =>
    resolve({}, env, { settings: { ...atBoth, ...settings }, forUaa: true });

  test('go to their target at A while the login is at B', () => {
    const settings = { uaaTarget: a.uaa, currentUaa: 'cody@a' };
    expect(forUaa({}, settings)).toMatchObject({ ...A, context: 'cody@a' });
    expect(resolve({}, {}, { settings: { ...atBoth, ...settings } })).toMatchObject(B);
  });

  test('use TPKS_UAA_URL with the API of a context that has this UAA', () => {
    expect(forUaa({ TPKS_UAA_URL: lb.uaa })).toMatchObject(LB);
    expect(forUaa({ TPKS_UAA_URL: 'login' })).toMatchObject({
      api: undefined,
      uaa: 'https://login',
    });
  });

  test('use a context of the UAA that TPKS_UAA_URL names, and no other', () => {
    const settings: Settings = {
      ...atBoth,
      currentUaa: 'cody@b',
      contexts: { ...atBoth.contexts, 'admin@b': { ...adminSettings, ...B } },
    };
    const choose = (uaa: string) =>
      requireContext({ settings, env: { TPKS_UAA_URL: uaa }, forUaa: true }).name;
    expect(choose(a.uaa)).toBe('cody@a');
    expect(choose(b.uaa)).toBe('cody@b');
    expect(() => choose('https://login.example.org')).toThrow(
      expect.objectContaining({
        kind: 'unauthenticated',
        message: 'There is no token for https://login.example.org',
      }),
    );
  });
});

/** Every combination of settings, each at installation A, at B, or unset. */
describe('every combination', () => {
  type Site = 'a' | 'b' | undefined;
  const sites: readonly Site[] = ['a', 'b', undefined];
  const sets = {
    // On the usual ports, where the host names are enough to tell installations apart.
    usual: { a, b },
    // On other ports, where only stored contexts tell them apart.
    unusual: {
      a: at('https://localhost:1001', 'https://localhost:1002'),
      b: at('https://localhost:2001', 'https://localhost:2002'),
    },
  };

  interface Combination {
    readonly flags: { readonly api: Site; readonly uaaUrl: Site; readonly context: Site };
    readonly env: { readonly api: Site; readonly uaaUrl: Site; readonly context: Site };
    readonly hasCredentials: boolean;
    readonly current: Site;
    readonly currentUaa: Site;
    readonly target: Site;
  }

  function* combinations(): Generator<Combination> {
    // Name a context in one way only, to limit the number of combinations.
    const named = [
      ...sites.map((flag) => ({ flag, variable: undefined })),
      { flag: undefined, variable: 'a' as const },
      { flag: undefined, variable: 'b' as const },
    ];
    for (const api of sites)
      for (const uaaUrl of sites)
        for (const { flag, variable } of named)
          for (const envApi of sites)
            for (const envUaaUrl of sites)
              for (const hasCredentials of [true, false])
                for (const current of sites)
                  for (const currentUaa of sites)
                    for (const target of sites)
                      yield {
                        flags: { api, uaaUrl, context: flag },
                        env: { api: envApi, uaaUrl: envUaaUrl, context: variable },
                        hasCredentials,
                        current,
                        currentUaa,
                        target,
                      };
  }

  type Sites = (typeof sets)['usual'];
  const name = (site: Site) => (site === undefined ? undefined : `cody@${site}`);
  const defined = (record: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

  function toInput(combination: Combination, sitesOf: Sites, areBothStored = true) {
    const { flags, env, hasCredentials, current, currentUaa, target } = combination;
    const isStored = (site: Site) =>
      areBothStored || [flags.context, env.context, current, currentUaa].includes(site);
    const of = (site: Site, key: 'api' | 'uaa') =>
      site === undefined ? undefined : sitesOf[site][key];
    const settings: Settings = {
      version: 1,
      contexts: {
        ...(isStored('a') ? { 'cody@a': sitesOf.a } : {}),
        ...(isStored('b') ? { 'cody@b': sitesOf.b } : {}),
      },
      targets: [],
      current: name(current),
      currentUaa: name(currentUaa),
      uaaTarget: of(target, 'uaa'),
    };
    return {
      settings,
      env: defined({
        TPKS_API: of(env.api, 'api'),
        TPKS_UAA_URL: of(env.uaaUrl, 'uaa'),
        TPKS_CONTEXT: name(env.context),
        ...(hasCredentials ? { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw' } : {}),
      }),
      flags: {
        api: of(flags.api, 'api'),
        uaaUrl: of(flags.uaaUrl, 'uaa'),
        context: name(flags.context),
      },
    };
  }

  interface End {
    readonly api?: string | undefined;
    readonly uaa: string;
  }

  /** The site that both addresses belong to; `undefined` if they belong to different ones. */
  function siteOf({ api, uaa }: End, sitesOf: Sites): Site {
    return (['a', 'b'] as const).find(
      (site) => sitesOf[site].uaa === uaa && (api === undefined || sitesOf[site].api === api),
    );
  }

  const outcome = <T>(work: () => T): T | { readonly kind: string; readonly message: string } => {
    try {
      return work();
    } catch (error) {
      if (isTpksError(error)) return error;
      throw error;
    }
  };

  /** Whether two flags, or two variables, state that these addresses belong together. */
  const isStated = ({ flags, env }: Combination, sitesOf: Sites, end: End): boolean =>
    [flags, env].some(
      ({ api, uaaUrl }) =>
        api !== undefined &&
        uaaUrl !== undefined &&
        sitesOf[api].api === end.api &&
        sitesOf[uaaUrl].uaa === end.uaa,
    );

  test.each<[keyof typeof sets, boolean]>([
    ['usual', true],
    ['unusual', true],
    // The other installation is unknown, so two addresses that are given together may belong to it.
    ['usual', false],
  ])(
    'ends at one installation, or with exit 2 (%s ports, both stored: %s)',
    (kind, areBothStored) => {
      const sitesOf = sets[kind];
      const counted = { combinations: 0, resolved: 0, refused: 0, nowhere: 0 };
      for (const combination of combinations()) {
        const input = toInput(combination, sitesOf, areBothStored);
        const { flags, ...rest } = input;
        const chosen = [
          outcome(() => resolveAddresses(input)),
          // Commands other than login have no -a and no --uaa-url.
          ...(flags.api === undefined && flags.uaaUrl === undefined
            ? [false, true].flatMap((forUaa) => [
                outcome(() =>
                  resolveAddresses({ ...rest, flags: { context: flags.context }, forUaa }),
                ),
                outcome(() =>
                  requireContext({ ...rest, flags: { context: flags.context }, forUaa }),
                ),
              ])
            : []),
        ];
        counted.combinations += 1;
        for (const end of chosen) {
          if (end === undefined) counted.nowhere += 1;
          else if ('uaa' in end) {
            counted.resolved += 1;
            const isAllowed =
              siteOf(end, sitesOf) !== undefined ||
              (!areBothStored && isStated(combination, sitesOf, end));
            if (!isAllowed) {
              throw new Error(`${JSON.stringify(input)} ends at ${end.api ?? ''} and ${end.uaa}`);
            }
          } else {
            counted.refused += 1;
            // No token is sent: there is no session, or two settings contradict each other.
            const expected = ['usage', 'unauthenticated'];
            if (!expected.includes(end.kind))
              throw new Error(`${JSON.stringify(input)}: ${end.message}`);
          }
        }
      }
      expect(counted.combinations).toBe(3 * 3 * 5 * 3 * 3 * 2 * 3 * 3 * 3);
      expect(counted.resolved).toBeGreaterThan(counted.combinations / 3);
      expect(counted.refused).toBeGreaterThan(1000);
      expect(counted.nowhere).toBeGreaterThan(0);
    },
  );

  test('the most explicit setting decides which site is used', () => {
    for (const combination of combinations()) {
      const input = toInput(combination, sets.usual);
      const end = outcome(() => resolveAddresses(input));
      if (end === undefined || !('uaa' in end)) continue;
      const { flags, env, current } = combination;
      const expected =
        flags.context ??
        flags.api ??
        env.context ??
        flags.uaaUrl ??
        env.api ??
        env.uaaUrl ??
        current;
      if (siteOf(end, sets.usual) !== expected) {
        throw new Error(`${JSON.stringify(input)} ends at ${end.uaa}, not at ${String(expected)}`);
      }
    }
  });
});

function pair(api: string, uaa: string) {
  return { api, uaa };
}
