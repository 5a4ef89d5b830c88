import { readCaCert } from '../config/ca-cert.js';
import type { Environment } from '../config/environment.js';
import type { ContextSettings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { notAuthenticatedMessage } from '../http/bearer.js';
import type { Trust } from '../http/send.js';
import { getOwnValue } from '../own-value.js';
import {
  resolveAddresses,
  type AddressFlags,
  type AddressInput,
  type Addresses,
} from './addresses.js';
import type { Context, EnvironmentIdentity, Source, StoredContext, UaaOnly } from './context.js';
import { apiBeside, type Installation } from './installation.js';
import { environmentLogins, locate, type EnvironmentLogin } from './locate.js';
import { knownTrust } from './targets.js';

/**
 * The identity, the servers and their CA for this run, with the source of each part.
 * @returns `undefined` if no flag, variable or context names a server.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an API and a UAA of different
 *   installations, and for a CA that cannot be read.
 * @see {@link locate} for the order
 */
export function resolveContext(input: AddressInput): Context | UaaOnly | undefined {
  const { settings, env } = input;
  const located = locate(input);
  switch (located?.kind) {
    case undefined:
      return undefined;
    case 'stored': {
      const found = getOwnValue(settings.contexts, located.name);
      return found && stored(located.name, found, located.source, env);
    }
    case 'environment':
      return environmentIdentity(located, located.addresses, input);
    case 'uaa': {
      const { addresses, candidates } = located;
      const { api, uaa, sources } = addresses;
      const { caCert, source, skipTlsVerification } = trustAt(addresses, input);
      return {
        api,
        uaa,
        caCert,
        skipTlsVerification,
        sources: { ...sources, caCert: source },
        candidates,
      };
    }
  }
}

/**
 * The same, for commands that need an identity.
 * @throws {TpksError} `unauthenticated` if there is none; `usage` if several contexts match, and for
 *   credentials in the environment that do not belong to the context.
 */
export function requireContext(input: AddressInput): Context {
  const found = resolveContext(input);
  if (found?.name === undefined) {
    refuseOtherCredentials(undefined, input);
    throw withoutIdentity(found, input);
  }
  if (found.store !== 'none') refuseOtherCredentials(found, input);
  return found;
}

export interface InstallationFlags extends AddressFlags {
  /** A path, or PEM. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/**
 * Resolves the servers of a login as for every other command. A CA that was given to an earlier login
 * or `uaa target` at the same servers is used again; `-k` must be given each time.
 * @throws {TpksError} `usage` if no setting names an API, or if the API and the UAA belong to
 *   different installations.
 */
export function resolveInstallation(
  { caCert, skipTlsVerification, ...flags }: InstallationFlags,
  { settings, env }: Pick<AddressInput, 'settings' | 'env'>,
): Installation & Trust {
  const { api, uaa } = resolveAddresses({ settings, env, flags }) ?? {};
  if (api === undefined || uaa === undefined) {
    throw new TpksError('usage', 'The address of the API is missing', {
      hint: 'tpks login -a api.example.com (or TPKS_API)',
    });
  }
  const given = caCert ?? env.TPKS_CA_CERT;
  return {
    api,
    uaa,
    caCert: given === undefined ? knownTrust({ api, uaa }, settings).caCert : readCaCert(given),
    skipTlsVerification,
  };
}

function stored(
  name: string,
  settings: ContextSettings,
  source: Source,
  env: Environment,
): StoredContext {
  const { TPKS_CA_CERT: given } = env;
  const ownSource = settings.caCert === undefined ? 'default' : 'context';
  const api = settings.api ?? apiBeside(settings.uaa);
  return {
    ...settings,
    ...(api === undefined ? {} : { api }),
    // A CA turns an earlier -k off.
    ...(given === undefined ? {} : { caCert: readCaCert(given), skipTlsVerification: false }),
    name,
    sources: {
      name: source,
      api: settings.api === undefined ? 'default' : 'context',
      uaa: 'context',
      caCert: given === undefined ? ownSource : 'variable TPKS_CA_CERT',
      identity: 'context',
    },
  };
}

function environmentIdentity(
  { identity, isClient }: EnvironmentLogin,
  addresses: Addresses,
  input: AddressInput,
): EnvironmentIdentity {
  const { api, uaa, sources } = addresses;
  const { caCert, source, skipTlsVerification } = trustAt(addresses, input);
  return {
    name: `${identity}@${new URL(api ?? uaa).hostname}`,
    identity,
    ...(isClient
      ? { grant: 'client_credentials', clientId: identity }
      : { grant: 'password', clientId: 'pks_cli' }),
    api,
    uaa,
    ...(caCert === undefined ? {} : { caCert }),
    // Only if the target itself is named: its UAA is not the only server that is called.
    skipTlsVerification: skipTlsVerification && sources.uaa === 'variable TPKS_UAA_URL',
    store: 'none',
    sources: {
      ...sources,
      name: 'variable TPKS_API',
      caCert: source,
      identity: isClient ? 'variable TPKS_CLIENT_NAME' : 'variable TPKS_USERNAME',
    },
  };
}

/** The CA in the environment, or else what is known of these servers. */
function trustAt(
  { api, uaa }: Addresses,
  { settings, env }: AddressInput,
): Trust & { readonly source: Source } {
  const { TPKS_CA_CERT: given } = env;
  if (given !== undefined) {
    const source = 'variable TPKS_CA_CERT';
    return { caCert: readCaCert(given), source, skipTlsVerification: false };
  }
  const { caCert, skipTlsVerification } = knownTrust({ api, uaa }, settings);
  return { caCert, source: caCert === undefined ? 'default' : 'context', skipTlsVerification };
}

/**
 * Refuses to ignore credentials: without `TPKS_API`, the command would run as another identity than
 * the one in the environment. `--context` names the identity explicitly.
 */
function refuseOtherCredentials(
  context: StoredContext | undefined,
  { env, flags }: AddressInput,
): void {
  if (env.TPKS_API !== undefined || flags?.context !== undefined) return;
  const other = environmentLogins(env).find((login) => !belongsTo(login, context));
  if (other === undefined) return;
  const [name, secret] = other.isClient
    ? (['TPKS_CLIENT_NAME', 'TPKS_CLIENT_SECRET'] as const)
    : (['TPKS_USERNAME', 'TPKS_PASSWORD'] as const);
  const variables = `${name} and ${secret}${env[secret] === undefined ? '_FILE' : ''}`;
  const rest =
    context === undefined
      ? ''
      : `, and the context in use, ${context.name}, is not ${other.identity}’s`;
  throw new TpksError('usage', `${variables} are set, but TPKS_API is not${rest}`, {
    hint: `set TPKS_API to the API that they are for, or unset ${name}`,
  });
}

function belongsTo(
  { identity, isClient }: EnvironmentLogin,
  context: StoredContext | undefined,
): boolean {
  if (isClient) return context?.clientId === identity;
  if (context === undefined || context.grant === 'client_credentials') return false;
  // The UAA ignores the case of user names.
  return context.identity.toLowerCase() === identity.toLowerCase();
}

/** The error for a missing context, with the reason. */
function withoutIdentity(
  found: UaaOnly | undefined,
  { settings, env, forUaa = false }: AddressInput,
): TpksError {
  const { TPKS_API: api, TPKS_UAA_URL: uaaUrl } = env;
  const candidates = found?.candidates ?? [];
  if (candidates.length > 1) {
    const variable = api === undefined ? 'TPKS_UAA_URL' : 'TPKS_API';
    return new TpksError(
      'usage',
      `${variable} matches ${candidates.length} contexts: ${candidates.join(', ')}`,
      { hint: 'choose one with --context NAME or TPKS_CONTEXT' },
    );
  }
  const secret = env.TPKS_CLIENT_NAME === undefined ? 'TPKS_PASSWORD' : 'TPKS_CLIENT_SECRET';
  if (api !== undefined && (env.TPKS_CLIENT_NAME ?? env.TPKS_USERNAME) !== undefined) {
    return new TpksError('usage', `TPKS_API and a name are set, but ${secret} is not`, {
      hint: `set ${secret}, or ${secret}_FILE to a file (- for standard input)`,
    });
  }
  const target = forUaa && api === undefined ? (uaaUrl ?? settings.uaaTarget) : undefined;
  if (target !== undefined) {
    return new TpksError('unauthenticated', `There is no token for ${target}`, {
      hint: 'tpks uaa token client get admin',
    });
  }
  const others = Object.keys(settings.contexts).length > 0 ? ', or tpks context use NAME' : '';
  return new TpksError('unauthenticated', notAuthenticatedMessage, {
    hint: `tpks login -a ${api ?? 'api.example.com'} -u USER${others}`,
  });
}
