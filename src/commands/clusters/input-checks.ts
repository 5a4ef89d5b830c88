import { isTpksError, TpksError } from '../../base/errors.js';
import { firstLines } from '../../platform/input/parsed-text.js';

/**
 * Runs all checks, so that all errors are reported together.
 *
 * @throws {TpksError} `usage` with the errors of all failed checks.
 */
export async function runChecks(checks: readonly (() => unknown)[]): Promise<void> {
  const errors: TpksError[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'usage') throw error;
      errors.push(error);
    }
  }
  const [first, ...more] = errors;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  throw new TpksError('usage', `Nothing was sent: found ${String(errors.length)} errors`, {
    hint: errors.flatMap(formatError).join('\n'),
  });
}

/**
 * Reports problems in the input.
 * @param what - the input that contains the problems; the message starts with it.
 * @throws {TpksError} `usage` if there are problems.
 */
export function rejectProblems(what: string, problems: readonly string[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0)
    throw new TpksError('usage', `${what}: ${first}`, { hint: nothingSentHint });
  throw new TpksError('usage', `${what} has ${String(problems.length)} problems`, {
    hint: firstLines(problems).join('\n'),
  });
}

/**
 * Checks that all required options are present. The error has the wording of the original CLI.
 *
 * @param flags - values by option name, without dashes.
 * @throws {TpksError} `usage` with the names of all missing options.
 * @see pks-cli, section 15
 */
export function requireFlags(flags: Readonly<Record<string, unknown>>): void {
  const missing = Object.keys(flags).filter((flag) => flags[flag] === undefined);
  if (missing.length === 0) return;
  const quoted = missing.map((flag) => `"${flag}"`).join(', ');
  throw new TpksError('usage', `required flag(s) ${quoted} not set`, { hint: nothingSentHint });
}

const nothingSentHint = 'nothing was sent';

function formatError({ message, hint }: TpksError): string[] {
  const text = message.replace(/^Nothing was sent: /, '');
  return hint === undefined || hint === nothingSentHint
    ? [text]
    : [`${text}:`, ...hint.split('\n')];
}
