import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { errorMessage, exitCodes, isTpksError, TpksError } from '../base/errors.js';
import { toPrintable } from '../base/sanitize.js';
import { redact } from '../base/secret.js';
import type { Environment } from '../platform/config/environment.js';
import { readText } from '../platform/disk/bounded-read.js';
import { isColorEnabled, loadPaint } from '../platform/terminal/lines.js';
import type { Screen } from '../platform/terminal/terminal-io.js';

/** An error in the forms that the process prints. */
export interface Report {
  readonly exitCode: number;
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

interface ReportInput {
  /** Full name of the command, e.g. `tpks uaa user add`. */
  readonly command: string;
  /** Whether to show the stack trace of a bug. */
  readonly trace: boolean;
  /** Replaces `tpks` with the name of the link in the commands that a text contains. */
  readonly rename: (text: string) => string;
}

/** Hint for errors that only a bug in tpks can cause. */
export const bugHint =
  'this is a bug in tpks; run the command again with --trace and report the output';

/** Converts any thrown value to a report without secrets or control characters. */
export function createReport(thrown: unknown, { command, trace, rename }: ReportInput): Report {
  const format = (text: string) => rename(toPrintable(redact(text)));
  const isBug = !isTpksError(thrown);
  const error = isBug ? toBugError(thrown) : thrown;
  const { kind, status } = error;
  const message = format(error.message);
  const hint = (error.hint ?? findResponseHint(error, command))?.split('\n').map(format);
  return {
    exitCode: exitCodes[kind],
    text: [
      '',
      `Error: ${message}`,
      ...(hint ?? []).map((line, index) => `${index === 0 ? 'Hint: ' : '      '}${line}`),
      ...(isBug && trace ? readStackTrace(thrown).map(format) : []),
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

function toBugError(thrown: unknown): TpksError {
  return new TpksError('failed', `Internal tpks error: ${errorMessage(thrown)}`, { hint: bugHint });
}

/**
 * The hint for an error response of a server that no other module explains.
 * @returns `undefined` for all other errors.
 */
function findResponseHint({ kind, status }: TpksError, command: string): string | undefined {
  if (status === undefined || status < 400) return undefined;
  const details = 'to show the request and the response, run the command again with --trace';
  if (kind === 'unauthenticated' || kind === 'forbidden') {
    const showIdentity = /^(?:tpks uaa|uaac)\b/.test(command) ? 'tpks uaa context' : 'tpks status';
    return `show your identity and its scopes: ${showIdentity}\n${details}`;
  }
  return `check the arguments: ${command} --help\n${details}`;
}

export interface PrintOptions {
  readonly json: boolean;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
  readonly env: Environment;
}

/**
 * Prints an error on stderr, but not `changes`, which is no error. Resolves when it is written, or the
 * write has failed.
 */
export async function printReport(
  report: Report,
  { json, color, env }: PrintOptions,
  stderr: Screen,
): Promise<void> {
  if (report.exitCode === exitCodes.changes) return;
  const isPainted = !json && isColorEnabled({ isTty: stderr.isTTY === true, env, color });
  const plainText = json ? `${JSON.stringify(report.json)}\n` : report.text;
  const text = isPainted ? await paintLabel(plainText) : plainText;
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
function readStackTrace(thrown: unknown): readonly string[] {
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
