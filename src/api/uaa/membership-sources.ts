import { isTpksError } from '../../base/errors.js';
import { isObject } from '../../base/json-value.js';
import { once } from '../../base/lazy.js';
import type { Send } from '../../platform/http/send.js';
import { createIdentityProviders, type IdentityProvider } from './identity-providers.js';
import { createMappings, type Mapping } from './mappings.js';

/** Where a membership comes from, which decides what the UAA does with it when the user logs in. */
export type MembershipSource =
  /** Added by an administrator or, before UAA 77.16, by a mapping at the first login. Logins never delete it. */
  | 'added'
  /** Assigned by a mapping of the group; deleted if the user leaves the external group. */
  | 'mapping'
  /** Assigned by an identity provider that needs no mappings. */
  | 'provider'
  /** Nothing assigns the membership, so the UAA may delete it at the user's next login. */
  | 'unmapped'
  /** Either `provider` or `unmapped`: the token lacks the scope to read identity providers. */
  | 'unknown';

/** A membership in a group, with the UAA's own field names. */
export interface Membership {
  readonly groupId: string;
  /** `USER` or `GROUP`; the default is `USER`. */
  readonly type?: string | undefined;
  /** The default is `uaa`. */
  readonly origin?: string | undefined;
}

export type MembershipSources = ReturnType<typeof createMembershipSources>;

/**
 * Finds where memberships come from. Reads mappings (scope `scim.read`) and identity providers (scope
 * `idps.read`; without it, some sources are unknown) at most once.
 * @see docs/contributing/servers/uaa.md#membership-origins
 */
export function createMembershipSources(send: Send, uaa: string) {
  const readMappings = once(() => createMappings(send, uaa).listAll());
  const findProviders = once(() => readProviders(send, uaa));
  return {
    /**
     * Sends no request if all memberships have the origin `uaa`.
     * @param mappings - all mappings, if they have been read.
     */
    find: async (
      memberships: readonly Membership[],
      mappings?: readonly Mapping[],
    ): Promise<(membership: Membership) => MembershipSource> => {
      const external = memberships.filter(isExternal);
      const relevantMappings = external.length === 0 ? [] : (mappings ?? (await readMappings()));
      const mapped = new Set(relevantMappings.map(createKey));
      const isMapped = (membership: Membership) => mapped.has(createKey(membership));
      const providers = external.every(isMapped) ? [] : await findProviders();
      return createSourceFinder(relevantMappings, providers);
    },
  };
}

/**
 * Returns a function that finds the source of a membership.
 * @param providers - `undefined` if they could not be read.
 */
export function createSourceFinder(
  mappings: readonly Mapping[],
  providers: readonly IdentityProvider[] | undefined,
): (membership: Membership) => MembershipSource {
  const mapped = new Set(mappings.map(createKey));
  const assigningOrigins = new Set(
    providers?.filter(assignsGroupsByName).map(({ originKey }) => originKey),
  );
  return (membership) => {
    if (!isExternal(membership)) return 'added';
    if (mapped.has(createKey(membership))) return 'mapping';
    if (providers === undefined) return 'unknown';
    return assigningOrigins.has(membership.origin ?? 'uaa') ? 'provider' : 'unmapped';
  };
}

/** @returns `undefined` if the token is not allowed to read identity providers. */
async function readProviders(
  send: Send,
  uaa: string,
): Promise<readonly IdentityProvider[] | undefined> {
  try {
    return await createIdentityProviders(send, uaa).list();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return undefined;
  }
}

/** A login changes only memberships of users, never memberships of nested groups. */
function isExternal({ type = 'USER', origin = 'uaa' }: Membership): boolean {
  return type === 'USER' && origin !== 'uaa';
}

function createKey({ groupId, origin }: Pick<Membership, 'groupId' | 'origin'>): string {
  return JSON.stringify([groupId, origin]);
}

/** Whether the UAA uses the provider's group names as its own groups, without mappings. */
export function assignsGroupsByName({ config }: IdentityProvider): boolean {
  if (!isObject(config)) return false;
  return (
    config['groupMappingMode'] === 'AS_SCOPES' ||
    config['ldapGroupFile'] === 'ldap/ldap-groups-as-scopes.xml'
  );
}
