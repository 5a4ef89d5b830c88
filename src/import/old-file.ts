import type { UaaTarget } from '../contexts/targets.js';
import { TpksError } from '../errors.js';
import { firstLines, type Problem } from '../input/problems.js';
import type { OldSession } from './old-session.js';

/** The parsed content of a file of the original CLIs. */
export interface OldFile {
  /** The path as shown to the user; `stdin` for standard input. */
  readonly path: string;
  readonly kind: 'pks' | 'uaac';
  readonly targets: readonly OldTarget[];
  readonly sessions: readonly OldSession[];
  /** The entries that cannot be imported. */
  readonly unusable: readonly UnusableEntry[];
  /** Differences between the file and what is imported, as sentences. */
  readonly notes: readonly string[];
}

/** A target of `uaac`. */
export interface OldTarget extends UaaTarget {
  readonly line: number;
  /** Whether it is the current target in the file. */
  readonly isCurrent: boolean;
  /** The session of the target's current context; one of `sessions`. */
  readonly currentSession: OldSession | undefined;
}

/** An entry of a file that cannot be imported. */
export interface UnusableEntry {
  readonly file: string;
  readonly line: number;
  readonly label: string;
  readonly reason: string;
  /** Whether the entry is a target whose sessions may still be valid; `false` if absent. */
  readonly hasSessions?: boolean;
}

/** Creates the error for a file in an unknown format. All problems are in the hint. */
export function invalidFileError(path: string, problems: readonly Problem[]): TpksError {
  const [first, ...others] = [...problems].sort((one, other) => one.line - other.line);
  const lines = others.map(({ line, text }) => `line ${String(line)}: ${text}`);
  return new TpksError(
    'usage',
    `Cannot import ${path}, line ${String(first?.line ?? 1)}: ${first?.text ?? 'unknown format'}`,
    {
      hint: [...firstLines(lines), importOtherHint].join('\n'),
    },
  );
}

export const importOtherHint =
  'nothing was imported; correct the file, or import another one: tpks import FILE';
