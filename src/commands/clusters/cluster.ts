import { Option } from 'commander';
import { pksShowCommand } from '../resource/show-command.js';
import { clusterName } from './cluster-command.js';
import { clusterDetails } from './cluster-view.js';

export const { define } = pksShowCommand({
  description: 'Show the plan, size and last action of a cluster.',
  examples: ['cluster dev-1', 'cluster dev-1 --details'],
  named: clusterName,
  resource: async () => (await import('../../pks/clusters.js')).createClusters,
  options: () => [new Option('--details', 'also show the network and Kubernetes settings')],
  read: (clusters, name, { details = false }: { details?: boolean }) =>
    clusters.get(name, { details }),
  details: (cluster, { details = false }) => clusterDetails(cluster, { details }),
  nameOf: ({ name }) => name,
});
