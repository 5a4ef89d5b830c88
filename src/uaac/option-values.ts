import { parseWordList } from '../commands/word-list.js';
import type { OptionValues } from './parse-options.js';

/** Typed access to the options of a command line. */
export interface UaacOptions {
  /** The value of an option; the last one if it was repeated. */
  readonly text: (name: string) => string | undefined;
  /** All values of a repeatable option. */
  readonly texts: (name: string) => readonly string[];
  /** The words of a list, separated by commas or spaces; `undefined` if the option was not given. */
  readonly list: (name: string) => readonly string[] | undefined;
  /** `undefined` if neither the flag nor its negation was given. */
  readonly flag: (name: string) => boolean | undefined;
  readonly has: (name: string) => boolean;
  /** The names of all options on the command line. */
  readonly names: readonly string[];
}

export function createUaacOptions(values: OptionValues): UaacOptions {
  const texts = (name: string): readonly string[] =>
    (values.get(name) ?? []).flatMap((value) => (typeof value === 'string' ? [value] : []));
  return {
    text: (name) => texts(name).at(-1),
    texts,
    list: (name) => (values.has(name) ? parseWordList(texts(name).join(',')) : undefined),
    flag: (name) => {
      const last = values.get(name)?.at(-1);
      return typeof last === 'boolean' ? last : undefined;
    },
    has: (name) => values.has(name),
    names: [...values.keys()],
  };
}
