import type { Argument, Option } from 'commander';
import type { Entry } from '../commands/contents.js';
import type { Services } from '../services.js';
import { isSafeName, toPrintable } from '../terminal/sanitize.js';
import { completerOf, isRepeatable, takesFileNames, type Completer } from './completer.js';
import { splitFlag, takesValue, type OptionReader } from './option-reader.js';
import { findCursorPosition, type CursorPositionDeps } from './cursor-position.js';

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

interface SuggestDeps extends CursorPositionDeps {
  /** Time limit for a completer; 1000 if absent. */
  readonly timeoutMilliseconds?: number;
}

const noSuggestions: Completion = { suggestions: [], files: false };

/**
 * Suggests commands, flags or values for the word at the cursor.
 *
 * @param words - the arguments up to the cursor. The last one, which can be empty, is completed.
 */
export async function suggest(words: readonly string[], deps: SuggestDeps): Promise<Completion> {
  const { timeoutMilliseconds = 1000 } = deps;
  const position = await findCursorPosition(words.slice(0, -1), deps);
  if (!position) return noSuggestions;

  const { options, entries, argument } = position;
  const completion = { services: deps.services(options.opts), timeoutMilliseconds };
  const current = words.at(-1) ?? '';
  const isDashed = current.startsWith('-') && !options.isPastOptions();
  const pending = options.pendingOption();
  if (pending && (pending.needed || !isDashed)) {
    return suggestValues(pending.option, current, completion);
  }
  if (isDashed) {
    const [flag, start] = splitFlag(current);
    if (start === undefined) return filterByPrefix(current, flagSuggestions(options));
    const option = options.find(flag);
    if (!option || !takesValue(option)) return noSuggestions;
    return addPrefix(`${flag}=`, await suggestValues(option, start, completion));
  }
  if (entries) return filterByPrefix(current, commandSuggestions(entries, current));
  if (argument) return suggestValues(argument, current, completion);
  // After the last argument, only flags can follow.
  return current === '' && !options.isPastOptions()
    ? filterByPrefix('--', flagSuggestions(options))
    : noSuggestions;
}

/** Suggests command names, and aliases only if no name matches, so that each command appears once. */
function commandSuggestions(entries: readonly Entry[], start: string): Suggestion[] {
  const byName = nameSuggestions(entries);
  return byName.some(({ value }) => value.startsWith(start)) ? byName : aliasSuggestions(entries);
}

export function nameSuggestions(entries: readonly Entry[]): Suggestion[] {
  return visibleEntries(entries).map(({ name, summary }) => ({
    value: name,
    description: summary,
  }));
}

export function aliasSuggestions(entries: readonly Entry[]): Suggestion[] {
  return visibleEntries(entries).flatMap(({ aliases = [], summary }) =>
    aliases.map((alias) => ({ value: alias, description: summary })),
  );
}

function visibleEntries(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ hidden }) => hidden !== true);
}

/** Suggests the flags that can still be added, long forms first. */
function flagSuggestions({ options: known, isSet: isGiven }: OptionReader): Suggestion[] {
  const available = known().filter(
    (option) => !option.hidden && (!isGiven(option) || isRepeatable(option)),
  );
  const allFlags = available.flatMap(({ long, short, description }) =>
    [long, short].flatMap((value) => (value === undefined ? [] : [{ value, description }])),
  );
  const isLong = ({ value }: Suggestion) => value.startsWith('--');
  return [...allFlags.filter(isLong), ...allFlags.filter((form) => !isLong(form))];
}

interface CompleterDeps {
  readonly services: Services;
  readonly timeoutMilliseconds: number;
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
  const safe = found.filter(isSafeName);
  return filterByPrefix(
    start,
    safe.map((value) => ({ value })),
  );
}

/** Returns a completer's values, or none if it fails or takes too long. */
async function runCompleter(
  completer: Completer,
  start: string,
  { services, timeoutMilliseconds }: CompleterDeps,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, timeoutMilliseconds, []);
  });
  try {
    return await Promise.race([completer(start, services), timeout]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
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
  return {
    suggestions: suggestions.map((suggestion) => ({
      ...suggestion,
      value: `${prefix}${suggestion.value}`,
    })),
    files,
  };
}

/**
 * Formats a completion for the completion scripts: one suggestion per line, followed by a TAB and its
 * description if it has one. The last line is `:files` if the shell should complete file names,
 * otherwise `:none`.
 */
export function formatCompletion({ suggestions, files }: Completion): string {
  return [...suggestions.map(formatSuggestion), files ? ':files' : ':none', ''].join('\n');
}

export function formatSuggestion({ value, description = '' }: Suggestion): string {
  return description === '' ? value : `${value}\t${toPrintable(description)}`;
}
