import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Environment } from '../../platform/config/environment.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import {
  resolveAddresses,
  type AddressFlags,
  type AddressInput,
  type Addresses,
} from './addresses.js';
import type { Context, EnvironmentIdentity, Source, StoredContext, UaaOnly } from './context.js';
import { defaultApiOf, type Installation } from './installation.js';
import { locateIdentity, type EnvironmentLogin } from './locate.js';
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
      const { addresses, alternative, candidates } = located;
      const { api, uaa, sources } = addresses;
      const { caCert, source, skipTlsVerification } = resolveTrust(addresses, input);
      return {
        api,
        uaa,
        caCert,
        skipTlsVerification,
        sources: { ...sources, caCert: source },
        alternative,
        candidates,
      };
    }
  }
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

/** Converts the settings of a context to a context, with the source of each part. */
export function toStoredContext(
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
