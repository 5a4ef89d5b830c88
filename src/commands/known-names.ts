import { Argument } from 'commander';
import { withCompleter, type Completer } from '../completion/completer.js';
import type { NameKind } from '../config/name-cache.js';
import { TpksError } from '../errors.js';
import type { Services } from '../services.js';

export type NameDeps = Pick<Services, 'settings' | 'names' | 'options' | 'env'>;

/** Completes names with those of the last list in the context that the command line selects. */
export function knownNames(kind: NameKind, { settings, names, options, env }: NameDeps): Completer {
  return async () => {
    const [{ locate }, file, cache] = await Promise.all([
      import('../contexts/locate.js'),
      settings(),
      names(kind),
    ]);
    const flags = { context: options().context };
    const found = locate({ settings: await file.read(), env, flags });
    return found?.kind === 'stored' ? cache.read(found.name) : [];
  };
}

/** The argument that names a resource. */
export interface NamedBy {
  /** E.g. `<name>`. */
  readonly term: string;
  readonly description: string;
  /** Whose names complete it. */
  readonly completes: NameKind;
}

export function nameArgument({ term, description, completes }: NamedBy, deps: NameDeps): Argument {
  const argument = new Argument(term, description).argParser((name: string) =>
    checkName(name, `The ${description}`),
  );
  return withCompleter(argument, knownNames(completes, deps));
}

/**
 * Checks that a name is not empty: in a URL or a filter it would select something else.
 * @param what - for the error, e.g. `The user name`.
 * @returns the name.
 * @throws {TpksError} `usage`
 */
export function checkName(name: string, what: string, hint = 'nothing was sent'): string {
  if (name.trim() !== '') return name;
  throw new TpksError('usage', `${what} is empty`, { hint });
}

/**
 * Only the first names of a list are kept: completion reads all of them at each TAB, and the memory
 * for a streamed list must not grow with its length.
 */
export const mostKnownNames = 10_000;

export type RememberDeps = Pick<Services, 'context' | 'names'>;

/** Stores the names of a list for {@link knownNames}. */
export async function rememberNames(
  kind: NameKind,
  found: readonly string[],
  { context, names }: RememberDeps,
): Promise<void> {
  const { name, store } = await context();
  // Nothing is stored for an identity from the environment, which may have no home directory.
  if (store === 'none') return;
  await (await names(kind)).write(name, found.slice(0, mostKnownNames));
}

/** Adds a new name to those of the last list. */
export async function rememberName(
  kind: NameKind,
  name: string,
  { context, names }: RememberDeps,
): Promise<void> {
  const { name: contextName, store } = await context();
  if (store === 'none') return;
  const cache = await names(kind);
  const known = await cache.read(contextName);
  if (!known.includes(name)) await cache.write(contextName, [...known, name]);
}
