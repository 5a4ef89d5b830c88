import type { Argument, Option } from 'commander';
import type { Services } from '../app/services.js';
import type { NameKind } from '../platform/config/name-cache.js';
import type { Role } from '../platform/config/settings.js';

/**
 * Finds values of an argument or an option for completion. It must be fast, print nothing, and not use
 * the keychain. If it throws, there are no suggestions.
 *
 * @param typed - the part of the value before the cursor, for values that are lists.
 * @param services - services that respect the global options on the command line.
 */
export interface Completer {
  (typed: string, services: Services): Promise<readonly string[]>;
  /** The cached names that the completer reads, which are updated before it runs. */
  readonly source?: NameSource;
}

/** The cached names of a kind in the current context of a role. */
export interface NameSource {
  readonly role: Role;
  readonly names: NameKind;
}

type Target = Argument | Option;

const completers = new WeakMap<Target, Completer>();
const fileNameTargets = new WeakSet<Target>();
const collectors = new WeakSet<object>();

/** Sets the completer of an argument or an option. Its `choices` are suggested as well. */
export function withCompleter<T extends Target>(target: T, completer: Completer): T {
  completers.set(target, completer);
  return target;
}

/** Marks an argument or an option as a file name, which the shell completes. */
export function withFileNames<T extends Target>(target: T): T {
  fileNameTargets.add(target);
  return target;
}

/** Marks a parser that adds the value of an option to the values of its earlier occurrences. */
export function asCollector<T extends (text: string, before: never) => unknown>(parser: T): T {
  collectors.add(parser);
  return parser;
}

/** Whether an option can be used several times. */
export function isRepeatable({ variadic, parseArg }: Option): boolean {
  return variadic || (parseArg !== undefined && collectors.has(parseArg));
}

export function completerOf(target: Target): Completer | undefined {
  return completers.get(target);
}

export function takesFileNames(target: Target): boolean {
  return fileNameTargets.has(target);
}
