import type { ContextSettings, Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';

/** What makes two logins the same context: the identity, the client and the servers. */
export type ContextKey = Pick<
  ContextSettings,
  'identity' | 'clientId' | 'grant' | 'origin' | 'uaa' | 'api'
> & {
  /** Before the login: the origin is part of the token. */
  readonly isOriginUnknown?: boolean;
};

/**
 * The default name of a new context: `IDENTITY@HOST`, with the client, the origin
 * or the port if another identity has that name.
 */
export function defaultName(key: ContextKey, contexts: Settings['contexts']): string {
  return candidates(key).find((name) => !Object.hasOwn(contexts, name)) ?? numbered(key, contexts);
}

/**
 * The context that a new login of this identity renews, whatever its name is.
 * @param preferred - if the identity has several contexts and none has the default name.
 */
export function contextOf(
  key: ContextKey,
  contexts: Settings['contexts'],
  preferred?: string,
): string | undefined {
  const own = Object.keys(contexts).filter((name) => isSame(getOwnValue(contexts, name), key));
  return (
    candidates(key).find((name) => own.includes(name)) ??
    own.find((name) => name === preferred) ??
    own[0]
  );
}

function candidates(key: ContextKey): readonly string[] {
  const { hostname, host } = new URL(key.api ?? key.uaa);
  const { identity } = key;
  const how = key.grant === 'client_credentials' ? 'client' : key.clientId;
  return [
    `${identity}@${hostname}`,
    `${identity}@${host}`,
    `${identity}.${how}@${host}`,
    `${identity}.${how}.${key.origin ?? 'uaa'}@${host}`,
  ];
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

function numbered(key: ContextKey, contexts: Settings['contexts']): string {
  const base = `${key.identity}@${new URL(key.uaa).host}`;
  for (let number = 2; ; number += 1) {
    const name = `${base}-${String(number)}`;
    if (!Object.hasOwn(contexts, name)) return name;
  }
}

function isSame(context: ContextSettings | undefined, key: ContextKey): boolean {
  return (
    context !== undefined &&
    context.identity === key.identity &&
    context.clientId === key.clientId &&
    (context.grant === 'client_credentials') === (key.grant === 'client_credentials') &&
    (key.isOriginUnknown === true || (context.origin ?? 'uaa') === (key.origin ?? 'uaa')) &&
    context.uaa === key.uaa &&
    context.api === key.api
  );
}
