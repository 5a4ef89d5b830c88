/** The position of a part in the value of a file: keys and indexes from the root. */
export type Place = readonly (string | number)[];

/** A problem in a text. */
export interface Fault {
  /** Offset from the start of the text. */
  readonly offset: number;
  readonly text: string;
}

/** The value of a text, and the offsets of its parts. */
export interface ParsedText {
  /** Not valid if there are faults. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** Start of a part, or of its key if it has one; for a missing part, that of its parent. */
  readonly offsetOf: (place: Place) => number;
}

/** Message for a key that an object contains twice. */
export const duplicateKey = 'this is not valid JSON or YAML: Map keys must be unique';

/**
 * Maximum nesting of objects and lists. No real file comes close, and a few thousand levels would
 * overflow the stack of recursive code.
 */
export const maximumDepth = 100;
