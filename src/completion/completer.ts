import type { Argument, Option } from 'commander';
import type { Services } from '../services.js';

/**
 * Finds values of an argument or an option for completion. It must be fast, print nothing, and not use
 * the keychain. If it throws or takes more than a second, there are no suggestions.
 *
 * @param typed - the part of the value before the cursor, for values that are lists.
 * @param services - services that respect the global options on the command line.
 */
export type Completer = (typed: string, services: Services) => Promise<readonly string[]>;

type Target = Argument | Option;

const completers = new WeakMap<Target, Completer>();
const fileNameTargets = new WeakSet<Target>();

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

export function completerOf(target: Target): Completer | undefined {
  return completers.get(target);
}

export function takesFileNames(target: Target): boolean {
  return fileNameTargets.has(target);
}
