import type { Option } from 'commander';

/** Reads a line word by word as commander would, but knows at any time what may come next. */
export interface OptionReader {
  /** Adds the options that are known from here on, e.g. those of the command just named. */
  readonly addOptions: (options: readonly Option[]) => void;
  /** @returns whether the word is an operand, neither a flag nor the value of one. */
  readonly readWord: (word: string) => boolean;
  /** The option whose value comes next; `needed` means that even a word with a dash is one. */
  readonly pendingOption: () => { readonly option: Option; readonly needed: boolean } | undefined;
  /** Whether `--` was read: no word after it is a flag. */
  readonly isPastOptions: () => boolean;
  readonly options: () => readonly Option[];
  readonly isSet: (option: Option) => boolean;
  /** The option that a flag names, in its long or its short form. */
  readonly find: (flag: string) => Option | undefined;
  /** What was given so far, as commander's `opts()` would hold it. */
  readonly opts: () => Readonly<Record<string, unknown>>;
}

export function createOptionReader(): OptionReader {
  let known: readonly Option[] = [];
  let awaiting: { option: Option; needed: boolean } | undefined;
  let isLiteral = false;
  const given = new Map<Option, string | boolean>();

  const find = (flag: string) => known.find(({ long, short }) => flag === long || flag === short);

  const readFlag = (flag: string) => {
    const option = find(flag);
    if (!option) return false;
    given.set(option, !option.negate);
    if (takesValue(option)) awaiting = { option, needed: option.required };
    return true;
  };

  /** `-kx` and `-pVALUE`: letters up to the first that takes a value. */
  const readShortFlags = (letters: string) => {
    for (let at = 0; at < letters.length; at += 1) {
      if (!readFlag(`-${letters.charAt(at)}`)) return;
      const rest = letters.slice(at + 1);
      if (awaiting && rest !== '') {
        given.set(awaiting.option, rest);
        awaiting = undefined;
        return;
      }
    }
  };

  const readFlagWord = (word: string) => {
    if (readFlag(word)) return;
    const [flag, value] = splitFlag(word);
    const option = find(flag);
    if (option && value !== undefined) given.set(option, value);
    else if (!word.startsWith('--')) readShortFlags(word.slice(1));
  };

  return {
    // A command's own option hides a global one of the same name.
    addOptions: (options) => {
      known = [...options, ...known];
    },
    readWord(word) {
      if (isLiteral) return true;
      const before = awaiting;
      awaiting = undefined;
      if (before && (before.needed || !isFlag(word))) {
        given.set(before.option, word);
        if (before.option.variadic) awaiting = { ...before, needed: false };
        return false;
      }
      if (word === '--') isLiteral = true;
      else if (isFlag(word)) readFlagWord(word);
      else return true;
      return false;
    },
    pendingOption: () => awaiting,
    isPastOptions: () => isLiteral,
    options: () => known,
    isSet: (option) => given.has(option),
    find,
    opts: () =>
      Object.fromEntries([...given].map(([option, value]) => [option.attributeName(), value])),
  };
}

/** `--flag=value` in its two parts; without `=` there is no value. */
export function splitFlag(word: string): [flag: string, value?: string] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at !== -1 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}

export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}
