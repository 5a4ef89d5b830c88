import { errorMessage, isTpksError, TpksError, type ErrorKind } from '../base/errors.js';
import { toPrintable } from '../base/sanitize.js';
import { redact } from '../base/secret.js';
import type { Environment } from '../platform/config/environment.js';
import { isColorEnabled, loadPaint } from '../platform/terminal/lines.js';
import type { Screen } from '../platform/terminal/terminal-io.js';

/** An error without secrets or control characters. */
export interface Report {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hintLines: readonly string[];
  /** HTTP status of the response that caused the error. */
  readonly status: number | undefined;
  readonly stackLines: readonly string[];
}

interface ReportInput {
  readonly commandPath: readonly string[];
  readonly trace: boolean;
  readonly rename: (text: string) => string;
}

/** Hint for errors that only a bug in tpks can cause. */
export const bugHint =
  'this is a bug in tpks; run the command again with --trace and report the output';

export async function createReport(
  thrown: unknown,
  { commandPath, trace, rename }: ReportInput,
): Promise<Report> {
  const format = (text: string) => rename(toPrintable(redact(text)));
  const isBug = !isTpksError(thrown);
  const error = isBug ? toBugError(thrown) : thrown;
  const { kind, message, status, hint = findResponseHint(error, commandPath) } = error;
  return {
    kind,
    message: format(message),
    hintLines: hint?.split('\n').map(format) ?? [],
    status,
    stackLines:
      isBug && trace ? (await import('./stack-trace.js')).readStackTrace(thrown).map(format) : [],
  };
}

function toBugError(thrown: unknown): TpksError {
  return new TpksError('failed', `Internal tpks error: ${errorMessage(thrown)}`, { hint: bugHint });
}

/**
 * The hint for an error response of a server that no other module explains.
 * @returns `undefined` for all other errors.
 */
function findResponseHint(
  { kind, status }: TpksError,
  commandPath: readonly string[],
): string | undefined {
  if (status === undefined || status < 400) return undefined;
  const details = 'to show the request and the response, run the command again with --trace';
  if (kind === 'unauthenticated' || kind === 'forbidden') {
    const [program, group] = commandPath;
    const isUaaCommand = program === 'uaac' || (program === 'tpks' && group === 'uaa');
    const showIdentity = isUaaCommand ? 'tpks uaa context' : 'tpks status';
    return `show your identity and its scopes: ${showIdentity}\n${details}`;
  }
  return `check the arguments: ${commandPath.join(' ')} --help\n${details}`;
}

export interface PrintOptions {
  readonly json: boolean;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
  readonly env: Environment;
}

/**
 * Prints an error on stderr. Prints nothing for `changes`: the command has already printed them as its
 * result. Resolves when the text is written, or the write has failed.
 */
export async function printReport(
  report: Report,
  { json, color, env }: PrintOptions,
  stderr: Screen,
): Promise<void> {
  if (report.kind === 'changes') return;
  // The message stays uncolored, because red text is hard to read on some themes.
  const isPainted = !json && isColorEnabled({ isTty: stderr.isTTY === true, env, color });
  const label = isPainted ? (await loadPaint())('Error:', 'bad') : 'Error:';
  const isPlugin = env.KUBERNETES_EXEC_INFO !== undefined;
  const text = json ? formatJson(report) : formatText(report, { label, isPlugin });
  await new Promise((resolve) => {
    stderr.write(text, resolve);
  });
}

function formatJson({ kind, message, hintLines, status }: Report): string {
  const error = {
    code: kind,
    message,
    hint: hintLines.length === 0 ? null : hintLines.join('\n'),
    retryable: kind === 'unavailable',
    status: status ?? null,
  };
  return `${JSON.stringify({ error })}\n`;
}

/**
 * Formats an empty line as in the original CLI, the message and the hint. For a plugin of kubectl, prints at
 * most two lines, because kubectl shows the output of a failed plugin up to five times.
 */
function formatText(
  { message, hintLines, stackLines }: Report,
  { label, isPlugin }: { readonly label: string; readonly isPlugin: boolean },
): string {
  const hint = hintLines.join(isPlugin ? ' ' : '\n      ');
  return [
    ...(isPlugin ? [] : ['']),
    `${label} ${message}`,
    ...(hintLines.length === 0 ? [] : [`Hint: ${hint}`]),
    ...stackLines,
    '',
  ].join('\n');
}
