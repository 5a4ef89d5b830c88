import type { Client } from '../store/clients.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Reads the origins whose users may use a client; undefined if the client does not restrict them. */
function readAllowedProviders({ information }: Client): readonly unknown[] | undefined {
  const allowed = information['allowedproviders'];
  return Array.isArray(allowed) ? allowed : undefined;
}

/**
 * Finds the active providers that a client can use in the password grant, and all providers that the
 * client allows.
 */
export function findPasswordProviders(
  client: Client,
  { providers }: State,
): { readonly usable: readonly string[]; readonly allowed: readonly unknown[] | undefined } {
  const allowed = readAllowedProviders(client);
  const usable = providers
    .filter(({ active, type }) => active && (type === 'uaa' || type === 'ldap'))
    .map(({ originKey }) => originKey)
    .filter((origin) => allowed?.includes(origin) ?? true);
  return { usable, allowed };
}

/**
 * Checks that a client accepts users of an origin.
 *
 * @returns UAA's description of the error `unauthorized_client`; undefined if the client accepts the
 *   user.
 * @see UAA 4.30.0 `UaaAuthorizationRequestManager.checkClientIdpAuthorization`
 */
export function validateUserProvider(client: Client, { origin }: User): string | undefined {
  const allowed = readAllowedProviders(client);
  if (allowed?.includes(origin) ?? true) return undefined;
  return allowed?.length === 0
    ? 'Client is not authorized for any identity providers.'
    : wrongProviderText;
}

/** UAA's error text for a provider that a client does not allow. */
export const wrongProviderText = "Client is not authorized for specified user's identity provider.";
