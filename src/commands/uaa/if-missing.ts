import { Option } from 'commander';
import type { Services } from '../../app/services.js';
import { type ErrorKind, isTpksError } from '../../base/errors.js';

export interface IfMissingFlags {
  readonly ifMissing?: true | undefined;
}

/** The option of commands that add something; it makes them idempotent. */
export function ifMissingOption(): Option {
  return new Option('--if-missing', 'if it already exists, succeed without changing it');
}

/**
 * Adds an object. With `--if-missing`, returns the existing object instead, even if another script adds
 * it at the same time.
 * @param label - the kind and name of the object, e.g. `client ci-reader`.
 * @param object.add - may prompt for values, which are not needed if the object exists.
 */
export async function addIfMissing<T>(
  label: string,
  { get, add }: { readonly get: () => Promise<T>; readonly add: () => Promise<T> },
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<{ readonly object: T; readonly isNew: boolean }> {
  if (flags.ifMissing !== true) return { object: await add(), isNew: true };
  const existing = await ignoreErrorKind('notFound', get);
  const added = existing === undefined ? await ignoreErrorKind('conflict', add) : undefined;
  if (added !== undefined) return { object: added, isNew: true };
  terminal.note(`No changes: ${label} already exists`);
  return { object: existing ?? (await get()), isNew: false };
}

/** @returns `undefined` if `attempt` fails with an error of this kind. */
async function ignoreErrorKind<T>(
  kind: ErrorKind,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== kind) throw error;
    return undefined;
  }
}
