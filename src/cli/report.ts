import {
  errorMessage,
  isTpksError,
  messageWithFacts,
  TpksError,
  type ErrorKind,
  type Fact,
} from '../base/errors.js';
import { toPrintable } from '../base/sanitize.js';
import { redact } from '../base/secret.js';
import type { Environment } from '../platform/config/environment.js';
import { isColorEnabled, paint } from '../platform/terminal/lines.js';
import type { Screen } from '../platform/terminal/terminal-io.js';
import { wrapHint, wrapWords } from '../platform/terminal/wrap.js';

/** An error without secrets or control characters. */
export interface Report {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly facts: readonly Fact[];
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
  const { kind, message, facts, status, hint = findResponseHint(error, commandPath) } = error;
  return {
    kind,
    message: format(message),
    facts: facts.map(([label, value]) => [label, format(value)]),
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
  const { isTTY = false } = stderr;
  // Some terminals report the width 0, e.g. a serial console.
  const columns = stderr.columns || Infinity;
  // The message stays uncolored, because red text is hard to read on some themes.
  const isPainted = !json && isColorEnabled({ isTty: isTTY, env, color });
  const label = isPainted ? paint('Error:', 'bad') : 'Error:';
  const formatReport = () => {
    if (json) return formatJson(report);
    if (env.KUBERNETES_EXEC_INFO !== undefined) return formatPluginLines(report, label);
    return formatText(report, label, isTTY ? columns : Infinity);
  };
  await new Promise((resolve) => {
    stderr.write(formatReport(), resolve);
  });
}

function formatJson({ hintLines, status, ...report }: Report): string {
  const error = {
    code: report.kind,
    message: messageWithFacts(report),
    hint: hintLines.length === 0 ? null : hintLines.join('\n'),
    retryable: report.kind === 'unavailable',
    status: status ?? null,
  };
  return `${JSON.stringify({ error })}\n`;
}

/** Formats at most two lines, because kubectl shows the output of a failed plugin up to five times. */
function formatPluginLines({ hintLines, stackLines, ...report }: Report, label: string): string {
  return [
    `${label} ${messageWithFacts(report)}`,
    ...(hintLines.length === 0 ? [] : [`Hint: ${hintLines.join(' ')}`]),
    ...stackLines,
    '',
  ].join('\n');
}

/** Formats the error as text. The first line is empty, as in the original CLI. */
function formatText(
  { message, facts, hintLines, stackLines }: Report,
  label: string,
  columns: number,
): string {
  const messageIndent = 'Error: '.length;
  const hintIndent = 'Hint: '.length;
  const labelWidth = Math.max(...facts.map(([name]) => name.length)) + ':  '.length;
  const factLines = facts.map(([name, value]) => {
    const text = wrapWords(value, messageIndent + labelWidth, columns);
    return ' '.repeat(messageIndent) + `${name}:`.padEnd(labelWidth) + text;
  });
  const hint = hintLines
    .map((line) => wrapHint(line, hintIndent, columns))
    .join(`\n${' '.repeat(hintIndent)}`);
  return [
    '',
    `${label} ${wrapWords(message, messageIndent, columns)}`,
    ...factLines,
    ...(hintLines.length === 0 ? [] : [`Hint: ${hint}`]),
    ...stackLines,
    '',
  ].join('\n');
}
