import { Command, type Argument, type Option } from 'commander';
import type { Entry, Group, Leaf } from '../commands/contents.js';
import type { Services } from '../services.js';
import { createOptionReader, type OptionReader } from './option-reader.js';

/** What can follow at the cursor. */
export interface CursorPosition {
  readonly options: OptionReader;
  /** Commands that can follow; absent if the command is complete. */
  readonly entries?: readonly Entry[];
  /** The argument at the cursor, if the command takes another one. */
  readonly argument?: Argument | undefined;
  /** All arguments of the command; absent if the command is incomplete. */
  readonly expected?: readonly Argument[];
}

export interface CursorPositionDeps {
  readonly contents: readonly Entry[];
  /** Options that are valid anywhere, including `--help`. */
  readonly globalOptions: readonly Option[];
  /** @param opts - returns the global options on the line, in the form of Commander's `opts()`. */
  readonly services: (opts: () => Readonly<Record<string, unknown>>) => Services;
}

/**
 * Finds the command that the words before the cursor select, and loads it for its options and
 * arguments. Its action does not run.
 *
 * @returns `undefined` if the command does not exist.
 */
export async function findCursorPosition(
  words: readonly string[],
  { contents, globalOptions, services }: CursorPositionDeps,
): Promise<CursorPosition | undefined> {
  const options = createOptionReader();
  options.addOptions(globalOptions);
  let entries: readonly Entry[] | undefined = contents;
  let expected: readonly Argument[] = [];
  let operands = 0;
  for (const word of words) {
    if (!options.readWord(word)) continue;
    if (!entries) {
      operands += 1;
      continue;
    }
    const entry: Entry | undefined = entries.find(
      ({ name, aliases = [] }) => name === word || aliases.includes(word),
    );
    if (!entry) return undefined;
    const part: Leaf | Group = await entry.load();
    if ('contents' in part) {
      entries = part.contents;
      options.addOptions(part.options?.() ?? []);
      continue;
    }
    const command = new Command(entry.name);
    part.define(command, services(options.opts));
    options.addOptions(command.options);
    entries = undefined;
    expected = command.registeredArguments;
  }
  if (entries) return { options, entries };
  const last = expected.at(-1);
  return { options, expected, argument: expected[operands] ?? (last?.variadic ? last : undefined) };
}
