import type { Option } from 'commander';

/** Parses a command line word by word like Commander, and reports what can follow at any point. */
export interface OptionReader {
  /** Adds options that are valid from here on, e.g. the options of the command that was just read. */
  readonly addOptions: (options: readonly Option[]) => void;
  /** Reads the next word. @returns whether it is an operand: neither a flag nor the value of one. */
  readonly readWord: (word: string) => boolean;
  /** The option whose value can follow. If `needed`, even a word that starts with a dash is its value. */
  readonly pendingOption: () => { readonly option: Option; readonly needed: boolean } | undefined;
  /** Whether `--` was read, after which no word is a flag. */
  readonly isPastOptions: () => boolean;
  readonly options: () => readonly Option[];
  readonly isSet: (option: Option) => boolean;
  /** Finds an option by its long or short flag. */
  readonly find: (flag: string) => Option | undefined;
  /** The options read so far, in the form of Commander's `opts()`. */
  readonly opts: () => Readonly<Record<string, unknown>>;
}

export function createOptionReader(): OptionReader {
  let known: readonly Option[] = [];
  let pending: { option: Option; needed: boolean } | undefined;
  let isLiteral = false;
  const values = new Map<Option, string | boolean>();

  const find = (flag: string) => known.find(({ long, short }) => flag === long || flag === short);

  const readFlag = (flag: string) => {
    const option = find(flag);
    if (!option) return false;
    values.set(option, !option.negate);
    if (takesValue(option)) pending = { option, needed: option.required };
    return true;
  };

  /** Reads combined short flags (`-kx`) and values without a space (`-pVALUE`). */
  const readShortFlags = (letters: string) => {
    for (let index = 0; index < letters.length; index += 1) {
      if (!readFlag(`-${letters.charAt(index)}`)) return;
      const rest = letters.slice(index + 1);
      if (pending && rest !== '') {
        values.set(pending.option, rest);
        pending = undefined;
        return;
      }
    }
  };

  const readFlagWord = (word: string) => {
    if (readFlag(word)) return;
    const [flag, value] = splitFlag(word);
    const option = find(flag);
    if (option && value !== undefined) values.set(option, value);
    else if (!word.startsWith('--')) readShortFlags(word.slice(1));
  };

  return {
    // An option of a command overrides a global option with the same name.
    addOptions: (options) => {
      known = [...options, ...known];
    },
    readWord(word) {
      if (isLiteral) return true;
      const before = pending;
      pending = undefined;
      if (before && (before.needed || !isFlag(word))) {
        values.set(before.option, word);
        if (before.option.variadic) pending = { ...before, needed: false };
        return false;
      }
      if (word === '--') isLiteral = true;
      else if (isFlag(word)) readFlagWord(word);
      else return true;
      return false;
    },
    pendingOption: () => pending,
    isPastOptions: () => isLiteral,
    options: () => known,
    isSet: (option) => values.has(option),
    find,
    opts: () =>
      Object.fromEntries([...values].map(([option, value]) => [option.attributeName(), value])),
  };
}

/** Splits `--flag=value`; without `=` there is no value. */
export function splitFlag(word: string): [flag: string, value?: string] {
  const equals = word.indexOf('=');
  return word.startsWith('--') && equals !== -1
    ? [word.slice(0, equals), word.slice(equals + 1)]
    : [word];
}

export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}
