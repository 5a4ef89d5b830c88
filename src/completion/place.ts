import { Command, type Argument, type Option } from 'commander';
import type { Entry, Group, Leaf } from '../commands/contents.js';
import type { Services } from '../services.js';
import { createOptionReader, type OptionReader } from './option-reader.js';

/** Where on the line the cursor is. */
export interface CursorPosition {
  readonly options: OptionReader;
  /** Commands that may be named here, unless a command has been. */
  readonly entries?: readonly Entry[];
  /** The argument that would be given here, if the command takes one more. */
  readonly argument?: Argument | undefined;
}

export interface CursorPositionDeps {
  readonly contents: readonly Entry[];
  /** Options that may stand anywhere, `--help` included. */
  readonly globalOptions: readonly Option[];
  /** @param opts - the global options on the line, as commander's `opts()` holds them. */
  readonly services: (opts: () => Readonly<Record<string, unknown>>) => Services;
}

/**
 * Walks the table of contents along the words before the cursor and loads the one command that
 * they name. Nothing of it runs: it only tells its options and arguments.
 *
 * @returns `undefined` when the words name no command.
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
  return { options, argument: expected[operands] ?? (last?.variadic ? last : undefined) };
}
