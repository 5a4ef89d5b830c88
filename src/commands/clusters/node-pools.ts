import { refuseProblems } from '../problems.js';

export type NodePools = Readonly<Record<string, number>>;

/**
 * Reads `--node-pool-instances`: `pool-a:3,pool-b:7`.
 *
 * @throws {TpksError} `usage` with everything that is wrong.
 * @see pks-cli, section 8.1
 */
export function toNodePools(text: string): NodePools {
  const pieces = text.split(',').map((piece) => piece.trim());
  const names = pieces.map((piece) => piece.split(':')[0]?.trim() ?? '');
  refuseProblems(
    '--node-pool-instances',
    pieces.flatMap((piece, index) => {
      const count = /^[^:]+:\s*(\d{1,9})$/.test(piece);
      if (!count) return [`“${piece.slice(0, 60)}” is not POOL:NUMBER, as in pool-a:3,pool-b:7`];
      const isRepeated = names.indexOf(names[index] ?? '') !== index;
      return isRepeated ? [`${names[index] ?? ''} is there twice`] : [];
    }),
  );
  return Object.fromEntries(
    pieces.map((piece, index) => [names[index] ?? '', Number(piece.split(':')[1])]),
  );
}
