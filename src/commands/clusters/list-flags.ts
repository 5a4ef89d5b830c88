import { TpksError } from '../../errors.js';
import type { ClusterTag } from '../../pks/clusters.js';
import { refuseProblems } from '../problems.js';

const maximumValueLength = 80;

/**
 * Parses `--tags`: `key:value` or only a key, separated by commas. An empty text means no tags.
 *
 * @throws {TpksError} `usage` with all errors
 * @see pks-cli, section 8.1
 */
export function parseTags(text: string): ClusterTag[] {
  if (text.trim() === '') return [];
  const pieces = text.split(',').map((piece) => piece.trim());
  refuseProblems(
    '--tags',
    pieces.flatMap((piece, index) => {
      const problem = findProblem(piece);
      return problem === undefined ? [] : [`tag ${String(index + 1)}${quoteTag(piece)} ${problem}`];
    }),
  );
  return pieces.map((piece) => {
    const [name = '', value = ''] = piece.split(':');
    return { name: name.trim(), value: value.trim() };
  });
}

function findProblem(piece: string): string | undefined {
  const [name = '', value, ...more] = piece.split(':').map((part) => part.trim());
  if (piece === '') return 'is empty: it is key:value, or a key alone';
  if (piece.includes('"')) return 'has a double quote in it';
  if (more.length > 0) return 'has more than one colon';
  if (name === '') return 'has no key before the colon';
  if (value === '') return 'has no value after the colon';
  const length = Array.from(value ?? '').length;
  if (length <= maximumValueLength) return undefined;
  return `has a value of ${String(length)} characters; ${String(maximumValueLength)} are allowed`;
}

function quoteTag(piece: string): string {
  if (piece === '') return '';
  const shown = Array.from(piece);
  return shown.length <= 40 ? ` (${piece})` : ` (${shown.slice(0, 40).join('')}…)`;
}

export type NodePools = Readonly<Record<string, number>>;

/**
 * Parses `--node-pool-instances`: `pool-a:3,pool-b:7`.
 *
 * @throws {TpksError} `usage` with all errors
 * @see pks-cli, section 8.1
 */
export function parseNodePools(text: string): NodePools {
  const pools = new Map<string, number>();
  const problems: string[] = [];
  for (const piece of text.split(',').map((each) => each.trim())) {
    const [, name = '', count] = /^([^:]+):\s*(\d{1,9})$/.exec(piece) ?? [];
    const pool = name.trim();
    if (count === undefined) {
      problems.push(`“${piece.slice(0, 60)}” is not POOL:NUMBER, as in pool-a:3,pool-b:7`);
    } else if (pools.has(pool)) problems.push(`${pool} is there twice`);
    else pools.set(pool, Number(count));
  }
  refuseProblems('--node-pool-instances', problems);
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
    throw new TpksError('usage', `${flag} has an empty name in it`, {
      hint: `give names with commas between, as in ${flag} dev-1,dev-2; nothing was sent`,
    });
  }
  const seen = new Set<string>();
  const repeated = names.find((name) => seen.has(name) || !seen.add(name));
  if (repeated === undefined) return names;
  throw new TpksError('usage', `${flag} names ${repeated} twice`, { hint: 'nothing was sent' });
}
