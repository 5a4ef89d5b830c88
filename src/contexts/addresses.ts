import type { Environment } from '../config/environment.js';
import type { Source } from './context.js';
import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { findContext } from './find-context.js';
import {
  apiBeside,
  apiOfUaa,
  canBeCombined,
  canStandTogether,
  environmentInstallations,
  installation,
  storedInstallations,
  uaaBase,
  uaasOfApi,
  usualUaa,
} from './installation.js';
import { currentUaaContext, currentTarget } from './targets.js';

/** The servers of this run. */
export interface Addresses {
  /** Origin of the PKS API; `undefined` if only a UAA is known. */
  readonly api: string | undefined;
  /** Base URL of the UAA whose tokens the API accepts, without a trailing slash. */
  readonly uaa: string;
  readonly sources: { readonly api: Source; readonly uaa: Source };
  /** The context that both addresses come from, if any. */
  readonly context?: string;
}

export interface AddressInput {
  readonly settings: Settings;
  readonly env: Environment;
  readonly flags?: AddressFlags | undefined;
  /** For commands that talk to the UAA only: its target comes before the current context. */
  readonly forUaa?: boolean | undefined;
}

export interface AddressFlags {
  /** `-a` */
  readonly api?: string | undefined;
  /** `--uaa-url` */
  readonly uaaUrl?: string | undefined;
  /** `--context` */
  readonly context?: string | undefined;
}

/**
 * Resolves the API and the UAA together, so that a token is only ever sent to the API of the
 * installation whose UAA issued it.
 *
 * A named context (`--context`, then `TPKS_CONTEXT`) provides both. Otherwise flags take precedence
 * over variables, and variables over the current context. If only one address is given, the other
 * one is taken from the same installation.
 * @returns `undefined` if no flag, variable or context names a server.
 * @throws {TpksError} `usage` for addresses of different installations, and for a value that is not
 *   an address; `notFound` for an unknown context.
 */
export function resolveAddresses(input: AddressInput): Addresses | undefined {
  const { settings, env, flags = {}, forUaa = false } = input;
  // TPKS_CONTEXT is set for many commands; `-a` is typed for one of them and takes precedence.
  const variable = flags.api === undefined ? env.TPKS_CONTEXT : undefined;
  const named = flags.context ?? variable;
  if (named !== undefined) return ofNamedContext(named, input);

  const api = stated('api', input);
  const uaa = stated('uaaUrl', input);
  if (api !== undefined) return uaa === undefined ? ofApi(api, input) : ofBoth(api, uaa, input);
  if (forUaa) return uaa === undefined ? ofTarget(settings) : ofUaa(uaa, settings);
  const { current } = settings;
  const stored = current === undefined ? undefined : ofContext(current, settings);
  if (stored === undefined) return undefined;
  return uaa === undefined || uaa.address === stored.uaa
    ? stored
    : besideContext(uaa, stored, input);
}

/** An address, with its source for `status` and its name for error messages. */
interface Stated {
  readonly address: string;
  readonly source: Source;
  /** E.g. `TPKS_API`, `the API of context cody@a`. */
  readonly label: string;
}

const kinds = {
  api: {
    label: '-a',
    flag: 'api',
    variable: 'TPKS_API',
    parse: (typed: string) => installation(typed).api,
  },
  uaaUrl: { label: '--uaa-url', flag: 'uaa-url', variable: 'TPKS_UAA_URL', parse: uaaBase },
} as const;

/** The address that a flag or a variable names. */
function stated(kind: keyof typeof kinds, { env, flags }: AddressInput): Stated | undefined {
  const { label, flag, variable, parse } = kinds[kind];
  const typed = flags?.[kind];
  if (typed !== undefined) return { address: parse(typed), source: `flag --${flag}`, label };
  const value = env[variable];
  if (value === undefined) return undefined;
  return { address: parse(value), source: `variable ${variable}`, label: variable };
}

/** @returns `undefined` if there is no context with exactly this name. */
function ofContext(name: string, { contexts }: Settings): Addresses | undefined {
  const context = getOwnValue(contexts, name);
  if (context === undefined) return undefined;
  const { api, uaa } = context;
  const sources = { api: 'context', uaa: 'context' } as const;
  return { api: api ?? apiBeside(uaa), uaa, sources, context: name };
}

/** A named context takes precedence over variables with addresses; flags must match it. */
function ofNamedContext(
  name: string,
  { settings, flags, forUaa }: AddressInput,
): Addresses | undefined {
  const addresses = ofContext(findContext(name, settings, { forUaa }), settings);
  if (addresses === undefined) return undefined;
  const own: Omit<Stated, 'address'> =
    flags?.context === undefined
      ? { source: 'variable TPKS_CONTEXT', label: `TPKS_CONTEXT ${name}` }
      : { source: 'flag --context', label: `--context ${name}` };
  const typed = { settings, env: {}, flags };
  const [typedApi, typedUaa] = [stated('api', typed), stated('uaaUrl', typed)];
  if (typedApi !== undefined && typedApi.address !== addresses.api) {
    throw mismatch(typedApi, { ...own, address: addresses.api ?? addresses.uaa });
  }
  if (typedUaa !== undefined && typedUaa.address !== addresses.uaa) {
    throw mismatch(typedUaa, { ...own, address: addresses.uaa });
  }
  return addresses;
}

function ofBoth(api: Stated, uaa: Stated, { settings, env }: AddressInput): Addresses {
  const pair = { api: api.address, uaa: uaa.address };
  const stored = storedInstallations(settings);
  const areBothFlags = api.source === 'flag --api' && uaa.source === 'flag --uaa-url';
  const areBothVariables = api.label === 'TPKS_API' && uaa.label === 'TPKS_UAA_URL';
  const isAccepted =
    areBothFlags || areBothVariables
      ? canStandTogether(pair, stored)
      : canBeCombined(pair, [...stored, ...environmentInstallations(env, stored)]);
  if (!isAccepted) throw mismatch(uaa, api);
  return { ...pair, sources: { api: api.source, uaa: uaa.source } };
}

/** Uses the UAA stored with this API, or else the same host on the usual port. */
function ofApi(api: Stated, { settings, forUaa = false }: AddressInput): Addresses {
  const known = uaasOfApi(api.address, storedInstallations(settings));
  const usual = usualUaa(api.address);
  const pointer = forUaa ? currentUaaContext(settings) : settings.current;
  const current = pointer === undefined ? undefined : ofContext(pointer, settings)?.uaa;
  const [first = usual, ...others] = known;
  const uaa =
    known.find((each) => each === current) ?? known.find((each) => each === usual) ?? first;
  if (others.length > 0 && uaa !== current && uaa !== usual) {
    throw new TpksError(
      'usage',
      `${api.label} (${api.address}) has been used with several UAAs: ${known.join(', ')}`,
      { hint: 'set TPKS_UAA_URL to one of them (for tpks login: --uaa-url)' },
    );
  }
  const source = uaa === usual ? 'default' : 'context';
  return { api: api.address, uaa, sources: { api: api.source, uaa: source } };
}

function ofUaa(uaa: Stated, settings: Settings): Addresses {
  const api = apiOfUaa(uaa.address, storedInstallations(settings));
  return { api, uaa: uaa.address, sources: { api: 'default', uaa: uaa.source } };
}

function ofTarget(settings: Settings): Addresses | undefined {
  const target = currentTarget(settings);
  if (target === undefined) return undefined;
  const name = currentUaaContext(settings);
  if (name !== undefined) return ofContext(name, settings);
  return ofUaa({ address: target.uaa, source: 'default', label: 'target' }, settings);
}

/** Combines the API of the current context with another UAA, if nothing known contradicts it. */
function besideContext(uaa: Stated, context: Addresses, { settings }: AddressInput): Addresses {
  const label = `the API of context ${context.context ?? ''}`;
  if (context.api === undefined) {
    throw mismatch(uaa, { address: context.uaa, source: 'context', label });
  }
  const pair = { api: context.api, uaa: uaa.address };
  if (!canBeCombined(pair, storedInstallations(settings))) {
    throw mismatch(uaa, { address: context.api, source: 'context', label });
  }
  return { ...pair, sources: { api: 'context', uaa: uaa.source } };
}

function mismatch(one: Stated, other: Stated): TpksError {
  const unset = [one, other].flatMap(({ source }) =>
    source.startsWith('variable ') ? [`unset ${source.slice('variable '.length)}`] : [],
  );
  const isContextTyped = [one, other].some(({ source }) => source === 'flag --context');
  const advice = isContextTyped
    ? 'leave out --context'
    : 'name both servers: tpks login -a API --uaa-url URL';
  return new TpksError(
    'usage',
    `${one.label} (${one.address}) and ${other.label} (${other.address}) do not belong to the same installation`,
    { hint: [...unset, advice].join(', or ') },
  );
}
