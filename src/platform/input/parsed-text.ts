/** The path from the root of a value to one of its parts: keys and indexes. */
export type ValuePath = readonly (string | number)[];

export interface TextProblem {
  /** Offset from the start of the text. */
  readonly offset: number;
  /** May quote the file. */
  readonly text: string;
  /** Like `text`, but quotes nothing from the file, because that may be a part of a token. */
  readonly safeText: string;
}

/** Creates a problem of a text that is not valid. @param reason - the message of the parser. */
export function invalidTextProblem(offset: number, reason: string): TextProblem {
  return { offset, text: invalidPrefix + reason, safeText: invalidPrefix + removeExcerpt(reason) };
}

const invalidPrefix = 'this is not valid JSON or YAML: ';

/** Removes the excerpt of the file that a parser's message quotes, and everything after it. */
export function removeExcerpt(reason: string): string {
  return reason.replace(/(?:(?<! ):|[!%*\\]|(?<= version ).).*$/s, '').trimEnd();
}

export interface ParsedValue {
  /** Meaningless if there are problems. */
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
}

/** The value that a text describes, and the offsets of its parts. */
export interface ParsedText extends ParsedValue {
  /** Start of a part, or of its key if it has one; for a missing part, its parent's start. */
  readonly offsetOf: (valuePath: ValuePath) => number;
}

/** The parser's message for a key that an object contains twice. */
export const duplicateKey = 'Map keys must be unique';

/** Maximum nesting. A few thousand levels would overflow the stack of recursive code. */
export const maximumDepth = 100;

/** @returns a function from offsets in a text to lines, counted from 1. */
export function createLineFinder(text: string): (offset: number) => number {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= findLineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    starts.push(index + 1);
  }
  return starts;
}
