import { errorMessage, exitCodes, isTpksError, TpksError } from './errors.js';
import { redact } from './secret.js';
import { printable } from './terminal/sanitize.js';
import { wrongWord } from './wrong-word.js';

/** An error as the process shows it. */
export interface Report {
  readonly exitCode: number;
  /** Whether the output is already complete, e.g. because help was requested. */
  readonly silent: boolean;
  /** An empty line, `Error: …` and `Hint: …`, as the original writes errors. */
  readonly text: string;
  readonly json: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
      readonly retryable: boolean;
      readonly status: number | null;
    };
  };
}

export interface ReportInput {
  /** The command that was typed, e.g. `tpks uaa user add`. */
  readonly command: string;
  /** Lines of the stack trace, printed only if the error is a bug. */
  readonly stackTrace: readonly string[];
}

/** For errors that only a bug in tpks can cause. */
export const bugHint = 'this is a bug; run it again with --trace and report what it prints';

/** Describes anything that was thrown, without secrets and control characters. */
export function toReport(thrown: unknown, { command, stackTrace }: ReportInput): Report {
  const help = helpCode(thrown);
  const error = isTpksError(thrown) ? thrown : toTpksError(thrown, command);
  const { kind, status } = error;
  const message = safe(error.message);
  const hint = error.hint === undefined ? undefined : error.hint.split('\n').map(safe);
  const stack = error.cause === thrown ? stackTrace.map(safe) : [];
  return {
    exitCode: help ?? exitCodes[kind],
    silent: help !== undefined || kind === 'changes',
    text: [
      '',
      `Error: ${message}`,
      ...(hint ?? []).map((line, at) => `${at === 0 ? 'Hint: ' : '      '}${line}`),
      ...stack,
      '',
    ].join('\n'),
    json: {
      error: {
        code: kind,
        message,
        hint: hint?.join('\n') ?? null,
        retryable: kind === 'unavailable',
        status: status ?? null,
      },
    },
  };
}

/** Commander ends help with an error: exit 0 if help was requested, 2 if a subcommand is missing. */
function helpCode(thrown: unknown): number | undefined {
  const code = commanderCode(thrown);
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return 0;
  return code === 'commander.help' ? exitCodes.usage : undefined;
}

function toTpksError(thrown: unknown, command: string): TpksError {
  const code = commanderCode(thrown);
  const message = errorMessage(thrown);
  if (code !== undefined) return wrongWord(message, command);
  return new TpksError('failed', `tpks itself failed: ${message}`, {
    hint: bugHint,
    cause: thrown,
  });
}

function commanderCode(thrown: unknown): string | undefined {
  const code: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'string' && code.startsWith('commander.') ? code : undefined;
}

function safe(text: string): string {
  return printable(redact(text));
}
