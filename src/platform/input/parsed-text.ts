/** The path from the root of a value to one of its parts: keys and indexes. */
export type ValuePath = readonly (string | number)[];

/** A problem in a text. */
export interface TextProblem {
  /** Offset from the start of the text. */
  readonly offset: number;
  readonly text: string;
}

/** The value that a text describes, and the offsets of its parts. */
export interface ParsedText {
  /** Meaningless if there are problems. */
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
  /** Start of a part, or of its key if it has one; for a missing part, its parent's start. */
  readonly offsetOf: (valuePath: ValuePath) => number;
}

/** A file or an option that a user passed: its value, and the line of each part. */
export interface InputFile {
  /** The path as the user typed it, `stdin`, or the name of the option. */
  readonly path: string;
  readonly value: unknown;
  /** The line of a part, counted from 1; for a missing part, its parent's line. */
  readonly lineOf: (valuePath: ValuePath) => number;
}

/** Message for a key that an object contains twice. */
export const duplicateKey = 'this is not valid JSON or YAML: Map keys must be unique';

/**
 * Maximum nesting of objects and lists. No real file comes close, and a few thousand levels would
 * overflow the stack of recursive code.
 */
export const maximumDepth = 100;
