import type { ContextSettings, Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';

/** Two logins with the same identity, client and servers are the same context. */
type Key = Pick<ContextSettings, 'identity' | 'clientId' | 'grant' | 'origin' | 'uaa' | 'api'>;

/**
 * The name of a context that the user did not name: `IDENTITY@HOST`, with the client, the origin or
 * the port if another identity has that name. An identity keeps its name, so that a new login
 * replaces its own session and no other.
 */
export function defaultName(key: Key, contexts: Settings['contexts']): string {
  const { hostname, host } = new URL(key.api ?? key.uaa);
  const { identity } = key;
  const client = key.grant === 'client_credentials' ? 'client' : key.clientId;
  const candidates = [
    `${identity}@${hostname}`,
    `${identity}@${host}`,
    `${identity}.${client}@${host}`,
    `${identity}.${client}.${key.origin ?? 'uaa'}@${host}`,
  ];
  const own = candidates.find((name) => sameIdentity(ownValue(contexts, name), key));
  return (
    own ?? candidates.find((name) => !Object.hasOwn(contexts, name)) ?? numbered(key, contexts)
  );
}

/**
 * Checks a name that the user chose.
 * @throws {TpksError} `usage` if a context cannot have this name.
 */
export function checkContextName(name: string): void {
  // A settings file does not return members with these names.
  const reserved = ['__proto__', 'constructor', 'prototype'];
  if (name.trim() !== '' && !reserved.includes(name)) return;
  throw new TpksError('usage', `${JSON.stringify(name)} cannot be the name of a context`, {
    hint: 'choose another name, e.g. cody@example',
  });
}

function numbered(key: Key, contexts: Settings['contexts']): string {
  const base = `${key.identity}@${new URL(key.uaa).host}`;
  for (let number = 2; ; number += 1) {
    const name = `${base}-${String(number)}`;
    const taken = Object.hasOwn(contexts, name);
    if (!taken || sameIdentity(ownValue(contexts, name), key)) return name;
  }
}

function sameIdentity(context: ContextSettings | undefined, key: Key): boolean {
  return (
    context !== undefined &&
    context.identity === key.identity &&
    context.clientId === key.clientId &&
    (context.grant === 'client_credentials') === (key.grant === 'client_credentials') &&
    (context.origin ?? 'uaa') === (key.origin ?? 'uaa') &&
    context.uaa === key.uaa &&
    context.api === key.api
  );
}
