import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { findSelection } from './selection.js';

export interface FindOptions {
  /**
   * For `tpks uaa`, as in `uaac`: contexts at the current installation are preferred, and a number is
   * the position in `tpks uaa contexts`.
   */
  readonly forUaa?: boolean | undefined;
}

/**
 * Finds a context by its name, or by an identity that only one context has.
 * @returns the full name.
 * @throws {TpksError} `notFound` if no context matches, or more than one.
 */
export function findContext(
  wanted: string,
  settings: Settings,
  { forUaa = false }: FindOptions = {},
): string {
  const { contexts } = settings;
  if (Object.hasOwn(contexts, wanted)) return wanted;
  const isNumber = forUaa && /^\d+$/.test(wanted);
  const numbered = isNumber ? Object.keys(contexts)[Number(wanted)] : undefined;
  if (numbered !== undefined) return numbered;
  // Names are compared in lower case, because `uaac` writes them that way.
  const matching = Object.entries(contexts).filter(
    ([, { identity }]) => identity.toLowerCase() === wanted.toLowerCase(),
  );
  const target = forUaa ? findSelection(settings).uaa : undefined;
  const contextsAtTarget = matching.filter(([, { uaa }]) => uaa === target);
  const names = (contextsAtTarget.length > 0 ? contextsAtTarget : matching).map(([name]) => name);
  const [match] = names;
  if (match !== undefined && names.length === 1) return match;
  throw match === undefined
    ? unknownContextError(wanted, { forUaa })
    : new TpksError('notFound', `${wanted} matches several contexts: ${names.join(', ')}`, {
        hint: 'use the full name of a context',
      });
}

export function unknownContextError(name: string, { forUaa = false }: FindOptions = {}): TpksError {
  return new TpksError('notFound', `Context ${name} not found`, {
    hint: forUaa
      ? 'run tpks uaa contexts to list the contexts'
      : 'run tpks contexts to list the contexts, or tpks login to create one',
  });
}
