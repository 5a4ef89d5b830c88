import { Option } from 'commander';
import { requiresWrite } from '../resource/list-command.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import { upgrade, type UpgradeDeps } from './upgrade.js';

interface Input extends Omit<OperationInput, 'program'> {
  readonly nodesParallel?: string;
}

export const { define } = clusterCommand({
  description: `Upgrade a cluster to the version of the installation. ${requiresWrite}`,
  examples: ['upgrade-cluster dev-1', 'upgrade-cluster dev-1 --non-interactive --wait'],
  options: () => [
    new Option(
      '--nodes-parallel <number>',
      'number of nodes to upgrade in parallel (TKGI 1.17+)',
    ).choices(['1', '2']),
  ],
  run: upgradeCluster,
});

export async function upgradeCluster(input: Input, deps: UpgradeDeps): Promise<void> {
  const { name, nodesParallel } = input;
  const request = {
    clusters: [name],
    canaries: [],
    max_in_flight: 1,
    ...(nodesParallel === undefined ? {} : { nodes_parallel: Number(nodesParallel) }),
  };
  await upgrade({ ...input, request }, deps);
}
