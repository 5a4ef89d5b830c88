import type { Option } from 'commander';

/** The last option, if the next word can be its value. */
interface PendingOption {
  readonly option: Option;
  /** Whether the next word is the value even if it starts with a dash. */
  readonly needed: boolean;
}

/** Parses a command line word by word like Commander, and reports what can follow at any point. */
export class OptionReader {
  options: readonly Option[] = [];
  pending: PendingOption | undefined;
  /** Whether `--` was read, after which no word is a flag. */
  isPastOptions = false;
  private readonly values = new Map<Option, string | boolean>();

  /** Adds options that are valid from here on. They override earlier options with the same name. */
  addOptions(options: readonly Option[]): void {
    this.options = [...options, ...this.options];
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

  /** Finds an option by its long or short flag. */
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
    const [flag, value] = splitFlag(word);
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
