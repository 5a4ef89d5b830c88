/** Where in a file's value something is: keys and indexes from the root on. */
export type Place = readonly (string | number)[];

/** A problem in a text. */
export interface Fault {
  /** Offset from the start of the text. */
  readonly offset: number;
  readonly text: string;
}

/** The value of a text, and where in the text its parts are. */
export interface ParsedText {
  /** Not valid if there are faults. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** Where a part begins, at its key if it has one; if it does not exist, what would contain it. */
  readonly offsetOf: (place: Place) => number;
}

/** The fault of a key that an object has twice. */
export const duplicateKey = 'this is neither JSON nor YAML: Map keys must be unique';

/**
 * Levels of objects and lists. No file needs as many, and a few thousand would exhaust the stack of
 * the code that walks through the value.
 */
export const maximumDepth = 100;
