import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { clusterName } from './cluster-name.js';
import { clusterDetails } from './cluster-view.js';

type Deps = Pick<Services, 'clusters' | 'terminal'>;
type NameDeps = Pick<Services, 'settings' | 'clusterNames' | 'options' | 'env'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows a cluster: its plan, its size and what the platform did to it last.')
    .addArgument(clusterName(deps))
    .option('--details', 'also the settings of the network and of Kubernetes')
    .addHelpText('after', '\nExamples:\n  $ tpks cluster dev-1\n  $ tpks cluster dev-1 --details')
    .action((name: string, { details = false }: { details?: boolean }) =>
      cluster({ name, details }, deps),
    );
}

export async function cluster(
  { name, details }: { name: string; details: boolean },
  deps: Deps,
): Promise<void> {
  const service = await deps.clusters();
  const found = await service.get(name, { details });
  await deps.terminal.show({ json: found, text: clusterDetails(found, { details }), indent: 3 });
}
