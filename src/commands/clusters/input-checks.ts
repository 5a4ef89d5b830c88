import { isTpksError, TpksError } from '../../base/errors.js';
import { firstLines } from '../../platform/input/problems.js';
import { missingOptionsError } from '../missing-input.js';

/** Checks of the input whose errors are reported together. */
export class InputChecks {
  readonly #errors: TpksError[] = [];

  /** @returns `undefined` if the check failed with a usage error; other errors are thrown. */
  async run<T>(check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'usage') throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** @throws {TpksError} `usage` with the errors of all failed checks. */
  throwErrors(): void {
    const [first, ...more] = this.#errors;
    if (first === undefined) return;
    if (more.length === 0) throw first;
    throw new TpksError('usage', `Nothing was sent: found ${String(more.length + 1)} errors`, {
      hint: this.#errors.flatMap(formatError).join('\n'),
    });
  }
}

/**
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
 * @param flags - values by option name, without dashes.
 * @throws {TpksError} `usage` with the names of all missing options.
 */
export function requireFlags(flags: Readonly<Record<string, unknown>>, helpCommand: string): void {
  const missing = Object.keys(flags).filter((flag) => flags[flag] === undefined);
  if (missing.length === 0) return;
  throw missingOptionsError(
    missing.map((flag) => `--${flag}`),
    helpCommand,
  );
}

const nothingSentHint = 'nothing was sent';

function formatError({ message, summary: text = message, hint }: TpksError): string[] {
  return hint === undefined || hint === nothingSentHint
    ? [text]
    : [`${text}:`, ...hint.split('\n')];
}

/** @throws {TpksError} `usage` for an empty value; `undefined` is accepted. */
export function validateNotEmpty(flag: string, value: string | undefined): void {
  if (value?.trim() !== '') return;
  throw new TpksError('usage', `${flag} is empty`, { hint: 'nothing was sent' });
}
