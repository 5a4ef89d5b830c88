import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { addListOptions, showList, type ListFlags } from '../list/list.js';
import { clustersEverywhere, type EverywhereDeps } from './all-contexts.js';
import { chosenClusters, collectFilter, unknownKeys, type ChoiceFlags } from './cluster-choice.js';
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
  if (flags.allContexts === true) {
    const { list, rows, failure } = await clustersEverywhere(deps);
    warnOfUnknownKeys(unknownKeys(rows, flags), deps);
    await showList(list, chosenClusters(rows, flags), flags, deps.terminal);
    if (failure !== undefined) throw failure;
    return;
  }
  const found = await (await deps.clusters()).list();
  warnOfUnknownKeys(unknownKeys(found, flags), deps);
  await showList(clusterList, chosenClusters(found, flags), flags, deps.terminal);
  await rememberNames(
    'clusters',
    found.map(({ name }) => name),
    deps,
  );
}

/** An empty list for a word that was mistyped would look like good news. */
function warnOfUnknownKeys(keys: readonly string[], { terminal }: Pick<Deps, 'terminal'>): void {
  for (const key of keys) terminal.warn(`No cluster has ${JSON.stringify(key)}`);
}
