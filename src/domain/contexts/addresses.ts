import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Environment } from '../../platform/config/environment.js';
import type { Role, Settings } from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import { findContext } from './context-names.js';
import type { Source } from './context.js';
import { findIdentities, findSelection, otherRole } from './current-installation.js';
import {
  canBeCombined,
  defaultUaaOf,
  findApi,
  findUaas,
  isConsistentPair,
  listStoredInstallations,
  normalizeUaaUrl,
  parseInstallation,
  type Installation,
  type KnownInstallations,
} from './installation.js';

export interface Addresses {
  /** Origin of the PKS API; `undefined` if only a UAA is known. */
  readonly api: string | undefined;
  /** Base URL of the UAA whose tokens the API accepts, without a trailing slash. */
  readonly uaa: string;
  readonly sources: { readonly api: Source; readonly uaa: Source };
  /** @see Installation */
  readonly isUaaGuessed?: boolean | undefined;
  /** Name of the context, if both addresses come from one. */
  readonly context?: string;
}

export interface AddressInput {
  readonly settings: Settings;
  readonly env: Environment;
  readonly flags?: AddressFlags | undefined;
  /** What the command needs an identity for. Default: `pks`. */
  readonly role?: Role | undefined;
  /** Whether an identity of the other role is accepted if this role has none. */
  readonly acceptsOtherRole?: boolean | undefined;
  /** @see Link */
  readonly hasOriginalTexts?: boolean | undefined;
}

export interface AddressFlags {
  readonly api?: string | undefined;
  readonly uaaUrl?: string | undefined;
  readonly context?: string | undefined;
}

/**
 * Resolves the API and the UAA together, so that a token is only ever sent to the API of the installation
 * whose UAA issued it. A named context (`--context`, then `TPKS_CONTEXT`) provides both. Otherwise flags
 * take precedence over variables, and variables over the current installation.
 * @returns `undefined` if no flag or variable provides an address, and no installation is selected.
 * @throws {TpksError} `usage` for different installations or an invalid address; `notFound`
 */
export function resolveAddresses(input: AddressInput): Addresses | undefined {
  const { settings, env, flags = {}, role = 'pks' } = input;
  // `-a` applies to one command only, so it takes precedence over TPKS_CONTEXT.
  const variable = flags.api === undefined ? env.TPKS_CONTEXT : undefined;
  const contextName = flags.context ?? variable;
  if (contextName !== undefined) return resolveNamedContext(contextName, input);

  const api = findAddress('api', input);
  const uaa = findAddress('uaaUrl', input);
  if (api !== undefined) {
    return uaa === undefined ? resolveFromApi(api, input) : resolveProvidedPair(api, uaa, input);
  }
  const current = resolveCurrentInstallation(input);
  if (uaa === undefined || uaa.address === current?.uaa) return current;
  if (role === 'uaa') return resolveFromUaa(uaa, settings);
  return current && combineWithCurrent(uaa, current, input);
}

/** An address that a user provided, with its source for `status` and a label for error messages. */
interface ProvidedAddress {
  readonly address: string;
  readonly source: Source;
  /** E.g. `TPKS_API`, `the API of context cody@a`. */
  readonly label: string;
  /** The variable to unset if the address is wrong; `undefined` for an address from elsewhere. */
  readonly variable?: string;
}

const kinds = {
  api: {
    label: '-a',
    flag: 'api',
    variable: 'TPKS_API',
    parse: (typed: string) => parseInstallation(typed).api,
  },
  uaaUrl: { label: '--uaa-url', flag: 'uaa-url', variable: 'TPKS_UAA_URL', parse: normalizeUaaUrl },
} as const;

function findAddress(
  kind: keyof typeof kinds,
  { env, flags }: AddressInput,
): ProvidedAddress | undefined {
  const { label, flag, variable, parse } = kinds[kind];
  const typed = flags?.[kind];
  if (typed !== undefined) return { address: parse(typed), source: `flag --${flag}`, label };
  const value = env[variable];
  if (value === undefined) return undefined;
  return { address: parse(value), source: `variable ${variable}`, label: variable, variable };
}

/** @returns `undefined` if no context has exactly this name. */
function addressesOfContext(name: string, settings: Settings): Addresses | undefined {
  const context = getOwnValue(settings.contexts, name);
  if (context === undefined) return undefined;
  const { uaa, api = findApi(uaa, listStoredInstallations(settings)) } = context;
  const sources = { api: 'context', uaa: 'context' } as const;
  return { api, uaa, sources, context: name };
}

/** A named context takes precedence over addresses in variables. Addresses in flags must match it. */
function resolveNamedContext(
  name: string,
  { settings, flags, role }: AddressInput,
): Addresses | undefined {
  const found = findContext(name, settings, role);
  const addresses = addressesOfContext(found, settings);
  if (addresses === undefined) return undefined;
  const own: Omit<ProvidedAddress, 'address'> =
    flags?.context === undefined
      ? { source: 'variable TPKS_CONTEXT', label: `TPKS_CONTEXT ${name}`, variable: 'TPKS_CONTEXT' }
      : { source: 'flag --context', label: `--context ${name}` };
  const typed = { settings, env: {}, flags };
  const typedApi = findAddress('api', typed);
  const typedUaa = findAddress('uaaUrl', typed);
  if (typedApi !== undefined && typedApi.address !== addresses.api) {
    throw mismatchError(typedApi, { ...own, address: addresses.api ?? addresses.uaa });
  }
  if (typedUaa !== undefined && typedUaa.address !== addresses.uaa) {
    throw mismatchError(typedUaa, { ...own, address: addresses.uaa });
  }
  return addresses;
}

function resolveProvidedPair(
  api: ProvidedAddress,
  uaa: ProvidedAddress,
  { settings, env }: AddressInput,
): Addresses {
  const pair = { api: api.address, uaa: uaa.address };
  const stored = listStoredInstallations(settings);
  const areBothFlags = api.source === 'flag --api' && uaa.source === 'flag --uaa-url';
  const areBothVariables = api.label === 'TPKS_API' && uaa.label === 'TPKS_UAA_URL';
  const isAccepted =
    areBothFlags || areBothVariables
      ? isConsistentPair(pair, stored)
      : canBeCombined(pair, [...stored, ...listEnvironmentInstallations(env, stored)]);
  if (!isAccepted) throw mismatchError(uaa, api);
  return { ...pair, sources: { api: api.source, uaa: uaa.source } };
}

/** Uses the UAA that is stored with this API, or else the same host on the default port. */
function resolveFromApi(api: ProvidedAddress, { settings }: AddressInput): Addresses {
  const known = findUaas(api.address, listStoredInstallations(settings));
  const defaultUaa = defaultUaaOf(api.address);
  const { uaa: current } = findSelection(settings);
  const [first = defaultUaa, ...others] = known;
  const uaa =
    known.find((each) => each === current) ?? known.find((each) => each === defaultUaa) ?? first;
  if (others.length > 0 && uaa !== current && uaa !== defaultUaa) {
    throw new TpksError(
      'usage',
      `${api.label} (${api.address}) has been used with several UAAs: ${known.join(', ')}`,
      { hint: 'set TPKS_UAA_URL to one of them (for tpks login: --uaa-url)' },
    );
  }
  const source = uaa === defaultUaa ? 'default' : 'context';
  const sources = { api: api.source, uaa: source } as const;
  return { api: api.address, uaa, sources, ...(known.length === 0 ? { isUaaGuessed: true } : {}) };
}

function resolveFromUaa(uaa: ProvidedAddress, settings: Settings): Addresses {
  const api = findApi(uaa.address, listStoredInstallations(settings));
  return { api, uaa: uaa.address, sources: { api: 'default', uaa: uaa.source } };
}

function resolveCurrentInstallation({
  settings,
  role = 'pks',
  acceptsOtherRole = false,
}: AddressInput): Addresses | undefined {
  const { uaa } = findSelection(settings);
  if (uaa === undefined) return undefined;
  const identities = findIdentities(settings);
  const name = identities[role] ?? (acceptsOtherRole ? identities[otherRole(role)] : undefined);
  if (name !== undefined) return addressesOfContext(name, settings);
  const api = findApi(uaa, listStoredInstallations(settings));
  return { api, uaa, sources: { api: 'default', uaa: 'context' } };
}

/** Combines the API of the current installation with another UAA, if they can belong together. */
function combineWithCurrent(
  uaa: ProvidedAddress,
  current: Addresses,
  { settings }: AddressInput,
): Addresses {
  const { context } = current;
  const label = context === undefined ? 'the current API' : `the API of context ${context}`;
  if (current.api === undefined) {
    throw mismatchError(uaa, { address: current.uaa, source: 'context', label });
  }
  const pair = { api: current.api, uaa: uaa.address };
  if (!canBeCombined(pair, listStoredInstallations(settings))) {
    throw mismatchError(uaa, { address: current.api, source: 'context', label });
  }
  return { ...pair, sources: { api: 'context', uaa: uaa.source } };
}

function mismatchError(one: ProvidedAddress, other: ProvidedAddress): TpksError {
  const unset = [one, other].flatMap(({ variable }) =>
    variable === undefined ? [] : [`unset ${variable}`],
  );
  const isContextFlagUsed = [one, other].some(({ source }) => source === 'flag --context');
  const advice = isContextFlagUsed
    ? 'omit --context'
    : 'specify both addresses: tpks login -a API --uaa-url URL';
  return new TpksError(
    'usage',
    `${one.label} (${one.address}) and ${other.label} (${other.address}) do not belong to the same installation`,
    { hint: [...unset, advice].join(', or ') },
  );
}

/** The installation whose API and UAA are both in the environment, if any. @throws {TpksError} `usage` */
function listEnvironmentInstallations(
  env: Environment,
  stored: KnownInstallations,
): KnownInstallations {
  const { TPKS_API: api, TPKS_UAA_URL: uaaUrl } = env;
  if (!api || !uaaUrl) return [];
  const pair = { api: parseInstallation(api).api, uaa: normalizeUaaUrl(uaaUrl) };
  return isConsistentPair(pair, stored) ? [pair] : [];
}

/** Whether this is the installation of the environment, or the environment names none. */
export function isForInstallation(
  { api, uaa }: { readonly api?: string | undefined; readonly uaa: string },
  env: Environment,
): boolean {
  const { TPKS_API: ownApi, TPKS_UAA_URL: ownUaa } = env;
  if (ownUaa && normalizeUaaUrl(ownUaa) !== uaa) return false;
  if (!ownApi) return true;
  const own = parseInstallation(ownApi, ownUaa || undefined);
  return api === undefined ? own.uaa === uaa : own.api === api;
}

/** @returns e.g. `TPKS_PASSWORD is meant for api.example.com`, for a hint. */
export function describeIntendedServer(variable: string, env: Environment): string {
  return `${variable} is meant for ${[env.TPKS_API, env.TPKS_UAA_URL].filter(Boolean).join(' with ')}`;
}

export interface InstallationFlags extends AddressFlags {
  /** A path, or the PEM text itself. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/**
 * A CA from an earlier login or `uaa target` is used again, but `-k` must be passed each time.
 * @throws {TpksError} `usage` without an API, or for addresses of different installations.
 */
export function resolveInstallation(
  { caCert, skipTlsVerification, ...flags }: InstallationFlags,
  { settings, env }: Pick<AddressInput, 'settings' | 'env'>,
): Installation & Trust {
  const { api, uaa, isUaaGuessed } = resolveAddresses({ settings, env, flags }) ?? {};
  if (api === undefined || uaa === undefined) {
    throw new TpksError('usage', 'Missing API address', {
      hint: 'use -a api.example.com or TPKS_API',
    });
  }
  return {
    api,
    uaa,
    isUaaGuessed,
    caCert:
      caCert === undefined
        ? resolveTrust({ api, uaa }, { settings, env }).caCert
        : readCaCert(caCert),
    skipTlsVerification,
  };
}

/** Uses the CA in the environment, or else the stored trust settings of these addresses. */
export function resolveTrust(
  { api, uaa }: Pick<Addresses, 'api' | 'uaa'>,
  { settings, env }: Pick<AddressInput, 'settings' | 'env'>,
): Trust & { readonly source: Source } {
  const { TPKS_CA_CERT: caCertSetting } = env;
  if (caCertSetting !== undefined) {
    const source = 'variable TPKS_CA_CERT';
    return { caCert: readCaCert(caCertSetting), source, skipTlsVerification: false };
  }
  const { caCert, skipTlsVerification } = findKnownTrust({ api, uaa }, settings);
  return { caCert, source: caCert === undefined ? 'default' : 'context', skipTlsVerification };
}

/** Only a target can skip verification, because `tpks login -k` applies to one context only. */
function findKnownTrust(
  { api, uaa }: Pick<Addresses, 'api' | 'uaa'>,
  { contexts, targets }: Settings,
): Trust {
  const target = targets.find((each) => each.uaa === uaa);
  const contextsOfUaa = Object.values(contexts).filter((each) => each.uaa === uaa);
  const sameApi = contextsOfUaa.find((each) => each.api === api && each.caCert !== undefined);
  return {
    caCert: (sameApi ?? target ?? contextsOfUaa[0])?.caCert,
    skipTlsVerification: target?.skipTlsVerification ?? false,
  };
}
