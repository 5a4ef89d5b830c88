import { Argument, type Option } from 'commander';
import { withCompleter, withSource, type Completer } from '../completion/completer.js';
import type { NameKind } from '../config/name-cache.js';
import type { Role } from '../config/settings.js';
import { locateIdentity } from '../contexts/locate.js';
import { TpksError } from '../errors.js';
import type { Services } from '../services.js';

export type NameDeps = Pick<Services, 'settings' | 'names' | 'options' | 'env'>;

/** Completes names of PKS resources from the last list in the selected context. */
export function nameCompleter(kind: NameKind, deps: NameDeps): Completer {
  return withSource({ role: 'pks', names: kind }, () => readCachedNames('pks', kind, deps));
}

/** Creates an argument or option value that is completed with names from the last list of the UAA. */
export function withUaaNames<Target extends Argument | Option>(
  target: Target,
  kind: NameKind,
): Target {
  const completer: Completer = (_typed, services) => readCachedNames('uaa', kind, services);
  return withCompleter(target, withSource({ role: 'uaa', names: kind }, completer));
}

async function readCachedNames(
  role: Role,
  kind: NameKind,
  { settings, names, options, env }: NameDeps,
): Promise<readonly string[]> {
  const [file, cache] = await Promise.all([settings(), names(kind)]);
  const { context, zone } = options();
  // The names of other zones are not cached.
  if (zone !== undefined) return [];
  const input = { settings: await file.read(), env, flags: { context }, role };
  const found = locateIdentity({ ...input, acceptsOtherRole: true });
  return found?.kind === 'stored' ? cache.read(found.name) : [];
}

/** Specification of an argument for the name of a resource. */
export interface NameArgumentSpec {
  /** E.g. `<name>`. */
  readonly placeholder: string;
  readonly description: string;
  /** The kind of names that completion suggests. */
  readonly nameKind: NameKind;
}

/** Creates an argument for the name of a resource, with completion. */
export function createNameArgument(
  { placeholder, description, nameKind }: NameArgumentSpec,
  deps: NameDeps,
): Argument {
  const argument = new Argument(placeholder, description).argParser((name: string) =>
    validateName(name, `The ${description}`),
  );
  return withCompleter(argument, nameCompleter(nameKind, deps));
}

/**
 * Checks that a name is not empty. In a URL or a filter, an empty name would select other resources.
 * @param what - subject of the error message, e.g. `The username`.
 * @returns the name.
 * @throws {TpksError} `usage`
 */
export function validateName(name: string, what: string, hint = 'nothing was sent'): string {
  if (name.trim() !== '') return name;
  throw new TpksError('usage', `${what} is empty`, { hint });
}

/**
 * Maximum number of names that are cached for each kind. Completion reads all of them on every TAB,
 * and memory use must not grow with the length of a streamed list.
 */
export const maximumCachedNames = 10_000;

export type CacheNamesDeps = Pick<Services, 'context' | 'names'>;

/** Caches the names from a list for {@link nameCompleter}. */
export async function cacheNames(
  kind: NameKind,
  found: readonly string[],
  { context, names }: CacheNamesDeps,
): Promise<void> {
  const { name, store } = await context();
  // With an identity from the environment there may be no home directory.
  if (store === 'none') return;
  await (await names(kind)).write(name, found.slice(0, maximumCachedNames));
}

/** Adds a name to the cached names. */
export async function cacheName(
  kind: NameKind,
  name: string,
  { context, names }: CacheNamesDeps,
): Promise<void> {
  const { name: contextName, store } = await context();
  if (store === 'none') return;
  const cache = await names(kind);
  const known = await cache.read(contextName);
  if (!known.includes(name)) await cache.write(contextName, [...known, name]);
}
