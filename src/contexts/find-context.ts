import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { currentTarget } from './targets.js';

/**
 * A context by its whole name, by its number in `tpks uaa contexts`, or by the identity that only
 * one context of the current target has.
 * @throws {TpksError} `notFound` for none, and for several.
 */
export function findContext(wanted: string, settings: Settings): string {
  const { contexts } = settings;
  if (Object.hasOwn(contexts, wanted)) return wanted;
  const numbered = /^\d+$/.test(wanted) ? Object.keys(contexts)[Number(wanted)] : undefined;
  if (numbered !== undefined) return numbered;
  const target = currentTarget(settings)?.uaa;
  const alike = Object.entries(contexts)
    .filter(([, { identity, uaa }]) => uaa === target && isSameIdentity(identity, wanted))
    .map(([name]) => name);
  const [only] = alike;
  if (only !== undefined && alike.length === 1) return only;
  throw new TpksError(
    'notFound',
    only === undefined
      ? `unknown context ${wanted}`
      : `${wanted} has several contexts: ${alike.join(', ')}`,
    { hint: 'tpks uaa contexts' },
  );
}

/** `uaac` named its contexts so, in lower case. */
function isSameIdentity(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
