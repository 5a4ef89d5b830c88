import type { Client } from '../store/identities.js';

/** Parses a `scope` parameter. Scopes are separated by blanks, plus signs or commas. */
export function parseScope(value: string | null): readonly string[] {
  const text = (value ?? '').replace(/[\s+,]+$/, '');
  return text === '' ? [] : [...new Set(text.split(/[\s+,]/))];
}

/** Whether a scope matches one of the client's scopes, which may contain the wildcard `*`. */
export function clientHasScope(client: Client, scope: string): boolean {
  return client.scopes.some((pattern) => createScopePattern(pattern).test(scope));
}

/**
 * Determines the scopes of a user's token: the requested scopes (default: all scopes of the client)
 * that are also groups of the user.
 * @returns the scopes, or UAA's error text if the client does not have a requested scope, or the user
 *   has none of them or is not in all groups that the client requires.
 */
export function resolveUserScopes(
  client: Client,
  groups: ReadonlySet<string>,
  requested: readonly string[],
): { readonly scope: readonly string[] } | { readonly problem: string } {
  const disallowedScope = requested.find((scope) => !clientHasScope(client, scope));
  if (disallowedScope !== undefined) {
    return {
      problem: `${disallowedScope} is invalid. Please use a valid scope name in the request`,
    };
  }
  const scopes = requested.length > 0 ? requested : client.scopes;
  const patterns = scopes.map(createScopePattern);
  const granted = [...groups].filter(
    (group) => clientHasScope(client, group) && patterns.some((pattern) => pattern.test(group)),
  );
  if (granted.length === 0 && client.scopes.length > 0) {
    const names = scopes.toSorted().join(', ');
    return {
      problem: `[${names}] is invalid. This user is not allowed any of the requested scopes`,
    };
  }
  return hasRequiredGroups(client, groups) ? { scope: granted } : { problem: requiredGroupsText };
}

/** Whether a user is in all groups that a client requires. Names are case-sensitive. */
export function hasRequiredGroups(client: Client, groups: ReadonlySet<string>): boolean {
  return client.requiredUserGroups.every((name) => groups.has(name));
}

export const requiredGroupsText = "User does not meet the client's required group criteria.";

/** Finds the scopes that the user must approve because `autoapprove` does not cover them. */
export function findScopesToConsent(
  { autoapprove }: Pick<Client, 'autoapprove'>,
  scope: readonly string[],
): readonly string[] {
  if (autoapprove.includes('true')) return [];
  return scope.filter(
    (name) => !autoapprove.some((pattern) => createScopePattern(pattern).test(name)),
  );
}

/** Creates the pattern of a scope, in which `*` matches one or more characters except a dot. */
function createScopePattern(scope: string): RegExp {
  const literal = scope.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^.]+')}$`);
}
