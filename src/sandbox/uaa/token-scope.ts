import type { Client } from './client-store.js';
import { oauthRefusal } from './oauth-error.js';
import type { Refusal } from './refusal.js';

/** @returns the scopes of a `scope` parameter; blanks and commas both separate. */
export function parseScope(value: string | null): readonly string[] {
  return [...new Set((value ?? '').split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** @returns whether one of the client's scopes, in which `*` spans any text without a dot, fits. */
export function clientHasScope(client: Client, scope: string): boolean {
  return client.scopes.some((pattern) => scopePattern(pattern).test(scope));
}

/**
 * The scopes of a user's token: what was asked for, or what the client may have, as far as
 * the user is in those groups.
 *
 * @param challenge - what `WWW-Authenticate` says where the user was authenticated.
 * @throws Refusal `invalid_scope` for a scope the client has not, and when nothing is left.
 */
export function userScopes(
  client: Client,
  groups: ReadonlySet<string>,
  requested: readonly string[],
  challenge: string,
): readonly string[] {
  const foreign = requested.find((scope) => !clientHasScope(client, scope));
  if (foreign !== undefined) {
    throw invalidScope(
      `${foreign} is invalid. Please use a valid scope name in the request`,
      challenge,
    );
  }
  const wanted = requested.length > 0 ? requested : client.scopes;
  const patterns = wanted.map(scopePattern);
  const granted = [...groups].filter((group) => patterns.some((pattern) => pattern.test(group)));
  if (granted.length > 0) return granted;
  throw invalidScope(
    `[${wanted.join(', ')}] is invalid. This user is not allowed any of the requested scopes`,
    challenge,
  );
}

function invalidScope(description: string, challenge: string): Refusal {
  return oauthRefusal({ status: 400, error: 'invalid_scope', description }, challenge);
}

function scopePattern(scope: string): RegExp {
  const literal = scope.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^.]+')}$`);
}
