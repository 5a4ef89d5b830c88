import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { clustersTable } from './cluster-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'clusters' | 'clusterNames'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the clusters that you may see, in the server’s order.')
    .addHelpText('after', '\nExamples:\n  $ tpks clusters\n  $ tpks clusters --json')
    .action(() => clusters(deps));
}

export async function clusters(deps: Deps): Promise<void> {
  const service = await deps.clusters();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: clustersTable(found), indent: 3 });
  const { name, store } = await deps.context();
  // A run from the environment writes nothing: its home may be anybody's, or nobody's.
  if (store === 'none') return;
  const cache = await deps.clusterNames();
  await cache.write(
    name,
    found.map((cluster) => cluster.name),
  );
}
