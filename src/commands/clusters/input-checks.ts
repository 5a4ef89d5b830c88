import type { ClusterTag } from '../../api/pks/clusters.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { firstLines } from '../../platform/input/problems.js';

/** Checks of the input whose errors are reported together. */
export class InputChecks {
  readonly #errors: TpksError[] = [];

  /**
   * Runs a check.
   * @returns its result; `undefined` if it failed with a usage error.
   * @throws all other errors of the check.
   */
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

const maximumValueLength = 80;

/**
 * Parses `--tags`: `key:value` pairs or keys, separated by commas. An empty string means no tags.
 *
 * @throws {TpksError} `usage` with all errors
 * @see pks-cli, section 8.1
 */
export function parseTags(text: string): ClusterTag[] {
  if (text.trim() === '') return [];
  const tags = text.split(',').map((tag) => tag.trim());
  rejectProblems(
    '--tags',
    tags.flatMap((tag, index) => {
      const problem = findProblem(tag);
      return problem === undefined ? [] : [`tag ${String(index + 1)}${quoteTag(tag)} ${problem}`];
    }),
  );
  return tags.map((tag) => {
    const [name = '', value = ''] = tag.split(':');
    return { name: name.trim(), value: value.trim() };
  });
}

function findProblem(tag: string): string | undefined {
  const [name = '', value, ...rest] = tag.split(':').map((part) => part.trim());
  if (tag === '') return 'is empty (expected key:value or key)';
  if (tag.includes('"')) return 'contains a double quote';
  if (rest.length > 0) return 'has more than one colon';
  if (name === '') return 'has no key before the colon';
  if (value === '') return 'has no value after the colon';
  const length = Array.from(value ?? '').length;
  if (length <= maximumValueLength) return undefined;
  return `has a value of ${String(length)} characters (at most ${String(maximumValueLength)} are allowed)`;
}

/** Returns the tag in parentheses, shortened to 40 characters. */
function quoteTag(tag: string): string {
  if (tag === '') return '';
  const characters = Array.from(tag);
  return characters.length <= 40 ? ` (${tag})` : ` (${characters.slice(0, 40).join('')}...)`;
}

/**
 * Parses `--node-pool-instances`: `pool-a:3,pool-b:7`.
 *
 * @throws {TpksError} `usage` with all errors
 * @see pks-cli, section 8.1
 */
export function parseNodePools(text: string): Readonly<Record<string, number>> {
  const pools = new Map<string, number>();
  const problems: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, name = '', count] = /^([^:]+):\s*(\d{1,9})$/.exec(entry) ?? [];
    const pool = name.trim();
    if (count === undefined) {
      problems.push(`"${entry.slice(0, 60)}" is not POOL:NUMBER, as in pool-a:3,pool-b:7`);
    } else if (pools.has(pool)) problems.push(`${pool} appears twice`);
    else pools.set(pool, Number(count));
  }
  rejectProblems('--node-pool-instances', problems);
  return Object.fromEntries(pools);
}

/**
 * Parses cluster names separated by commas.
 *
 * @throws {TpksError} `usage` if a name is empty or repeated.
 */
export function parseNames(flag: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) {
    throw new TpksError('usage', `${flag} contains an empty name`, {
      hint: `separate the names with commas, e.g. ${flag} dev-1,dev-2; nothing was sent`,
    });
  }
  const seen = new Set<string>();
  const repeated = names.find((name) => seen.has(name) || !seen.add(name));
  if (repeated === undefined) return names;
  throw new TpksError('usage', `${flag} contains ${repeated} twice`, { hint: 'nothing was sent' });
}
