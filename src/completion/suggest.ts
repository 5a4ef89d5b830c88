import { setTimeout } from 'node:timers/promises';
import { Command, type Argument, type Option } from 'commander';
import type { RunningServices, Services } from '../app/services.js';
import { isSafeName, toPrintable } from '../base/sanitize.js';
import {
  completerOf,
  takesFileNames,
  type Completer,
  type NameSource,
} from '../commands/completers.js';
import type { Entry, Group, Leaf } from '../commands/command-table.js';
import { isRepeatable } from '../commands/option-values.js';

/** A word that can be inserted at the cursor. */
export interface Suggestion {
  readonly value: string;
  readonly description?: string | undefined;
}

export interface Completion {
  readonly suggestions: readonly Suggestion[];
  /** Whether the shell should complete file names. */
  readonly files: boolean;
}

interface SuggestDeps {
  readonly contents: readonly Entry[];
  readonly globalOptions: readonly Option[];
  /** @param opts - returns the global options on the line, in the form of Commander's `opts()`. */
  readonly services: (opts: () => Readonly<Record<string, unknown>>) => RunningServices;
  readonly refresh: (source: NameSource, services: RunningServices) => Promise<void>;
}

const noSuggestions: Completion = { suggestions: [], files: false };

/**
 * Suggests commands, flags or values for the word at the cursor.
 * @param words - the arguments up to the cursor. The last one, which can be empty, is completed.
 */
export async function suggest(words: readonly string[], deps: SuggestDeps): Promise<Completion> {
  const options = new OptionReader();
  options.addOptions(deps.globalOptions);
  const services = deps.services(() => options.opts());
  const position = await findCursorPosition(words.slice(0, -1), options, { ...deps, services });
  if (!position) return noSuggestions;

  const completion = { services, refresh: deps.refresh };
  const current = words.at(-1) ?? '';
  const isDashed = current.startsWith('-') && !options.isPastOptions;
  const { pending } = options;
  if (pending && (pending.needed || !isDashed)) {
    return suggestValues(pending.option, current, completion);
  }
  if (isDashed) {
    const { flag, value: start } = splitFlag(current);
    if (start === undefined) return filterByPrefix(current, flagSuggestions(options));
    const option = options.find(flag);
    if (!option || !takesValue(option)) return noSuggestions;
    return addPrefix(`${flag}=`, await suggestValues(option, start, completion));
  }
  const { entries, argument } = position;
  if (entries.length === 0 && argument === undefined) {
    // After the last argument, only flags can follow.
    return current === '' && !options.isPastOptions
      ? filterByPrefix('--', flagSuggestions(options))
      : noSuggestions;
  }
  const values = argument ? await suggestValues(argument, current, completion) : noSuggestions;
  const commands = commandSuggestions(entries, current);
  return { ...filterByPrefix(current, [...commands, ...values.suggestions]), files: values.files };
}

interface CursorPosition {
  /** The commands that are valid at the cursor: subcommands, or the verbs of a noun. */
  readonly entries: readonly Entry[];
  /** The argument at the cursor. */
  readonly argument?: Argument | undefined;
}

/**
 * Finds the command that the words before the cursor select, and loads it for its options and
 * arguments. Its action does not run.
 * @returns `undefined` if the command does not exist.
 */
async function findCursorPosition(
  words: readonly string[],
  options: OptionReader,
  { contents, services }: { readonly contents: readonly Entry[]; readonly services: Services },
): Promise<CursorPosition | undefined> {
  const program = new Command(services.link.name);
  let entries = contents;
  let leaf: Command | undefined;
  let operands = 0;
  for (const word of words) {
    if (!options.readWord(word)) continue;
    const entry: Entry | undefined = entries.find(
      ({ name, aliases = [] }) => name === word || aliases.includes(word),
    );
    if (!entry) {
      if (!leaf) return undefined;
      entries = [];
      operands += 1;
      continue;
    }
    // A verb does not inherit the options of its noun.
    if (leaf) options.removeOptions(leaf.options);
    const part: Leaf | Group = await entry.load();
    if ('contents' in part) {
      entries = [...(part.verbs ?? []), ...part.contents];
      options.addOptions(part.options?.() ?? []);
      continue;
    }
    leaf = program.command(entry.name);
    part.define(leaf, services);
    options.addOptions(leaf.options);
    entries = part.verbs ?? [];
  }
  const expected = leaf?.registeredArguments ?? [];
  const last = expected.at(-1);
  return { entries, argument: expected[operands] ?? (last?.variadic ? last : undefined) };
}

/** Suggests command names, and aliases only if no name matches, so that each command appears once. */
function commandSuggestions(entries: readonly Entry[], start: string): Suggestion[] {
  const visible = entries.filter(({ hidden }) => hidden !== true);
  const byName = visible.map(({ name, summary }) => ({ value: name, description: summary }));
  if (byName.some(({ value }) => value.startsWith(start))) return byName;
  return visible.flatMap(({ aliases = [], summary }) =>
    aliases.map((value) => ({ value, description: summary })),
  );
}

/** Suggests the flags that can still be added, long forms first. */
function flagSuggestions(reader: OptionReader): Suggestion[] {
  const available = reader.options.filter(
    (option) => !option.hidden && (!reader.isSet(option) || isRepeatable(option)),
  );
  const allFlags = available.flatMap(({ long, short, description }) =>
    [long, short].flatMap((value) => (value === undefined ? [] : [{ value, description }])),
  );
  const isLong = ({ value }: Suggestion) => value.startsWith('--');
  return [...allFlags.filter(isLong), ...allFlags.filter((form) => !isLong(form))];
}

interface CompleterDeps {
  readonly refresh: SuggestDeps['refresh'];
  readonly services: RunningServices;
}

async function suggestValues(
  target: Argument | Option,
  start: string,
  deps: CompleterDeps,
): Promise<Completion> {
  if (takesFileNames(target)) return { suggestions: [], files: true };
  const completer = completerOf(target);
  const found = [
    ...(target.argChoices ?? []),
    ...(completer ? await runCompleter(completer, start, deps) : []),
  ];
  // A name from a server must not be inserted as a flag.
  const safe = found.filter(isSafeName).map((value) => ({ value }));
  return filterByPrefix(start, safe);
}

const completerMilliseconds = 1000;

/** Returns a completer's values, or none if it fails or takes too long. */
async function runCompleter(
  completer: Completer,
  start: string,
  { services, refresh }: CompleterDeps,
): Promise<readonly string[]> {
  const { source } = completer;
  try {
    if (source !== undefined) await refresh(source, services);
    // A name can be in a file on a network drive that does not respond.
    const limit = setTimeout(completerMilliseconds, [], { ref: false });
    return await Promise.race([completer(start, services), limit]);
  } catch {
    return [];
  }
}

/** Selects the suggestions that start with the typed text, without duplicates. */
function filterByPrefix(start: string, suggestions: readonly Suggestion[]): Completion {
  const seen = new Set<string>();
  const matching = suggestions.filter(({ value }) => {
    const isMatch = value.startsWith(start) && !seen.has(value);
    seen.add(value);
    return isMatch;
  });
  return { suggestions: matching, files: false };
}

function addPrefix(prefix: string, { suggestions, files }: Completion): Completion {
  const prefixed = suggestions.map((each) => ({ ...each, value: `${prefix}${each.value}` }));
  return { suggestions: prefixed, files };
}

/**
 * Formats a completion for the completion scripts: one suggestion per line, with a TAB and its description if
 * it has one. The last line is `:files` if the shell should complete file names, otherwise `:none`.
 */
export function formatCompletion({ suggestions, files }: Completion): string {
  return [...suggestions.map(formatSuggestion), files ? ':files' : ':none', ''].join('\n');
}

function formatSuggestion({ value, description = '' }: Suggestion): string {
  return description === '' ? value : `${value}\t${toPrintable(description)}`;
}

/** The last option, if the next word can be its value. */
interface PendingOption {
  readonly option: Option;
  /** Whether the next word is the value even if it starts with a dash. */
  readonly needed: boolean;
}

/** Parses a command line word by word like Commander, and reports what can follow at any point. */
class OptionReader {
  options: readonly Option[] = [];
  pending: PendingOption | undefined;
  /** Whether `--` was read, after which no word is a flag. */
  isPastOptions = false;
  private readonly values = new Map<Option, string | boolean>();

  /** Adds options that are valid from here on. They override earlier options with the same name. */
  addOptions(options: readonly Option[]): void {
    this.options = [...options, ...this.options];
  }

  removeOptions(options: readonly Option[]): void {
    this.options = this.options.filter((option) => !options.includes(option));
  }

  /** Reads the next word. @returns whether it is an operand: neither a flag nor the value of one. */
  readWord(word: string): boolean {
    if (this.isPastOptions) return true;
    const { pending } = this;
    this.pending = undefined;
    if (pending && (pending.needed || !isFlag(word))) {
      this.values.set(pending.option, word);
      if (pending.option.variadic) this.pending = { ...pending, needed: false };
      return false;
    }
    if (word === '--') this.isPastOptions = true;
    else if (isFlag(word)) this.readFlagWord(word);
    else return true;
    return false;
  }

  isSet(option: Option): boolean {
    return this.values.has(option);
  }

  find(flag: string): Option | undefined {
    return this.options.find(({ long, short }) => flag === long || flag === short);
  }

  /** The options read so far, in the form of Commander's `opts()`. */
  opts(): Readonly<Record<string, unknown>> {
    const entries = [...this.values].map(([option, value]) => [option.attributeName(), value]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  private readFlagWord(word: string): void {
    if (this.readFlag(word)) return;
    const { flag, value } = splitFlag(word);
    const option = this.find(flag);
    if (option && value !== undefined) this.values.set(option, value);
    else if (!word.startsWith('--')) this.readShortFlags(word.slice(1));
  }

  private readFlag(flag: string): boolean {
    const option = this.find(flag);
    if (!option) return false;
    this.values.set(option, !option.negate);
    if (takesValue(option)) this.pending = { option, needed: option.required };
    return true;
  }

  /** Reads combined short flags (`-kx`) and values without a space (`-pVALUE`). */
  private readShortFlags(letters: string): void {
    for (let index = 0; index < letters.length; index += 1) {
      if (!this.readFlag(`-${letters.charAt(index)}`)) return;
      const rest = letters.slice(index + 1);
      if (this.pending && rest !== '') {
        this.values.set(this.pending.option, rest);
        this.pending = undefined;
        return;
      }
    }
  }
}

/** Splits `--flag=value`; without `=` there is no value. */
function splitFlag(word: string): { readonly flag: string; readonly value?: string } {
  const equals = word.indexOf('=');
  return word.startsWith('--') && equals !== -1
    ? { flag: word.slice(0, equals), value: word.slice(equals + 1) }
    : { flag: word };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}
