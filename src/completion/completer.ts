import type { Argument, Option } from 'commander';

/**
 * Where the values of an argument or an option come from. Called at TAB: quick, silent, and never
 * the keychain. It has one second; what it throws counts as no values.
 */
export type Completer = () => Promise<readonly string[]>;

type Target = Argument | Option;

const completers = new WeakMap<Target, Completer>();
const fileNames = new WeakSet<Target>();

/** Says where the values of an argument or an option come from, beside its `choices`. */
export function withCompleter<T extends Target>(target: T, completer: Completer): T {
  completers.set(target, completer);
  return target;
}

/** Says that the values are names of files: the shell completes them itself. */
export function withFileNames<T extends Target>(target: T): T {
  fileNames.add(target);
  return target;
}

export function completerOf(target: Target): Completer | undefined {
  return completers.get(target);
}

export function takesFileNames(target: Target): boolean {
  return fileNames.has(target);
}
