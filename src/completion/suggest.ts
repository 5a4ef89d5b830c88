import type { Argument, Option } from 'commander';
import type { Entry } from '../commands/contents.js';
import { isPrintable, printable } from '../terminal/sanitize.js';
import { completerOf, takesFileNames, type Completer } from './completer.js';
import { splitFlag, takesValue, type OptionReader } from './option-reader.js';
import { findPlace, type PlaceDeps } from './place.js';

/** One word that may stand where the cursor is. */
export interface Suggestion {
  readonly value: string;
  readonly description?: string | undefined;
}

export interface Completion {
  readonly suggestions: readonly Suggestion[];
  /** Whether names of files may stand here: the shell knows them best. */
  readonly files: boolean;
}

interface SuggestDeps extends PlaceDeps {
  /** How long a completer may take; 1000 if absent. */
  readonly patienceMilliseconds?: number;
}

const nothing: Completion = { suggestions: [], files: false };

/**
 * What may stand where the cursor is: commands, flags, or values.
 *
 * @param words - the words after the program's name up to the cursor. The last one, perhaps empty,
 *   is the one to complete.
 */
export async function suggest(words: readonly string[], deps: SuggestDeps): Promise<Completion> {
  const { patienceMilliseconds = 1000 } = deps;
  const place = await findPlace(words.slice(0, -1), deps);
  if (!place) return nothing;

  const { options, entries, argument } = place;
  const current = words.at(-1) ?? '';
  const dashed = current.startsWith('-') && !options.isLiteral();
  const awaiting = options.awaiting();
  if (awaiting && (awaiting.needed || !dashed)) {
    return values(awaiting.option, current, patienceMilliseconds);
  }
  if (dashed) {
    const [flag, start] = splitFlag(current);
    if (start === undefined) return starting(current, flags(options));
    const option = options.find(flag);
    if (!option || !takesValue(option)) return nothing;
    return prefixed(`${flag}=`, await values(option, start, patienceMilliseconds));
  }
  if (entries) return starting(current, names(entries, current));
  if (argument) return values(argument, current, patienceMilliseconds);
  // Where there is no more argument to give, only flags can follow.
  return current === '' && !options.isLiteral() ? starting('--', flags(options)) : nothing;
}

/** The names of commands; an alias only where no name fits, as each command is offered once. */
function names(entries: readonly Entry[], start: string): Suggestion[] {
  const visible = entries.filter(({ hidden }) => hidden !== true);
  const byName = visible.map(({ name, summary }) => ({ value: name, description: summary }));
  if (byName.some(({ value }) => value.startsWith(start))) return byName;
  return visible.flatMap(({ aliases = [], summary }) =>
    aliases.map((alias) => ({ value: alias, description: summary })),
  );
}

/** The flags that may still be given, all long forms before the short ones. */
function flags({ known, isGiven }: OptionReader): Suggestion[] {
  const open = known().filter(
    (option) => !option.hidden && (!isGiven(option) || isRepeatable(option)),
  );
  const forms = open.flatMap(({ long, short, description }) =>
    [long, short].flatMap((value) => (value === undefined ? [] : [{ value, description }])),
  );
  const isLong = ({ value }: Suggestion) => value.startsWith('--');
  return [...forms.filter(isLong), ...forms.filter((form) => !isLong(form))];
}

/** An option that collects its values says so by `...`, or by a list as its default. */
function isRepeatable({ variadic, defaultValue }: Option): boolean {
  return variadic || Array.isArray(defaultValue);
}

async function values(
  target: Argument | Option,
  start: string,
  patienceMilliseconds: number,
): Promise<Completion> {
  if (takesFileNames(target)) return { suggestions: [], files: true };
  const completer = completerOf(target);
  const found = [
    ...(target.argChoices ?? []),
    ...(completer ? await patiently(completer, start, patienceMilliseconds) : []),
  ];
  // A name from a server must not turn into a flag by being completed.
  const safe = found.filter((value) => isPrintable(value) && !/^(?:-|$)/.test(value));
  return starting(
    start,
    safe.map((value) => ({ value })),
  );
}

/** A completer's values; none if it fails or takes too long. */
async function patiently(
  completer: Completer,
  start: string,
  milliseconds: number,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, milliseconds, []);
  });
  try {
    return await Promise.race([completer(start), tooLong]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** Those that continue what is typed; of two for the same word the first. */
function starting(start: string, suggestions: readonly Suggestion[]): Completion {
  const seen = new Set<string>();
  const fitting = suggestions.filter(({ value }) => {
    const fits = value.startsWith(start) && !seen.has(value);
    seen.add(value);
    return fits;
  });
  return { suggestions: fitting, files: false };
}

function prefixed(prefix: string, { suggestions, files }: Completion): Completion {
  return {
    suggestions: suggestions.map((each) => ({ ...each, value: `${prefix}${each.value}` })),
    files,
  };
}

/**
 * A completion as the scripts of all shells read it: one suggestion a line, with a TAB before its
 * description if there is one. The last line tells the shell what else to offer: `:files` or
 * `:none`.
 */
export function toReply({ suggestions, files }: Completion): string {
  const lines = suggestions.map(({ value, description = '' }) =>
    description === '' ? value : `${value}\t${printable(description)}`,
  );
  return [...lines, files ? ':files' : ':none', ''].join('\n');
}
