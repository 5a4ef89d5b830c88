import { allOptions, extraOptions, type UaacOption } from './options.js';

/** The values of the options on a command line, by name; toggles and flags have booleans. */
export type OptionValues = ReadonlyMap<string, readonly (string | boolean | undefined)[]>;

/** A command line, split into words and options. */
export interface ParsedLine {
  /** The command words and the arguments. */
  readonly words: readonly string[];
  readonly options: OptionValues;
}

/** Why a command line is invalid, with the wording of Ruby's OptionParser. */
export interface ParseProblem {
  /** E.g. `InvalidOption`. */
  readonly type: string;
  readonly message: string;
}

/**
 * Parses a command line by the rules of Ruby's OptionParser, which `uaac` uses: options can be
 * anywhere, and a long option may be abbreviated to any unique prefix.
 */
export function parseOptions(argv: readonly string[]): ParsedLine | ParseProblem {
  const rest = [...argv];
  const words: string[] = [];
  const options = new Map<string, (string | boolean | undefined)[]>();
  const store = ({ name }: UaacOption, value: string | boolean | undefined): void => {
    options.set(name, [...(options.get(name) ?? []), value]);
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest);
      break;
    }
    if (!/^-./s.test(word)) {
      words.push(word);
      continue;
    }
    const problem = word.startsWith('--')
      ? parseLong(word, rest, store)
      : parseShort(word, rest, store);
    if (problem !== undefined) return problem;
  }
  return { words, options };
}

type Store = (option: UaacOption, value: string | boolean | undefined) => void;

function parseLong(word: string, rest: string[], store: Store): ParseProblem | undefined {
  const [, typed = '', , value] = /^--([^=]*)(=(.*))?$/s.exec(word) ?? [];
  const found = completeOption(typed);
  if ('type' in found) return { ...found, message: `${found.message}: ${word}` };
  const { option, isOn } = found;
  return readValue({ option, isOn, typed: word, value, rest, store });
}

interface OptionUse {
  readonly option: UaacOption;
  readonly isOn: boolean;
  readonly typed: string;
  readonly value: string | undefined;
  readonly rest: string[];
  readonly store: Store;
}

function readValue(use: OptionUse): ParseProblem | undefined {
  const { option, isOn, typed, value, rest, store } = use;
  if (option.kind === 'flag' || option.kind === 'toggle') {
    if (value !== undefined)
      return { type: 'NeedlessArgument', message: `needless argument: ${typed}` };
    store(option, isOn);
    return undefined;
  }
  if (value !== undefined) {
    store(option, value);
    return undefined;
  }
  const [next] = rest;
  const hasNext = next !== undefined && (option.kind === 'value' || !/^-./s.test(next));
  if (!hasNext && option.kind === 'value') {
    return { type: 'MissingArgument', message: `missing argument: ${typed}` };
  }
  store(option, hasNext ? rest.shift() : undefined);
  return undefined;
}

/** Parses `-s VALUE`, `-sVALUE` and several letters without values, such as `-bk`. */
function parseShort(word: string, rest: string[], store: Store): ParseProblem | undefined {
  const letter = word.charAt(1);
  const attached = word.slice(2);
  const value = attached === '' ? undefined : attached.replace(/^=/, '');
  const option = allOptions.find((each) => each.letter === letter);
  if (option === undefined) {
    const found = completeOption(letter);
    if ('type' in found) return { ...found, message: `${found.message}: -${letter}` };
    return readValue({ ...found, typed: `-${letter}`, value, rest, store });
  }
  if (option.kind !== 'flag' && option.kind !== 'toggle') {
    return readValue({ option, isOn: true, typed: `-${letter}`, value, rest, store });
  }
  store(option, true);
  return attached === '' ? undefined : parseShort(`-${attached}`, rest, store);
}

interface Spelling {
  readonly text: string;
  readonly option: UaacOption;
  readonly isOn: boolean;
}

function listSpellings(options: readonly UaacOption[]): readonly Spelling[] {
  return options.flatMap((option) => [
    { text: option.name, option, isOn: true },
    ...(option.kind === 'toggle' ? [{ text: `no-${option.name}`, option, isOn: false }] : []),
  ]);
}

const spellings = listSpellings(allOptions);
const extraSpellings = listSpellings(extraOptions);

/** Finds the option for an exact name, or for a prefix that only one option has. */
function completeOption(typed: string): Spelling | ParseProblem {
  const exact = [...spellings, ...extraSpellings].find(({ text }) => text === typed);
  if (exact !== undefined) return exact;
  const prefix = typed.toLowerCase();
  const [first, ...others] = spellings.filter(({ text }) => text.startsWith(prefix));
  if (typed === '' || first === undefined) {
    return { type: 'InvalidOption', message: 'invalid option' };
  }
  if (others.some(({ option }) => option !== first.option)) {
    return { type: 'AmbiguousOption', message: 'ambiguous option' };
  }
  return first;
}
