import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { Services } from '../../services.js';
import type { Cluster } from '../../pks/clusters.js';
import { mostKnownNames, rememberNames } from '../known-names.js';
import { addListOptions, isStreamed, showList, type ListFlags } from '../list/list.js';
import { clustersEverywhere, type EverywhereDeps } from './all-contexts.js';
import {
  chosenClusters,
  clusterFilter,
  collectFilter,
  createKeyCheck,
  type ChoiceFlags,
  type KeyCheck,
} from './cluster-choice.js';
import { clusterList } from './cluster-view.js';
import { watchClusters, type WatchClustersDeps } from './watch-clusters.js';

type Deps = Pick<Services, 'context' | 'names'> & EverywhereDeps & WatchClustersDeps;

interface Flags extends ListFlags, ChoiceFlags {
  readonly watch?: boolean;
  readonly allContexts?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addListOptions(command, clusterList)
    .description('Lists the clusters that you may see, in the server’s order.')
    .addOption(
      withCompleter(
        new Option('--sort-by <key>', 'by a column, or by one of the server’s own names'),
        () => Promise.resolve(['name', 'status', 'action', 'plan-name', 'k8s-version']),
      ),
    )
    .option('--filter <key=value>', 'only those; may be repeated', collectFilter)
    .option('--watch', 'show the list again every 5 s, until Ctrl-C')
    .option('--all-contexts', 'of every installation that you are logged in to')
    .addHelpText(
      'after',
      `
Examples:
  $ tpks clusters
  $ tpks clusters --filter status=failed -o name
  $ tpks clusters --all-contexts --json`,
    )
    .action((flags: Flags) => clusters(flags, deps));
}

export async function clusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.watch === true) return watchClusters(flags, deps);
  const { terminal } = deps;
  const keys = createKeyCheck(flags);
  if (flags.allContexts === true) {
    const { list, rows, failure } = await clustersEverywhere(deps);
    rows.forEach(keys.see);
    await showList(list, chosenClusters(rows, flags), flags, terminal);
    warnOfUnknownKeys(keys, deps);
    if (failure !== undefined) throw failure;
    return;
  }
  const service = await deps.clusters();
  const isOneByOne = flags.sortBy === undefined && isStreamed(flags, terminal);
  const names: string[] = [];
  const seen = (cluster: Cluster): Cluster => {
    keys.see(cluster);
    if (names.length < mostKnownNames) names.push(cluster.name);
    return cluster;
  };
  let isComplete = false as boolean;
  const rows = async function* (): AsyncGenerator<Cluster> {
    if (isOneByOne) {
      const keeps = clusterFilter(flags);
      for await (const cluster of service.stream()) if (keeps(seen(cluster))) yield cluster;
    } else yield* chosenClusters((await service.list()).map(seen), flags);
    isComplete = true;
  };
  await showList(clusterList, rows(), flags, terminal);
  // The reader of stdout may have closed it before the end, as `| head -1` does.
  if (!isComplete) return;
  warnOfUnknownKeys(keys, deps);
  await rememberNames('clusters', names, deps);
}

/** Without a warning, an empty list because of a typo would look like a result. */
function warnOfUnknownKeys(keys: KeyCheck, { terminal }: Pick<Deps, 'terminal'>): void {
  for (const key of keys.unknown()) terminal.warn(`No cluster has ${JSON.stringify(key)}`);
}
