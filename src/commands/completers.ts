import { Argument, type Option } from 'commander';
import type { Services } from '../app/services.js';
import { TpksError, type NameKind } from '../base/errors.js';
import { locateIdentity } from '../domain/contexts/identity.js';
import type { Role } from '../platform/config/settings.js';

/**
 * Finds values of an argument or an option for completion. It must be fast, print nothing, and not use
 * the keychain. If it throws, there are no suggestions.
 * @param typed - the part of the value before the cursor, for values that are lists.
 * @param services - services that respect the global options on the command line.
 */
export interface Completer {
  (typed: string, services: Services): readonly string[] | Promise<readonly string[]>;
  /** The cached names that the completer reads, which are updated before it runs. */
  readonly source?: NameSource;
}

export interface NameSource {
  readonly role: Role;
  readonly names: NameKind;
}

type Target = Argument | Option;

const completers = new WeakMap<Target, Completer>();

const nouns = new WeakMap<Argument, string>();

const fileNameTargets = new WeakSet<Target>();

/** Sets the completer of an argument or an option. Its `choices` are suggested as well. */
export function withCompleter<T extends Target>(target: T, completer: Completer): T {
  completers.set(target, completer);
  return target;
}

/** Sets what errors call an argument whose own name, e.g. `name`, is not clear without its command. */
export function withNoun(argument: Argument, noun: string): Argument {
  nouns.set(argument, noun);
  return argument;
}

export function nounOf(argument: Argument): string {
  return nouns.get(argument) ?? argument.name().replaceAll('-', ' ');
}

/** Marks an argument or an option as a file name, which the shell completes. */
export function withFileNames<T extends Target>(target: T): T {
  fileNameTargets.add(target);
  return target;
}

export function completerOf(target: Target): Completer | undefined {
  return completers.get(target);
}

export function takesFileNames(target: Target): boolean {
  return fileNameTargets.has(target);
}

/** Completes an argument or option with names from the last list of the PKS API in the selected context. */
export function withPksNames<T extends Target>(target: T, kind: NameKind): T {
  return withCompleter(target, createNameCompleter('pks', kind));
}

/** Completes an argument or option with names from the last list of the UAA. */
export function withUaaNames<T extends Target>(target: T, kind: NameKind): T {
  return withCompleter(target, createNameCompleter('uaa', kind));
}

function createNameCompleter(role: Role, kind: NameKind): Completer {
  const completer: Completer = (_typed, services) => readCachedNames(role, kind, services);
  return Object.assign(completer, { source: { role, names: kind } });
}

async function readCachedNames(
  role: Role,
  kind: NameKind,
  { settings, names, options, env }: Services,
): Promise<readonly string[]> {
  const { context, zone } = options();
  // The names of other zones are not cached.
  if (zone !== undefined) return [];
  const input = { settings: await settings.read(), env, flags: { context }, role };
  const found = locateIdentity({ ...input, acceptsOtherRole: true });
  return found?.kind === 'stored' ? names(kind).read(found.name) : [];
}

export interface NameArgumentSpec {
  readonly placeholder: string;
  /** What errors call the argument, e.g. `cluster name`. */
  readonly noun: string;
  readonly description: string;
  readonly nameKind: NameKind;
}

/** Creates an argument for the name of a resource, with completion. */
export function createNameArgument({
  placeholder,
  noun,
  description,
  nameKind,
}: NameArgumentSpec): Argument {
  const argument = new Argument(placeholder, description).argParser((name: string) =>
    validateName(name, `The ${description}`),
  );
  return withPksNames(withNoun(argument, noun), nameKind);
}

/**
 * In a URL or a filter, an empty name would select other resources.
 * @param what - subject of the error message, e.g. `The username`.
 * @throws {TpksError} `usage`
 */
export function validateName(name: string, what: string, hint = 'nothing was sent'): string {
  if (name.trim() !== '') return name;
  throw new TpksError('usage', `${what} is empty`, { hint });
}

/** Maximum number of names that are cached for each kind. Completion reads all of them on every TAB. */
const maximumCachedNames = 10_000;

type CacheNamesDeps = Pick<Services, 'context' | 'names'>;

/** Caches the names from a list for completion. */
export async function cacheNames(
  kind: NameKind,
  found: readonly string[],
  { context, names }: CacheNamesDeps,
): Promise<void> {
  const { name, store } = await context();
  // With an identity from the environment there may be no home directory.
  if (store === 'none') return;
  await names(kind).write(name, found.slice(0, maximumCachedNames));
}

/** Adds a name to the cached names. */
export async function cacheName(
  kind: NameKind,
  name: string,
  { context, names }: CacheNamesDeps,
): Promise<void> {
  const { name: contextName, store } = await context();
  if (store === 'none') return;
  const cache = names(kind);
  const known = cache.read(contextName);
  if (!known.includes(name)) await cache.write(contextName, [...known, name]);
}
