import type { Client } from '../store/clients.js';

/** @returns the scopes of a `scope` parameter; blanks and commas both separate. */
export function parseScope(value: string | null): readonly string[] {
  return [...new Set((value ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** @returns whether one of the client's scopes, in which `*` spans any text without a dot, fits. */
export function clientHasScope(client: Client, scope: string): boolean {
  return client.scopes.some((pattern) => scopePattern(pattern).test(scope));
}

/**
 * The scopes of a user's token: the requested ones, or else the client's, if the user is in those
 * groups.
 *
 * @returns the error text if the client does not have a requested scope, or if no scope is left.
 */
export function grantedScopes(
  client: Client,
  groups: ReadonlySet<string>,
  requested: readonly string[],
): readonly string[] | string {
  const foreign = requested.find((scope) => !clientHasScope(client, scope));
  if (foreign !== undefined) {
    return `${foreign} is invalid. Please use a valid scope name in the request`;
  }
  const wanted = requested.length > 0 ? requested : client.scopes;
  const patterns = wanted.map(scopePattern);
  const granted = [...groups].filter((group) => patterns.some((pattern) => pattern.test(group)));
  if (granted.length > 0) return granted;
  return `[${wanted.join(', ')}] is invalid. This user is not allowed any of the requested scopes`;
}

/** @returns the scopes that are not approved automatically, so that users must consent to them. */
export function scopesToConsent(
  { autoapprove }: Client,
  scope: readonly string[],
): readonly string[] {
  if (autoapprove.includes('true')) return [];
  return scope.filter((name) => !autoapprove.some((pattern) => scopePattern(pattern).test(name)));
}

/** `*` spans any text without a dot. */
function scopePattern(scope: string): RegExp {
  const literal = scope.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^.]+')}$`);
}
