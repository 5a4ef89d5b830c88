import type { Option } from 'commander';
import type { Entry } from '../commands/contents.js';
import type { LinkTexts } from '../link-name.js';
import type { Services } from '../services.js';
import { createOptions, renameDescription } from './complete.js';
import {
  completerOf,
  isRepeatable,
  sourceOf,
  takesFileNames,
  type NameSource,
} from './completer.js';
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
   * The words of the command, each after a space, and what is completed: nothing for a command of a
   * group, the index of the argument, the flag whose value is completed, or a dash for flags. Examples:
   * ` uaa`, ` cluster 0`, ` cluster --output`, ` cluster -`.
   */
  readonly keys: readonly string[];
  readonly answer: StaticAnswer;
}

/** Commands with the same arguments and flags, by which the scripts find the position on a line. */
export interface StaticCommands {
  /** The words of each command, each after a space. */
  readonly keys: readonly string[];
  /** The number of arguments, with `+` if the last one is variadic; empty for a group. */
  readonly arguments: string;
  /**
   * All forms of each flag, with a comma before and after each form, then `=` if it takes a value, `:`
   * if that value has no suggestions, and `+` if it is repeatable, e.g. `,--output,-o,=`. Flags that only
   * tpks handles are left out.
   */
  readonly flags: readonly string[];
}

export interface StaticTable {
  readonly rows: readonly StaticRow[];
  readonly commands: readonly StaticCommands[];
  /** The lines of the global options in their long and short forms. Most lists of flags contain them. */
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
  const rows = createGroups<StaticAnswer>();
  const commands = createGroups<Omit<StaticCommands, 'keys'>>();
  for (const path of await listPaths(input.contents)) {
    const probe = createProbe(path, input);
    const key = path.map((word) => ` ${word}`).join('');
    const { entries, expected, options } = await probe.findPosition(path);
    rows.add(`${key} -`, await probe.listFlags(path));
    if (entries !== undefined) rows.add(key, await probe.findAnswer(path));
    for (const index of (expected ?? []).keys()) {
      const words = [...path, ...Array<string>(index).fill('x')];
      rows.add(`${key} ${String(index)}`, await probe.findAnswer(words));
    }
    const flags: string[] = [];
    for (const option of options.options()) {
      // The word after such an option is its value only if it does not start with a dash.
      if (option.hidden || option.optional || option.variadic) continue;
      const forms = [option.long, option.short].filter((form) => form !== undefined);
      const marks = isRepeatable(option) ? ['+'] : [];
      if (takesValue(option)) {
        const answer = await probe.findAnswer([...path, ...forms.slice(0, 1)]);
        const isEmpty = answer?.kind === 'list' && answer.lines.length === 0;
        marks.push(isEmpty ? ':' : '=');
        for (const form of isEmpty ? [] : forms) rows.add(`${key} ${form}`, answer);
      }
      flags.push(`,${forms.join(',')},${marks.join('')}`);
    }
    const last = expected?.at(-1);
    const count =
      expected === undefined ? '' : `${String(expected.length)}${last?.variadic ? '+' : ''}`;
    commands.add(key, { arguments: count, flags });
  }
  const root = await createProbe([], input).listFlags([]);
  const isLong = (line: string) => line.startsWith('--');
  return {
    rows: rows.list().map(({ keys, value: answer }) => ({ keys, answer })),
    commands: commands.list().map(({ keys, value }) => ({ keys, ...value })),
    globalFlags: [root.lines.filter(isLong), root.lines.filter((line) => !isLong(line))],
  };
}
/** Collects keys by their value. The key of an `undefined` value is ignored. */
function createGroups<T>() {
  const groups = new Map<string, { keys: string[]; value: T }>();
  return {
    add(key: string, value: T | undefined): void {
      if (value === undefined) return;
      const text = JSON.stringify(value);
      const group = groups.get(text) ?? { keys: [], value };
      group.keys.push(key);
      groups.set(text, group);
    },
    list: () => [...groups.values()],
  };
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
    async findAnswer(words: readonly string[]): Promise<StaticAnswer | undefined> {
      const { entries, argument, options: reader } = await this.findPosition(words);
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
      if (used.size > 0) return undefined;
      return { kind: 'list', lines: toLines(suggestions), aliases: [] };
    },
  };
}
