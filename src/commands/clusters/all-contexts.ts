import { isTpksError, TpksError } from '../../errors.js';
import { mapInParallel } from '../../in-parallel.js';
import type { Cluster } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { quoted } from '../../shell-word.js';
import type { List } from '../resource/list.js';
import { clusterList } from './cluster-view.js';

export type EverywhereDeps = Pick<Services, 'terminal' | 'settings' | 'clustersOf'>;

/** A cluster, and the context that sees it. */
export type PlacedCluster = Cluster & { readonly context: string };

export interface Everywhere {
  readonly list: List<PlacedCluster>;
  readonly rows: readonly PlacedCluster[];
  /** Some installation could not be asked: decides the exit code after the others were shown. */
  readonly failure?: TpksError;
}

/** Asks every installation that a context knows the API of, at the same time. */
export async function clustersEverywhere(deps: EverywhereDeps): Promise<Everywhere> {
  const { contexts } = await (await deps.settings()).read();
  const names = Object.keys(contexts).filter((name) => contexts[name]?.api !== undefined);
  const answers = await mapInParallel(names, async (context) => {
    try {
      const found = await (await deps.clustersOf(context)).list();
      return found.map((cluster): PlacedCluster => ({ context, ...cluster }));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      deps.terminal.warn(`${context}: ${error.message}`);
      return undefined;
    }
  });
  const missing = names.filter((_name, at) => answers[at] === undefined);
  return {
    list,
    rows: answers.flatMap((answer) => answer ?? []),
    ...(missing.length === 0 ? {} : { failure: unanswered(missing, names.length) }),
  };
}

const list: List<PlacedCluster> = {
  ...clusterList,
  columns: [{ head: 'Context', cell: ({ context }) => context }, ...clusterList.columns],
  nameOf: ({ context, name }) => `${context}/${name}`,
};

function unanswered(missing: readonly string[], all: number): TpksError {
  return new TpksError(
    'unavailable',
    `${String(missing.length)} of ${String(all)} contexts did not answer: ${missing.join(', ')}`,
    { hint: `tpks status --context ${quoted(missing[0] ?? '')}` },
  );
}
