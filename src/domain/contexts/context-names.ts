import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { ContextSettings, Role, Settings } from '../../platform/config/settings.js';
import { findIdentities, findSelection } from './current-installation.js';

/** Reserved for Kubernetes sessions, so no context name starts with it. */
const storeNamePrefix = 'kubernetes:';

export function toStoreName(name: string): string {
  return `${storeNamePrefix}${name}`;
}

/** The properties that identify a context: two logins with the same values share one context. */
export type ContextKey = Pick<
  ContextSettings,
  'identity' | 'clientId' | 'grant' | 'origin' | 'uaa' | 'api'
> & {
  /** Set before a login, because the origin is read from the token. */
  readonly isOriginUnknown?: boolean;
};

/** @returns `IDENTITY@HOST`, with the port, the client or the origin added if that name is taken. */
export function createDefaultName(key: ContextKey, contexts: Settings['contexts']): string {
  return (
    listCandidates(key).find((name) => !Object.hasOwn(contexts, name)) ??
    createNumberedName(key, contexts)
  );
}

/**
 * Finds the context whose session a new login of this identity replaces: the one with the default name,
 * otherwise the one in use at this installation, otherwise the first one.
 */
export function findMatchingContext(key: ContextKey, settings: Settings): string | undefined {
  const { contexts } = settings;
  const { pks, uaa } = findIdentities(settings, key.uaa);
  const own = Object.keys(contexts).filter((name) => hasKey(getOwnValue(contexts, name), key));
  return (
    listCandidates(key).find((name) => own.includes(name)) ??
    own.find((name) => name === pks || name === uaa) ??
    own[0]
  );
}

function listCandidates(key: ContextKey): readonly string[] {
  const { hostname, host } = new URL(key.api ?? key.uaa);
  const { identity } = key;
  const qualifier = key.grant === 'client_credentials' ? 'client' : key.clientId;
  return [
    `${identity}@${hostname}`,
    `${identity}@${host}`,
    `${identity}.${qualifier}@${host}`,
    `${identity}.${qualifier}.${key.origin ?? 'uaa'}@${host}`,
  ];
}

/** @throws {TpksError} `usage` for a name that a context cannot have. */
export function checkContextName(name: string): void {
  // As the name of a member, these refer to the prototype of the object.
  const reserved = ['__proto__', 'constructor', 'prototype'];
  // A name that looks like an option could not be passed as an argument; `-` is the previous context.
  const isOption = name.startsWith('-');
  const isKubernetes = name.startsWith(storeNamePrefix);
  if (name.trim() !== '' && !isOption && !isKubernetes && !reserved.includes(name)) return;
  throw new TpksError('usage', `${JSON.stringify(name)} cannot be the name of a context`, {
    hint: 'choose another name, e.g. cody@example',
  });
}

function createNumberedName(key: ContextKey, contexts: Settings['contexts']): string {
  const base = `${key.identity}@${new URL(key.uaa).host}`;
  for (let number = 2; ; number += 1) {
    const name = `${base}-${String(number)}`;
    if (!Object.hasOwn(contexts, name)) return name;
  }
}

export function hasKey(context: ContextSettings | undefined, key: ContextKey): boolean {
  return (
    context !== undefined &&
    context.identity === key.identity &&
    context.clientId === key.clientId &&
    (context.grant === 'client_credentials') === (key.grant === 'client_credentials') &&
    (key.isOriginUnknown === true || (context.origin ?? 'uaa') === (key.origin ?? 'uaa')) &&
    context.uaa === key.uaa &&
    (context.api === undefined || key.api === undefined || context.api === key.api)
  );
}

/**
 * Finds a context by its name, or by an identity that only one context has. For the role `uaa`, as in
 * `uaac`, contexts at the current installation are preferred, and a number is the position in
 * `tpks uaa contexts`.
 * @returns the full name.
 * @throws {TpksError} `notFound` if no context matches, or more than one.
 */
export function findContext(wanted: string, settings: Settings, role: Role = 'pks'): string {
  const { contexts } = settings;
  if (Object.hasOwn(contexts, wanted)) return wanted;
  const isNumber = role === 'uaa' && /^\d+$/.test(wanted);
  const numbered = isNumber ? Object.keys(contexts)[Number(wanted)] : undefined;
  if (numbered !== undefined) return numbered;
  // Names are compared in lower case, because `uaac` writes them that way.
  const matching = Object.entries(contexts).filter(
    ([, { identity }]) => identity.toLowerCase() === wanted.toLowerCase(),
  );
  const target = role === 'uaa' ? findSelection(settings).uaa : undefined;
  const contextsAtTarget = matching.filter(([, { uaa }]) => uaa === target);
  const names = (contextsAtTarget.length > 0 ? contextsAtTarget : matching).map(([name]) => name);
  const [match] = names;
  if (match !== undefined && names.length === 1) return match;
  throw match === undefined
    ? unknownContextError(wanted, role)
    : new TpksError('notFound', `${wanted} matches several contexts: ${names.join(', ')}`, {
        hint: 'use the full name of a context',
      });
}

export function unknownContextError(name: string, role: Role = 'pks'): TpksError {
  return new TpksError('notFound', `Context ${name} not found`, {
    unknownName: { kind: 'contexts', name },
    hint:
      role === 'uaa'
        ? 'run tpks uaa contexts to list the contexts'
        : 'run tpks contexts to list the contexts, or tpks login to create one',
  });
}
