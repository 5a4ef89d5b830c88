import { isTpksError, TpksError } from '../errors.js';
import { firstLines } from '../input/problems.js';

/**
 * Runs every check, so that all that is wrong is told at once.
 *
 * @throws {TpksError} `usage`: that of the one check that failed, or one with what all of them say.
 */
export async function allChecked(checks: readonly (() => unknown)[]): Promise<void> {
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
  throw new TpksError('usage', 'Nothing was sent: several things are wrong', {
    hint: errors.flatMap(formatError).join('\n'),
  });
}

/** @throws {TpksError} `usage` when there are any; each is told. */
export function refuseProblems(what: string, problems: readonly string[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0)
    throw new TpksError('usage', `${what}: ${first}`, { hint: nothingSentHint });
  throw new TpksError('usage', `${what} has ${String(problems.length)} problems`, {
    hint: firstLines(problems).join('\n'),
  });
}

/**
 * Refuses flags that are not there, all at once and in the original's words.
 *
 * @param flags - by the name without dashes.
 * @throws {TpksError} `usage`
 * @see pks-cli, section 15
 */
export function refuseMissing(flags: Readonly<Record<string, unknown>>): void {
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
