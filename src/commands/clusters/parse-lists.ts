import type { ClusterTag } from '../../api/pks/clusters.js';
import { TpksError } from '../../base/errors.js';
import { rejectProblems } from './input-checks.js';

const maximumValueLength = 80;

/**
 * Parses `--tags`: `key:value` pairs or keys, separated by commas. An empty string means no tags.
 * @throws {TpksError} `usage` with all errors
 * @see docs/contributing/servers/pks-cli.md#lists-and-files
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
 * @throws {TpksError} `usage` with all errors
 * @see docs/contributing/servers/pks-cli.md#lists-and-files
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

/** Parses comma-separated names. @throws {TpksError} `usage` if a name is empty or repeated. */
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

/** Joins names for a sentence, e.g. `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
