import { Option } from 'commander';
import { isTpksError, type ErrorKind } from '../../errors.js';
import type { Services } from '../../services.js';

export interface IfMissingFlags {
  readonly ifMissing?: true;
}

export interface IfExistsFlags {
  readonly ifExists?: true;
}

/** The option of commands that add something; it makes them idempotent. */
export function ifMissingOption(): Option {
  return new Option('--if-missing', 'succeed without changes if it already exists');
}

/** The option of commands that delete something; it makes them idempotent. */
export function ifExistsOption(): Option {
  return new Option('--if-exists', 'succeed if it does not exist');
}

/**
 * With `--if-missing`, checks whether the object already exists before adding it, and prints a note if
 * it does.
 * @param label - the kind and name of the object, e.g. `client ci-reader`.
 * @returns the existing object; `undefined` if it must be added.
 */
export async function findExisting<T>(
  label: string,
  get: () => Promise<T>,
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifMissing !== true) return undefined;
  const found = await ignoreErrorKind('notFound', get);
  if (found !== undefined) terminal.note(alreadyExistsMessage(label));
  return found;
}

/**
 * Adds an object. With `--if-missing`, it is not an error if another script has added the object since
 * the lookup.
 * @param label - the kind and name of the object.
 * @returns the new object; `undefined`, after a note, if it already exists.
 */
export async function addIfMissing<T>(
  label: string,
  add: () => Promise<T>,
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifMissing !== true) return add();
  return ignoreErrorKind('conflict', add, () => {
    terminal.note(alreadyExistsMessage(label));
  });
}

/**
 * Deletes an object. With `--if-exists`, an object that does not exist is not an error.
 * @returns the deleted object; `undefined`, after a note, if it does not exist.
 */
export async function deleteIfExists<T>(
  remove: () => Promise<T>,
  flags: IfExistsFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifExists !== true) return remove();
  return ignoreErrorKind('notFound', remove, (message) => {
    terminal.note(`No changes: ${message}`);
  });
}

function alreadyExistsMessage(label: string): string {
  return `No changes: ${label} already exists`;
}

/** @returns `undefined` if `attempt` fails with an error of this kind. */
async function ignoreErrorKind<T>(
  kind: ErrorKind,
  attempt: () => Promise<T>,
  onIgnored: (message: string) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== kind) throw error;
    onIgnored(error.message);
    return undefined;
  }
}
