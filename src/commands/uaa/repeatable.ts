import { Option } from 'commander';
import { isTpksError, type ErrorKind } from '../../errors.js';
import type { Services } from '../../services.js';

export interface IfMissingFlags {
  readonly ifMissing?: true;
}

export interface IfExistsFlags {
  readonly ifExists?: true;
}

/** For what adds: a script may run twice. */
export function ifMissing(): Option {
  return new Option('--if-missing', 'where it exists already, leave it as it is: exit 0');
}

/** For what deletes: a script may run twice. */
export function ifExistsOption(): Option {
  return new Option('--if-exists', 'where there is none, say so: exit 0');
}

/**
 * Looks for what is to be added, if `--if-missing` asks for it, and says so when it is there.
 * @param what - e.g. `client ci-reader`.
 * @returns what is there already; `undefined` when it is to be added.
 */
export async function present<T>(
  what: string,
  get: () => Promise<T>,
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifMissing !== true) return undefined;
  const found = await ignoreErrorKind('notFound', get);
  if (found !== undefined) terminal.note(alreadyExistsMessage(what));
  return found;
}

/**
 * Adds what was not there a moment ago. Under `--if-missing` another script may be quicker.
 * @returns `undefined`, and says so, where it was.
 */
export async function unlessThere<T>(
  what: string,
  add: () => Promise<T>,
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifMissing !== true) return add();
  return ignoreErrorKind('conflict', add, () => {
    terminal.note(alreadyExistsMessage(what));
  });
}

/** @returns `undefined`, and says so, where `--if-exists` makes an absence no failure. */
export async function deleteIfExists<T>(
  remove: () => Promise<T>,
  flags: IfExistsFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifExists !== true) return remove();
  return ignoreErrorKind('notFound', remove, (message) => {
    terminal.note(`${message}: nothing to delete`);
  });
}

function alreadyExistsMessage(what: string): string {
  return `The ${what} exists already and is left as it is`;
}

async function ignoreErrorKind<T>(
  kind: ErrorKind,
  attempt: () => Promise<T>,
  say: (message: string) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== kind) throw error;
    say(error.message);
    return undefined;
  }
}
