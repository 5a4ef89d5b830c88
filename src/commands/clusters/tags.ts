import type { ClusterTag } from '../../pks/clusters.js';
import { refuseProblems } from '../problems.js';

const maximumValueLength = 80;

/**
 * Reads `--tags`: `key:value` or a key alone, comma between. Nothing at all is no tags.
 *
 * @throws {TpksError} `usage` with everything that is wrong.
 * @see pks-cli, section 8.1
 */
export function toTags(text: string): ClusterTag[] {
  if (text.trim() === '') return [];
  const pieces = text.split(',').map((piece) => piece.trim());
  refuseProblems(
    '--tags',
    pieces.flatMap((piece, index) => {
      const problem = problemOf(piece);
      return problem === undefined ? [] : [`tag ${String(index + 1)}${named(piece)} ${problem}`];
    }),
  );
  return pieces.map((piece) => {
    const [name = '', value = ''] = piece.split(':');
    return { name: name.trim(), value: value.trim() };
  });
}

function problemOf(piece: string): string | undefined {
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

function named(piece: string): string {
  if (piece === '') return '';
  const shown = Array.from(piece);
  return shown.length <= 40 ? ` (${piece})` : ` (${shown.slice(0, 40).join('')}…)`;
}
