import type { Argument, Command, Option } from 'commander';
import type { FileInput } from '../platform/input/input-file.js';
import { stdinReadTwiceError } from '../platform/terminal/stdin.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import { withFileNames } from './completers.js';

type Target = Argument | Option;

/** The value that means stdin, for each argument and option that accepts one. */
const stdinValues = new WeakMap<Target, string | true>();

/** Marks an argument or an option that can read stdin. @param value - the value that means stdin. */
export function withStdin<T extends Target>(target: T, value: string | true = '-'): T {
  stdinValues.set(target, value);
  return target;
}

/** Marks an argument or an option as an input file, so that the shell completes file names. */
export function withInputFile<T extends Target>(target: T): T {
  return withStdin(withFileNames(target));
}

/** @param name - the option or argument that contains the path, for errors. */
export function toFileInput(
  path: string,
  name: string,
  { readStdin }: Pick<Terminal, 'readStdin'>,
): FileInput {
  return { path, readStdin: (maximumBytes) => readStdin(name, maximumBytes) };
}

/** Whether an argument or an option can read stdin. */
export function canReadStdin(target: Target): boolean {
  return stdinValues.has(target);
}

/** @throws {TpksError} `usage` if more than one argument or option reads stdin. */
export function checkStdinReadOnce(command: Command): void {
  const names = [
    ...command.registeredArguments.flatMap((argument, index) =>
      readsStdin(argument, command.processedArgs[index]) ? [argument.name().toUpperCase()] : [],
    ),
    ...command.options.flatMap((option) =>
      readsStdin(option, command.getOptionValue(option.attributeName()))
        ? [option.long ?? option.flags]
        : [],
    ),
  ];
  if (names.length < 2) return;
  throw stdinReadTwiceError(names);
}

function readsStdin(target: Target, value: unknown): boolean {
  const stdinValue = stdinValues.get(target);
  return stdinValue !== undefined && [value].flat().includes(stdinValue);
}

/**
 * Reads CA certificates from stdin if the value of the option is `-`.
 * @returns the certificates, or any other value unchanged.
 * @throws {TpksError} `usage` if stdin does not contain a certificate.
 */
export async function readCaCertOption(
  value: string | undefined,
  { readStdin }: Pick<Terminal, 'readStdin'>,
  option = '--ca-cert',
): Promise<string | undefined> {
  if (value !== '-') return value;
  const { parseCaCert } = await import('../platform/input/ca-cert.js');
  return parseCaCert(await readStdin(option), 'stdin');
}
