import { TpksError } from '../../base/errors.js';

/** The path from the root of a value to one of its parts: keys and indexes. */
export type ValuePath = readonly (string | number)[];

/** A problem in a text. */
export interface TextProblem {
  /** Offset from the start of the text. */
  readonly offset: number;
  readonly text: string;
}

/** The value that a text describes. */
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

/** An error in a file. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Reports what is wrong with a part of a file. */
export type Report = (valuePath: ValuePath, text: string) => void;

/** Collects the problems of a file, so that all of them are reported together. */
export interface Problems {
  readonly all: readonly Problem[];
  readonly report: Report;
  /** @throws {TpksError} `usage` with every problem, sorted by line */
  readonly throwIfAny: () => void;
}

export function createProblems({ path, lineOf }: Pick<InputFile, 'path' | 'lineOf'>): Problems {
  const all: Problem[] = [];
  return {
    all,
    report: (valuePath, text) => void all.push({ line: lineOf(valuePath), text }),
    throwIfAny: () => {
      if (all.length > 0) throw problemsError(path, all);
    },
  };
}

/** All problems of a file as one error, sorted by line. */
export function problemsError(path: string, problems: readonly Problem[]): TpksError {
  const sorted = [...problems].sort((one, other) => one.line - other.line);
  const lines = sorted.map(({ line, text }) => `line ${String(line)}: ${text}`);
  const count = `${String(sorted.length)} problem${sorted.length === 1 ? '' : 's'}`;
  return new TpksError('usage', `Nothing was sent: ${path} has ${count}`, {
    hint: firstLines(lines).join('\n'),
  });
}

/** A longer list would not help the user. */
const maximumLines = 20;

/** The first lines of a list of problems, and how many more there are. */
export function firstLines(lines: readonly string[]): readonly string[] {
  const rest = lines.length - maximumLines;
  return rest > 0 ? [...lines.slice(0, maximumLines), `and ${String(rest)} more`] : lines;
}

/**
 * Removes what a message of the parser quotes from the file, because that may be a part of a token.
 * @param text - the text of a `TextProblem`.
 */
export function withoutExcerpt(text: string): string {
  if (/^[-+\d]/.test(text)) return 'this number is too long; put it in quotes';
  const [, prefix = '', message = ''] =
    /^(this is not valid JSON or YAML: )?(.*)$/s.exec(text) ?? [];
  return prefix + message.replace(/(?:(?<! ):|[!%*\\]|(?<= version ).).*$/s, '').trimEnd();
}

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
