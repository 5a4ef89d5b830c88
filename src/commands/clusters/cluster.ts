import { Option } from 'commander';
import { requiresRead } from '../resource/list-command.js';
import { pksShowCommand } from '../resource/show-command.js';
import { clusterArgument } from './cluster-command.js';
import { formatClusterDetails } from './cluster-view.js';
import { createClusters } from '../../pks/clusters.js';

export const { define } = pksShowCommand({
  description: `Show the plan, size and last action of a cluster. ${requiresRead}`,
  examples: ['cluster dev-1', 'cluster dev-1 --details'],
  argument: clusterArgument,
  resource: createClusters,
  options: () => [new Option('--details', 'also show the network and Kubernetes settings')],
  read: (clusters, name, { details = false }: { details?: boolean }) =>
    clusters.get(name, { details }),
  formatDetails: (cluster, { details = false }) => formatClusterDetails(cluster, { details }),
  nameOf: ({ name }) => name,
});
