import type { Argument, Option } from 'commander';

/**
 * Finds the values of an argument or an option. It is called at TAB, so it is quick and silent, and
 * never uses the keychain. It has one second; if it throws, there are no values.
 *
 * @param typed - the part of the value before the cursor, for a value that is a list.
 */
export type Completer = (typed: string) => Promise<readonly string[]>;

type Target = Argument | Option;

const completers = new WeakMap<Target, Completer>();
const fileNameTargets = new WeakSet<Target>();

/** Sets where the values of an argument or an option come from, in addition to its `choices`. */
export function withCompleter<T extends Target>(target: T, completer: Completer): T {
  completers.set(target, completer);
  return target;
}

/** Marks values as file names, which the shell completes itself. */
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
