import { TpksError } from '../../base/errors.js';
import type { ValuePath } from './parsed-text.js';

/** A file or an option that a user passed: its value, and the line of each part. */
export interface InputFile {
  /** The path as the user typed it, `stdin`, or the name of the option. */
  readonly path: string;
  readonly value: unknown;
  /** The line of a part, counted from 1; for a missing part, its parent's line. */
  readonly lineOf: (valuePath: ValuePath) => number;
}

/** An error in a file. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Reports what is wrong with a part of a file. */
export type Report = (valuePath: ValuePath, text: string) => void;

/** Collects the problems of a file, so that all of them are reported together. */
export function createProblems({ path, lineOf }: Pick<InputFile, 'path' | 'lineOf'>) {
  const all: Problem[] = [];
  const report: Report = (valuePath, text) => void all.push({ line: lineOf(valuePath), text });
  return {
    all,
    report,
    /** @throws {TpksError} `usage` with every problem, sorted by line */
    throwIfAny: () => {
      if (all.length > 0) throw problemsError(path, all);
    },
  };
}

/** All problems of a file as one error, sorted by line. */
export function problemsError(path: string, problems: readonly Problem[]): TpksError {
  const sorted = [...problems].sort((one, other) => one.line - other.line);
  const lines = sorted.map(({ line, text }) => `line ${String(line)}: ${text}`);
  const summary = `${path} has ${String(sorted.length)} problem${sorted.length === 1 ? '' : 's'}`;
  return new TpksError('usage', `Nothing was sent: ${summary}`, {
    summary,
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
