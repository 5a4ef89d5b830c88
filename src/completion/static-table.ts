import type { Option } from 'commander';
import type { Entry } from '../commands/contents.js';
import type { LinkTexts } from '../link-name.js';
import type { Services } from '../services.js';
import { createOptions, renameDescription } from './complete.js';
import { completerOf, sourceOf, takesFileNames, type NameSource } from './completer.js';
import { findCursorPosition, type CursorPosition } from './cursor-position.js';
import { takesValue } from './option-reader.js';
import {
  aliasSuggestions,
  formatSuggestion,
  nameSuggestions,
  suggest,
  type Suggestion,
} from './suggest.js';

/**
 * What a completion script knows about a cursor position without starting tpks.
 *
 * `lines` are formatted suggestions; if none of them matches, the script uses `aliases`.
 */
export type StaticAnswer =
  | {
      readonly kind: 'list';
      readonly lines: readonly string[];
      readonly aliases: readonly string[];
    }
  | { readonly kind: 'files' }
  | { readonly kind: 'names'; readonly source: NameSource };

/** Cursor positions with the same answer. */
export interface StaticRow {
  /**
   * The number of words before the cursor, these words, and a dash if the word at the cursor starts with
   * one, e.g. `2 uaa user -`.
   */
  readonly keys: readonly string[];
  readonly answer: StaticAnswer;
}

export interface StaticTable {
  readonly rows: readonly StaticRow[];
  /** The lines of the global options in their long and short forms, which most lists of flags contain. */
  readonly globalFlags: readonly (readonly string[])[];
}

export interface StaticTableInput {
  readonly contents: readonly Entry[];
  /** Options of the command group that a link such as `uaac` makes the root. */
  readonly options?: readonly Option[] | undefined;
  /** `undefined` without a link. */
  readonly link?: LinkTexts | undefined;
}

/** Runs the completion of the program for every command, with and without a dash, and for every option. */
export async function createStaticTable(input: StaticTableInput): Promise<StaticTable> {
  const rows = new Map<string, { keys: string[]; answer: StaticAnswer }>();
  const add = (words: readonly string[], answer: StaticAnswer | undefined, end = '') => {
    if (answer === undefined) return;
    const text = JSON.stringify(answer);
    const row = rows.get(text) ?? { keys: [], answer };
    row.keys.push(`${[words.length, ...words].join(' ')}${end}`);
    rows.set(text, row);
  };
  for (const path of await listPaths(input.contents)) {
    const probe = createProbe(path, input);
    const position = await probe.findPosition(path);
    const flags = await probe.listFlags(path);
    add(path, flags, ' -');
    const hasOnlyFlags = position.entries === undefined && position.argument === undefined;
    add(path, hasOnlyFlags ? flags : await probe.findAnswer(path, position));
    for (const option of position.options.options()) {
      if (option.hidden || !takesValue(option)) continue;
      for (const flag of [option.long, option.short]) {
        if (flag === undefined) continue;
        const words = [...path, flag];
        add(words, await probe.findAnswer(words, await probe.findPosition(words)));
      }
    }
  }
  const root = await createProbe([], input).listFlags([]);
  const isLong = (line: string) => line.startsWith('--');
  const globalFlags = [root.lines.filter(isLong), root.lines.filter((line) => !isLong(line))];
  return { rows: [...rows.values()], globalFlags };
}

/** Lists the words that lead to each visible command, starting with the root. */
async function listPaths(
  contents: readonly Entry[],
  parent: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  const paths: (readonly string[])[] = [parent];
  for (const { name, hidden, load } of contents) {
    if (hidden === true) continue;
    const part = await load();
    const path = [...parent, name];
    paths.push(...('contents' in part ? await listPaths(part.contents, path) : [path]));
  }
  return paths;
}

type ListAnswer = Extract<StaticAnswer, { readonly kind: 'list' }>;

/** @param path - the words of the command that is completed. */
function createProbe(path: readonly string[], { contents, options = [], link }: StaticTableInput) {
  /** Names of the services that a completer used. If there are any, its values are not fixed. */
  const used = new Set<PropertyKey>();
  const services = new Proxy({} as Services, {
    get: (_services, name) => () => {
      used.add(name);
      throw new Error('no services');
    },
  });
  const deps = {
    contents,
    globalOptions: createOptions(options, path, () => services),
    services: () => services,
  };
  const rename = renameDescription(link);
  const toLines = (suggestions: readonly Suggestion[]) =>
    suggestions.map((each) => formatSuggestion(rename(each)));

  return {
    async findPosition(words: readonly string[]): Promise<CursorPosition> {
      const position = await findCursorPosition(words, deps);
      if (position === undefined) throw new Error(`unknown command: ${words.join(' ')}`);
      return position;
    },
    async listFlags(words: readonly string[]): Promise<ListAnswer> {
      const { suggestions } = await suggest([...words, '-'], deps);
      return { kind: 'list', lines: toLines(suggestions), aliases: [] };
    },
    /** @returns `undefined` if only tpks can find the suggestions. */
    async findAnswer(
      words: readonly string[],
      { entries, argument, options: reader }: CursorPosition,
    ): Promise<StaticAnswer | undefined> {
      const target = reader.pendingOption()?.option ?? argument;
      if (target === undefined) {
        return {
          kind: 'list',
          lines: toLines(nameSuggestions(entries ?? [])),
          aliases: toLines(aliasSuggestions(entries ?? [])),
        };
      }
      if (takesFileNames(target)) return { kind: 'files' };
      const completer = completerOf(target);
      const source = completer && sourceOf(completer);
      if (source !== undefined && target.argChoices === undefined) return { kind: 'names', source };
      used.clear();
      const { suggestions } = await suggest([...words, ''], deps);
      // A value without suggestions is rarely completed, and would make the table larger.
      if (used.size > 0 || (suggestions.length === 0 && target !== argument)) return undefined;
      return { kind: 'list', lines: toLines(suggestions), aliases: [] };
    },
  };
}
