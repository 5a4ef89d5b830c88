import { mapInParallel } from '../../base/in-parallel.js';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { type Failure, isTpksError, messageWithFacts } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import { redact } from '../../base/secret.js';
import { canHaveIdToken, type Context } from '../../domain/contexts/context.js';
import { findIdentities } from '../../domain/contexts/current-installation.js';
import { apiOf, formatApi } from '../../domain/contexts/installation.js';
import { clusterList, notLoggedInError } from '../clusters/clusters.js';
import { type List, rejectUnknownKeys, type SelectionFlags, selectRows } from '../resource/list.js';

export interface ClusterSelection extends Pick<SelectionFlags, 'filter'> {
  readonly allContexts?: boolean;
}

/** A cluster, and the host of the API that it belongs to, with the port unless it is 9021. */
export type InstallationCluster = Cluster & { readonly installation: string };

export interface ContextClusters {
  readonly context: Context;
  readonly clusters: readonly InstallationCluster[];
}

type Deps = Pick<
  Services,
  'terminal' | 'context' | 'findContext' | 'settings' | 'hasSession' | 'clusters' | 'clustersIn'
>;

/** The list whose columns and fields `--filter` accepts. */
export const selectableClusters: List<InstallationCluster> = {
  ...clusterList,
  columns: [
    ...clusterList.columns,
    { head: 'Installation', cell: ({ installation }) => installation },
  ],
};

/**
 * Lists the clusters of the current context, or of one context of each installation, and applies the filters.
 * @returns in `failures`, the installations whose clusters cannot be listed; always empty without `allContexts`.
 * @throws {TpksError} `unauthenticated` if no context is logged in; `usage` for an unknown key; without `allContexts`,
 *   the errors of the request.
 */
export async function selectClusters(
  flags: ClusterSelection,
  deps: Deps,
): Promise<{
  readonly selected: readonly ContextClusters[];
  readonly failures: readonly Failure[];
}> {
  const { allContexts = false } = flags;
  const contexts = allContexts ? await chooseContexts(deps) : [await deps.context()];
  const failures: Failure[] = [];
  const lists = await mapInParallel(contexts, async (context) => {
    const installation = formatApi(apiOf(context));
    try {
      const list = allContexts ? deps.clustersIn(context.name) : deps.clusters();
      const clusters = await list.list();
      return { context, clusters: clusters.map((cluster) => ({ ...cluster, installation })) };
    } catch (error) {
      if (!allContexts || !isTpksError(error)) throw error;
      deps.terminal.warn(`${installation}: ${redact(messageWithFacts(error))}`);
      failures.push({ name: installation, error });
      return { context, clusters: [] };
    }
  });
  const all = lists.flatMap(({ clusters }) => clusters);
  rejectUnknownKeys(selectableClusters, all, flags);
  const selected = lists.map(({ context, clusters }) => ({
    context,
    clusters: selectRows(selectableClusters, clusters, flags),
  }));
  return { selected, failures };
}

/**
 * Chooses one context of each installation, preferably the one that PKS commands use there, and otherwise a user's.
 * @throws {TpksError} `unauthenticated` if no context is logged in.
 */
async function chooseContexts({
  terminal,
  settings: settingsFile,
  hasSession,
  findContext,
}: Deps): Promise<readonly Context[]> {
  const settings = await settingsFile.read();
  const all = Object.entries(settings.contexts)
    .filter(([, { api }]) => api !== undefined)
    .map(([name, context]) => ({ ...context, name }));
  const chosen: string[] = [];
  const { pks: current } = findIdentities(settings);
  // Not by the UAA, because contexts can name the same one by different addresses.
  for (const group of groupBy(all, ({ api = '' }) => api).values()) {
    const loggedIn = await filterAsync(group, hasSession);
    const [first] = group;
    const best =
      loggedIn.find(({ name }) => name === current) ??
      loggedIn.find(({ name, uaa }) => name === findIdentities(settings, uaa).pks) ??
      loggedIn.find(canHaveIdToken) ??
      loggedIn[0];
    if (best !== undefined) chosen.push(best.name);
    else terminal.note(`Skipped ${formatApi(first?.api ?? '')}: not logged in`);
  }
  if (chosen.length === 0) throw notLoggedInError('No context is logged in');
  return Promise.all(chosen.map(findContext));
}

async function filterAsync<T>(items: readonly T[], test: (item: T) => Promise<boolean>) {
  const results = await Promise.all(items.map(test));
  return items.filter((_item, index) => results[index]);
}
