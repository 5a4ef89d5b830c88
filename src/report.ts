import { errorCode, errorMessage, exitCodes, isTpksError, TpksError } from './errors.js';
import { ownValue } from './own-value.js';
import { redact } from './secret.js';
import { printable } from './terminal/sanitize.js';

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
export function toReport(thrownValue: unknown, { command, stackTrace }: ReportInput): Report {
  const help = findHelpExitCode(thrownValue);
  const error = isTpksError(thrownValue) ? thrownValue : toTpksError(thrownValue, command);
  const { kind, status } = error;
  const message = sanitize(error.message);
  const hint = error.hint === undefined ? undefined : error.hint.split('\n').map(sanitize);
  const stack = error.cause === thrownValue ? stackTrace.map(sanitize) : [];
  return {
    exitCode: help ?? exitCodes[kind],
    silent: help !== undefined || kind === 'changes',
    text: [
      '',
      `Error: ${message}`,
      ...(hint ?? []).map((line, index) => `${index === 0 ? 'Hint: ' : '      '}${line}`),
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
function findHelpExitCode(thrownValue: unknown): number | undefined {
  const code = findCommanderCode(thrownValue);
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return 0;
  return code === 'commander.help' ? exitCodes.usage : undefined;
}

function toTpksError(thrownValue: unknown, command: string): TpksError {
  const code = findCommanderCode(thrownValue);
  const message = errorMessage(thrownValue);
  if (code !== undefined) return usageError(message, command);
  return new TpksError('failed', `tpks itself failed: ${message}`, {
    hint: bugHint,
    cause: thrownValue,
  });
}

function findCommanderCode(thrownValue: unknown): string | undefined {
  const code = errorCode(thrownValue);
  return code?.startsWith('commander.') === true ? code : undefined;
}

function sanitize(text: string): string {
  return printable(redact(text));
}

/**
 * The error for a mistake on the command line, in the wording of the original CLI if it differs from
 * commander's.
 *
 * @param message - commander's message.
 * @param command - the command whose help lists the alternatives, e.g. `tpks uaa user add`.
 * @see pks-cli, section 13
 */
function usageError(message: string, command: string): TpksError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, word = ''] = /^unknown (?:command|option) '([^']*)'/.exec(text) ?? [];
  return new TpksError('usage', toOriginalWording(text), {
    hint: [...(ownValue(missingFeatures, word) ?? []), `${command} --help`].join('\n'),
  });
}

function toOriginalWording(text: string): string {
  return text
    .replace(/^unknown option '(--[^']*)'/, 'unknown flag: $1')
    .replace(/^unknown option '(-(.)[^']*)'/u, "unknown shorthand flag: '$2' in $1");
}

const noPublicApi = ['the API for it is not public, see: tpks help from-pks'];
const plannedLater = ['planned for a later release, see: tpks help from-pks'];

/** Commands and options of the original that tpks does not have. @see pks-api, section 12 */
const missingFeatures: Readonly<Record<string, readonly string[]>> = {
  certificates: noPublicApi,
  'rotate-certificates': noPublicApi,
  'rotate-certs': noPublicApi,
  'promote-cluster-to-policy': noPublicApi,
  'promote-cluster': noPublicApi,
  '--pre-check': noPublicApi,
  'get-credentials': plannedLater,
  'get-kubeconfig': plannedLater,
};
