import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { currentTarget } from './targets.js';

export interface FindOptions {
  /**
   * For `tpks uaa`, as in `uaac`: contexts at the current target are preferred, and a number is the
   * position in `tpks uaa contexts`.
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
  // `uaac` wrote names in lower case.
  const matching = Object.entries(contexts).filter(
    ([, { identity }]) => identity.toLowerCase() === wanted.toLowerCase(),
  );
  const target = forUaa ? currentTarget(settings)?.uaa : undefined;
  const atTarget = matching.filter(([, { uaa }]) => uaa === target);
  const names = (atTarget.length > 0 ? atTarget : matching).map(([name]) => name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw only === undefined
    ? unknownContext(wanted, { forUaa })
    : new TpksError('notFound', `${wanted} has several contexts: ${names.join(', ')}`, {
        hint: 'use the full name of one of them',
      });
}

export function unknownContext(name: string, { forUaa = false }: FindOptions = {}): TpksError {
  return new TpksError('notFound', `There is no context named ${name}`, {
    hint: forUaa
      ? 'tpks uaa contexts lists them'
      : 'tpks contexts lists them; tpks login creates one',
  });
}
