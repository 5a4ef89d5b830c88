import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { formatExamples, rememberRows, requiresRead } from '../resource/list-command.js';
import { addListOptions } from '../resource/list-options.js';
import { showList, validateColumns, type ListFlags } from '../resource/list.js';
import type { AllContextsDeps } from './all-contexts.js';
import { clusterList } from './cluster-view.js';
import type { WatchClustersDeps } from './watch-clusters.js';

type Deps = Pick<Services, 'context' | 'names'> & AllContextsDeps & WatchClustersDeps;

interface Flags extends ListFlags {
  readonly watch?: boolean;
  readonly allContexts?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addListOptions(command, clusterList)
    .description(
      `List the clusters that you have access to, in the order that the API returns them. ${requiresRead}`,
    )
    .option('--watch', 'update the list every 5 seconds until Ctrl-C')
    .option('--all-contexts', 'list the clusters of all contexts that are logged in')
    .addHelpText(
      'after',
      formatExamples([
        'clusters',
        'clusters --filter status=failed -o name',
        'clusters --all-contexts --json',
      ]),
    )
    .action((flags: Flags) => clusters(flags, deps));
}

export async function clusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.watch === true) {
    const { watchClusters } = await import('./watch-clusters.js');
    return watchClusters(flags, deps);
  }
  const { terminal } = deps;
  if (flags.allContexts === true) {
    const { listClustersInAllContexts } = await import('./all-contexts.js');
    const { list, rows, failure } = await listClustersInAllContexts(deps);
    await showList(list, rows, flags, terminal);
    if (failure !== undefined) throw failure;
    return;
  }
  validateColumns(clusterList, flags);
  const rows = await (await deps.clusters()).list();
  await showList(clusterList, rememberRows(rows, 'clusters', clusterList, deps), flags, terminal);
}
