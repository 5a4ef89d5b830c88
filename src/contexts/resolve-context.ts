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
import { defaultApiOf, type Installation } from './installation.js';
import { findEnvironmentLogins, locateIdentity, type EnvironmentLogin } from './locate.js';
import { findKnownTrust } from './targets.js';

/**
 * Resolves the identity, the addresses and the CA of a run, with the source of each part.
 * @returns `undefined` if no flag, variable or context provides an address.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an API and a UAA of different
 *   installations, and for a CA that cannot be read.
 * @see {@link locateIdentity} for the order of precedence
 */
export function resolveContext(input: AddressInput): Context | UaaOnly | undefined {
  const { settings, env } = input;
  const located = locateIdentity(input);
  switch (located?.kind) {
    case undefined:
      return undefined;
    case 'stored': {
      const found = getOwnValue(settings.contexts, located.name);
      return found && toStoredContext(located.name, found, located.source, env);
    }
    case 'environment':
      return toEnvironmentIdentity(located, located.addresses, input);
    case 'uaa': {
      const { addresses, candidates } = located;
      const { api, uaa, sources } = addresses;
      const { caCert, source, skipTlsVerification } = resolveTrust(addresses, input);
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
 * Like `resolveContext`, for commands that need an identity.
 * @throws {TpksError} `unauthenticated` if no identity is found; `usage` if several contexts match, or
 *   if the credentials in the environment do not belong to the context.
 */
export function requireContext(input: AddressInput): Context {
  const found = resolveContext(input);
  if (found?.name === undefined) {
    rejectUnusedCredentials(undefined, input);
    throw missingIdentityError(found, input);
  }
  if (found.store !== 'none') rejectUnusedCredentials(found, input);
  return found;
}

export interface InstallationFlags extends AddressFlags {
  /** A path, or the PEM text itself. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/**
 * Resolves the addresses of a login as every other command does. A CA from an earlier login or `uaa
 * target` for the same addresses is used again, but `-k` must be passed each time.
 * @throws {TpksError} `usage` if no API address is known, or if the API and the UAA belong to different
 *   installations.
 */
export function resolveInstallation(
  { caCert, skipTlsVerification, ...flags }: InstallationFlags,
  { settings, env }: Pick<AddressInput, 'settings' | 'env'>,
): Installation & Trust {
  const { api, uaa } = resolveAddresses({ settings, env, flags }) ?? {};
  if (api === undefined || uaa === undefined) {
    throw new TpksError('usage', 'Missing API address', {
      hint: 'use -a api.example.com or TPKS_API',
    });
  }
  const caCertSetting = caCert ?? env.TPKS_CA_CERT;
  return {
    api,
    uaa,
    caCert:
      caCertSetting === undefined
        ? findKnownTrust({ api, uaa }, settings).caCert
        : readCaCert(caCertSetting),
    skipTlsVerification,
  };
}

function toStoredContext(
  name: string,
  settings: ContextSettings,
  source: Source,
  env: Environment,
): StoredContext {
  const { TPKS_CA_CERT: caCertSetting } = env;
  const ownSource = settings.caCert === undefined ? 'default' : 'context';
  const api = settings.api ?? defaultApiOf(settings.uaa);
  return {
    ...settings,
    ...(api === undefined ? {} : { api }),
    // A CA in the environment replaces an earlier -k.
    ...(caCertSetting === undefined
      ? {}
      : { caCert: readCaCert(caCertSetting), skipTlsVerification: false }),
    name,
    sources: {
      name: source,
      api: settings.api === undefined ? 'default' : 'context',
      uaa: 'context',
      caCert: caCertSetting === undefined ? ownSource : 'variable TPKS_CA_CERT',
      identity: 'context',
    },
  };
}

function toEnvironmentIdentity(
  { identity, isClient }: EnvironmentLogin,
  addresses: Addresses,
  input: AddressInput,
): EnvironmentIdentity {
  const { api, uaa, sources } = addresses;
  const { caCert, source, skipTlsVerification } = resolveTrust(addresses, input);
  return {
    name: `${identity}@${new URL(api ?? uaa).hostname}`,
    identity,
    ...(isClient
      ? { grant: 'client_credentials', clientId: identity }
      : { grant: 'password', clientId: 'pks_cli' }),
    api,
    uaa,
    ...(caCert === undefined ? {} : { caCert }),
    // Only for a UAA that is named explicitly, because the API is called too.
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

/** Uses the CA in the environment, or else the stored trust settings of these addresses. */
function resolveTrust(
  { api, uaa }: Addresses,
  { settings, env }: AddressInput,
): Trust & { readonly source: Source } {
  const { TPKS_CA_CERT: caCertSetting } = env;
  if (caCertSetting !== undefined) {
    const source = 'variable TPKS_CA_CERT';
    return { caCert: readCaCert(caCertSetting), source, skipTlsVerification: false };
  }
  const { caCert, skipTlsVerification } = findKnownTrust({ api, uaa }, settings);
  return { caCert, source: caCert === undefined ? 'default' : 'context', skipTlsVerification };
}

/**
 * Rejects credentials in the environment that the command would ignore: without `TPKS_API`, it would
 * run as another identity. `--context` selects an identity explicitly.
 */
function rejectUnusedCredentials(
  context: StoredContext | undefined,
  { env, flags }: AddressInput,
): void {
  if (env.TPKS_API !== undefined || flags?.context !== undefined) return;
  const other = findEnvironmentLogins(env).find((login) => !isIdentityOf(login, context));
  if (other === undefined) return;
  const [name, secret] = other.isClient
    ? (['TPKS_CLIENT_NAME', 'TPKS_CLIENT_SECRET'] as const)
    : (['TPKS_USERNAME', 'TPKS_PASSWORD'] as const);
  const variables = `${name} and ${secret}${env[secret] === undefined ? '_FILE' : ''}`;
  const rest =
    context === undefined
      ? ''
      : `, and the current context ${context.name} does not belong to ${other.identity}`;
  throw new TpksError('usage', `${variables} are set, but TPKS_API is not${rest}`, {
    hint: `set TPKS_API to the API that these credentials are for, or unset ${name}`,
  });
}

function isIdentityOf(
  { identity, isClient }: EnvironmentLogin,
  context: StoredContext | undefined,
): boolean {
  if (isClient) return context?.clientId === identity;
  if (context === undefined || context.grant === 'client_credentials') return false;
  // The UAA ignores the case of usernames.
  return context.identity.toLowerCase() === identity.toLowerCase();
}

/** @returns the error that explains why no identity was found. */
function missingIdentityError(
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
  const [name, secret] =
    env.TPKS_CLIENT_NAME === undefined
      ? ['TPKS_USERNAME', 'TPKS_PASSWORD']
      : ['TPKS_CLIENT_NAME', 'TPKS_CLIENT_SECRET'];
  if (api !== undefined && (env.TPKS_CLIENT_NAME ?? env.TPKS_USERNAME) !== undefined) {
    return new TpksError('usage', `TPKS_API and ${name} are set, but ${secret} is not`, {
      hint: `set ${secret}, or set ${secret}_FILE to the path of a file (- for stdin)`,
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
