import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { examplesText, rememberRows } from '../resource/list-command.js';
import { addListOptions } from '../resource/list-options.js';
import { isStreamed, showList, type ListFlags } from '../resource/list.js';
import { listClustersInAllContexts, type AllContextsDeps } from './all-contexts.js';
import { clusterList } from './cluster-view.js';
import { watchClusters, type WatchClustersDeps } from './watch-clusters.js';

type Deps = Pick<Services, 'context' | 'names'> & AllContextsDeps & WatchClustersDeps;

interface Flags extends ListFlags {
  readonly watch?: boolean;
  readonly allContexts?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addListOptions(command, clusterList)
    .description('List the clusters that you can see, in the order of the server.')
    .option('--watch', 'show the list again every 5 s, until Ctrl-C')
    .option('--all-contexts', 'list the clusters of every installation that you are logged in to')
    .addHelpText(
      'after',
      examplesText([
        'clusters',
        'clusters --filter status=failed -o name',
        'clusters --all-contexts --json',
      ]),
    )
    .action((flags: Flags) => clusters(flags, deps));
}

export async function clusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.watch === true) return watchClusters(flags, deps);
  const { terminal } = deps;
  if (flags.allContexts === true) {
    const { list, rows, failure } = await listClustersInAllContexts(deps);
    await showList(list, rows, flags, terminal);
    if (failure !== undefined) throw failure;
    return;
  }
  const service = await deps.clusters();
  // The list of a table is in memory anyway, so that its size must be limited.
  const rows = isStreamed(flags, terminal) ? service.stream() : await service.list();
  await showList(clusterList, rememberRows(rows, 'clusters', clusterList, deps), flags, terminal);
}
