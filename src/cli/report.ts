import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { errorCode, errorMessage, exitCodes, isTpksError, TpksError } from '../base/errors.js';
import { toPrintable } from '../base/sanitize.js';
import { redact } from '../base/secret.js';
import type { Environment } from '../platform/config/environment.js';
import { readText } from '../platform/disk/bounded-read.js';
import { isColorEnabled, loadPaint } from '../platform/terminal/lines.js';
import type { Screen } from '../platform/terminal/terminal-io.js';

/** An error in the forms that the process prints. */
export interface Report {
  readonly exitCode: number;
  /** Whether nothing is printed, e.g. after help was shown, or if the user has just seen the error. */
  readonly silent: boolean;
  /** An empty line as in the original CLI, then `Error: ...` and `Hint: ...`. */
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
  /** Full name of the command, e.g. `tpks uaa user add`. */
  readonly command: string;
  /** Whether the error is printed as JSON, so that no help is shown for a missing subcommand. */
  readonly json?: boolean;
  /** Lines of the stack trace; printed only for a bug. */
  readonly stackTrace: readonly string[];
}

/** Hint for errors that only a bug in tpks can cause. */
export const bugHint =
  'this is a bug in tpks; run the command again with --trace and report the output';

/** Converts any thrown value to a report without secrets or control characters. */
export function toReport(
  thrownValue: unknown,
  { command, json = false, stackTrace }: ReportInput,
): Report {
  const help = findHelpExitCode(thrownValue, json);
  const error = isTpksError(thrownValue) ? thrownValue : toTpksError(thrownValue, command);
  const { kind, status } = error;
  const message = sanitize(error.message);
  const hint = (error.hint ?? responseHint(error, command))?.split('\n').map(sanitize);
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

/**
 * The hint for an error response of a server that no other module explains.
 * @returns `undefined` for all other errors.
 */
function responseHint({ kind, status }: TpksError, command: string): string | undefined {
  if (status === undefined || status < 400) return undefined;
  const details = 'to show the request and the response, run the command again with --trace';
  if (kind === 'unauthenticated' || kind === 'forbidden') {
    const showIdentity = /^(?:tpks uaa|uaac)\b/.test(command) ? 'tpks uaa context' : 'tpks status';
    return `show your identity and its scopes: ${showIdentity}\n${details}`;
  }
  return `check the arguments: ${command} --help\n${details}`;
}

/** Whether Commander rejected the command line for a reason other than a missing subcommand. */
export function isUsageError(thrownValue: unknown): boolean {
  return (
    findCommanderCode(thrownValue) !== undefined &&
    findHelpExitCode(thrownValue, false) === undefined &&
    !isSubcommandMissing(thrownValue)
  );
}

/** Every command accepts --output, so only a group without a subcommand does not know it. */
function isSubcommandMissing(thrownValue: unknown): boolean {
  return (
    findCommanderCode(thrownValue) === missingCommandCode ||
    /^error: unknown option '(?:-o|--output)\b/.test(errorMessage(thrownValue))
  );
}

/**
 * After printing help, Commander throws: exit 0 if help was requested, 2 if a subcommand is missing.
 * @returns `undefined` if there is an error to print.
 */
function findHelpExitCode(thrownValue: unknown, json: boolean): number | undefined {
  const code = findCommanderCode(thrownValue);
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return 0;
  return code === missingCommandCode && !json ? exitCodes.usage : undefined;
}

/** What Commander throws after it has shown the help of a group because a subcommand is missing. */
const missingCommandCode = 'commander.help';

/** Whether Commander rejected the command line because part of it is unknown. */
export function isUnknownCommandLine(error: unknown): boolean {
  return [
    missingCommandCode,
    'commander.unknownCommand',
    'commander.unknownOption',
    'commander.excessArguments',
    'commander.optionMissingArgument',
  ].includes(errorCode(error) ?? '');
}

function toTpksError(thrownValue: unknown, command: string): TpksError {
  const message = errorMessage(thrownValue);
  if (isSubcommandMissing(thrownValue)) {
    return usageError(`missing subcommand of '${command}'`, command);
  }
  if (findCommanderCode(thrownValue) !== undefined) return usageError(message, command);
  return new TpksError('failed', `Internal tpks error: ${message}`, {
    hint: bugHint,
    cause: thrownValue,
  });
}

function findCommanderCode(thrownValue: unknown): string | undefined {
  const code = errorCode(thrownValue);
  return code?.startsWith('commander.') === true ? code : undefined;
}

function sanitize(text: string): string {
  return toPrintable(redact(text));
}

/**
 * Creates the error for an invalid command line. Unknown options are reported in the wording of the
 * original CLI.
 *
 * @param message - Commander's message.
 * @param command - full name of the command, whose help the hint names.
 * @param suggestions - further lines of the hint.
 * @see pks-cli, section 13
 */
export function usageError(
  message: string,
  command: string,
  suggestions: readonly string[] = [],
): TpksError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const isMissing = text.startsWith("unknown option '--pre-check'");
  return new TpksError('usage', rewordMessage(text), {
    hint: [
      // An option of the original CLI. @see pks-api, section 12
      ...(isMissing ? ['the API for it is not public; see tpks help from-pks'] : []),
      ...suggestions,
      `${command.replace(/ help$/, '')} --help`,
    ].join('\n'),
  });
}

function rewordMessage(text: string): string {
  return text
    .replace(/^unknown option '(--[^']*)'/, 'unknown flag: $1')
    .replace(/^unknown option '(-(.)[^']*)'/u, "unknown shorthand flag: '$2' in $1")
    .replace(
      /^(?:option '(?<flags>[^']*)' argument '(?<value>.*)'|command-argument value '(?<word>.*)') is invalid(?: for argument '(?<name>[^']*)')?\. (?<reason>.*)$/u,
      (...parts) => {
        const { flags, value, word, name = '', reason = '' } = parts.at(-1) as InvalidValue;
        const target = flags === undefined ? name : findLongFlag(flags);
        const expected = reason.replace(/^Allowed choices are (.*)\.$/, 'choose from $1');
        return `Invalid value for ${target}: ${(value ?? word) || '""'} (${expected})`;
      },
    );
}

/** Groups of the pattern for Commander's message about an invalid value of an option or argument. */
type InvalidValue = Readonly<
  Partial<Record<'flags' | 'value' | 'word' | 'name' | 'reason', string>>
>;

/** @param flags - e.g. `-o, --output <format>`. */
function findLongFlag(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

export interface PrintOptions {
  readonly json: boolean;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
  readonly env: Environment;
}

/** Prints an error on stderr. Resolves when it is written, or the write has failed. */
export async function printReport(
  report: Report,
  { json, color, env }: PrintOptions,
  stderr: Screen,
): Promise<void> {
  const isPainted = !json && isColorEnabled({ isTty: stderr.isTTY === true, env, color });
  const text = json
    ? `${JSON.stringify(report.json)}\n`
    : isPainted
      ? await paintLabel(report.text)
      : report.text;
  // kubectl runs a failed plugin up to five times, and shows its output each time: at most two lines.
  const isPlugin = env.KUBERNETES_EXEC_INFO !== undefined;
  await new Promise((resolve) => {
    stderr.write(isPlugin ? text.trimStart().replaceAll(/\n {6}/g, ' ') : text, resolve);
  });
}

/** Makes `Error:` red. The message stays uncolored, because red text is hard to read on some themes. */
async function paintLabel(text: string): Promise<string> {
  const paint = await loadPaint();
  return text.replace(/^\nError:/, `\n${paint('Error:', 'bad')}`);
}

/** The largest source map of the bundle has less than 1 MB. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * Returns the stack trace of a value that was thrown, with positions in the source files instead of the
 * bundle. The source maps are next to the files of the bundle. The files do not refer to them, because
 * otherwise Node could read all maps at startup.
 *
 * @returns an empty list if the value has no stack trace.
 */
export function readStackTrace(thrown: unknown): readonly string[] {
  const stack: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? stack.split('\n').map(mapToSource) : [];
}

function mapToSource(line: string): string {
  const [, start = '', file = '', row, column, end = ''] =
    /^(\s+at (?:.*\(|async )?)(\S.*):(\d+):(\d+)(\)?)$/.exec(line) ?? [];
  const origin = readSourceMap(file)?.findOrigin(Number(row), Number(column));
  if (origin === undefined || !('fileName' in origin)) return line;
  const source = origin.fileName.replace(/^(\.\.\/)+|\?.*$/g, '');
  return `${start}${source}:${String(origin.lineNumber)}:${String(origin.columnNumber)}${end}`;
}

/** @returns `undefined` for a file without a source map, such as Node's own files. */
function readSourceMap(file: string): SourceMap | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  try {
    const text = readText(`${path}.map`, { maximumBytes });
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
