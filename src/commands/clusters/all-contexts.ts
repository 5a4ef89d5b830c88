import type { Settings } from '../../config/settings.js';
import { isTpksError, TpksError } from '../../errors.js';
import { mapInParallel } from '../../in-parallel.js';
import type { Cluster } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { quoted } from '../../shell-word.js';
import type { List } from '../resource/list.js';
import { clusterList } from './cluster-view.js';

export type AllContextsDeps = Pick<
  Services,
  'terminal' | 'settings' | 'sessionStore' | 'clustersIn'
>;

/** A cluster, and the first context that sees it. */
type ContextCluster = Cluster & { readonly context: string };

interface Failure {
  readonly context: string;
  readonly error: TpksError;
}

/**
 * Lists the clusters of all contexts in parallel, each cluster once for each installation.
 * @returns also why contexts could not be listed: this decides the exit code after the rows were shown.
 * @throws {TpksError} `unauthenticated` if no context is logged in.
 */
export async function listClustersInAllContexts(deps: AllContextsDeps) {
  const { contexts } = await (await deps.settings()).read();
  const names = Object.keys(contexts).filter((name) => contexts[name]?.api !== undefined);
  if (names.length === 0) throw notLoggedInError('There are no contexts');
  const active = await findLoggedIn(names, contexts, deps);
  if (active.length === 0) throw notLoggedInError('No context is logged in');
  const failures: Failure[] = [];
  const lists = await mapInParallel(active, async (context) => {
    try {
      const clusters = await (await deps.clustersIn(context)).list();
      return clusters.map((cluster): ContextCluster => ({ context, ...cluster }));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      deps.terminal.warn(`${context}: ${error.message}`);
      failures.push({ context, error });
      return [];
    }
  });
  return {
    list,
    rows: removeDuplicates(lists.flat(), contexts),
    failure: summarizeFailures(failures, active.length),
  };
}

const list: List<ContextCluster> = {
  ...clusterList,
  columns: [{ head: 'Context', cell: ({ context }) => context }, ...clusterList.columns],
  nameOf: ({ context, name }) => `${context}/${name}`,
};

/** The contexts that have a session, even one that has ended. */
async function findLoggedIn(
  names: readonly string[],
  contexts: Settings['contexts'],
  { terminal, sessionStore }: AllContextsDeps,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    const context = contexts[name];
    if (context === undefined) continue;
    if (await (await sessionStore(name, context)).exists()) found.push(name);
    else terminal.note(`${name} is skipped: it is not logged in`);
  }
  return found;
}

/** Two contexts at the same API can see the same cluster. */
function removeDuplicates(
  rows: readonly ContextCluster[],
  contexts: Settings['contexts'],
): readonly ContextCluster[] {
  const seen = new Set<string>();
  return rows.filter(({ context, uuid, name }) => {
    const key = JSON.stringify([contexts[context]?.api, uuid ?? name]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function notLoggedInError(message: string): TpksError {
  return new TpksError('unauthenticated', message, { hint: 'tpks login -a api.example.com' });
}

/** A session that has ended is reported first, because trying again does not help. */
function summarizeFailures(failures: readonly Failure[], all: number): TpksError | undefined {
  const first = failures.find(({ error }) => error.kind === 'unauthenticated') ?? failures[0];
  if (first === undefined) return undefined;
  const names = failures.map(({ context }) => context).join(', ');
  return new TpksError(
    first.error.kind,
    `The clusters of ${String(failures.length)} of ${String(all)} contexts could not be listed: ${names}`,
    { hint: first.error.hint ?? `tpks status --context ${quoted(first.context)}` },
  );
}
