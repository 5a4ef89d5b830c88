import type { UaaTarget } from '../contexts/targets.js';
import { TpksError } from '../errors.js';
import { firstLines, type Problem } from '../input/problems.js';
import type { OldLogin } from './old-login.js';

/** The content of a file of the original CLIs. */
export interface OldFile {
  /** The path as shown to the user; `stdin` for standard input. */
  readonly path: string;
  readonly kind: 'pks' | 'uaac';
  readonly targets: readonly OldTarget[];
  readonly logins: readonly OldLogin[];
  /** `false` if there are targets that tpks does not support, but that `uaac` can still use. */
  readonly isComplete: boolean;
  /** The entries that cannot be imported. */
  readonly unusable: readonly UnusableEntry[];
  /** What is imported differently from what the file says. */
  readonly notes: readonly string[];
}

/** A target of `uaac`. */
export interface OldTarget extends UaaTarget {
  readonly line: number;
  /** It is the current target in the file. */
  readonly isCurrent: boolean;
  /** The current context at this target; one of the logins of the file. */
  readonly currentLogin: OldLogin | undefined;
}

/** An entry of a file that cannot be imported. */
export interface UnusableEntry {
  readonly file: string;
  readonly line: number;
  readonly label: string;
  readonly reason: string;
}

/** Creates the error for a file that does not have a known format. All problems are in the hint. */
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
