import { TpksError } from '../../base/errors.js';
import type { Role, Settings } from '../../platform/config/settings.js';
import { findSelection } from './selection.js';

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
    hint:
      role === 'uaa'
        ? 'run tpks uaa contexts to list the contexts'
        : 'run tpks contexts to list the contexts, or tpks login to create one',
  });
}
