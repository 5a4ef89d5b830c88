import type { Cluster } from '../../broker/cluster.js';
import { deriveUuid } from '../../derived-uuid.js';
import { compareObjects, type KubernetesObject } from './objects.js';
import type { Resource } from './resource.js';
import { ageColumn, createTextColumn, nameColumn, type Column } from './table.js';

const none = '<none>';
const isWide = true;
const addressDescription = 'List of addresses reachable to the node.';

const columns: readonly Column[] = [
  nameColumn,
  { name: 'Status', description: 'The status of the node', formatCell: () => 'Ready' },
  { name: 'Roles', description: 'The roles of the node', formatCell: () => none },
  ageColumn,
  createTextColumn('Version', ['status', 'nodeInfo', 'kubeletVersion'], {
    description: 'Kubelet Version reported by the node.',
  }),
  createTextColumn('Internal-IP', ['metadata', 'labels', 'spec.ip'], {
    ...{ description: addressDescription, isWide },
  }),
  { name: 'External-IP', description: addressDescription, isWide, formatCell: () => none },
  createTextColumn('OS-Image', ['status', 'nodeInfo', 'osImage'], {
    ...{ description: 'OS Image reported by the node', isWide },
  }),
  createTextColumn('Kernel-Version', ['status', 'nodeInfo', 'kernelVersion'], {
    ...{ description: 'Kernel Version reported by the node', isWide },
  }),
  createTextColumn('Container-Runtime', ['status', 'nodeInfo', 'containerRuntimeVersion'], {
    ...{ description: 'ContainerRuntime Version reported by the node', isWide },
  }),
];

/**
 * Creates the nodes of a cluster, one for each worker. Their names are UUIDs, because PKS on vSphere
 * names nodes after the ids of their virtual machines.
 *
 * @param readCluster - returns the current state of the cluster.
 * @param readVersion - returns the version of Kubernetes, e.g. `1.16.7`.
 * @param creationTimestamp - when the cluster was created.
 */
export function createNodes(
  readCluster: () => Cluster,
  readVersion: (cluster: Cluster) => string,
  creationTimestamp: string,
): Resource {
  return {
    ...{ group: '', name: 'nodes', columns },
    list: () => {
      const cluster = readCluster();
      const count = cluster.parameters.kubernetes_worker_instances;
      const version = readVersion(cluster);
      return Array.from({ length: count }, (_, index) =>
        createNode({ cluster, index, version, creationTimestamp }),
      ).sort(compareObjects);
    },
  };
}

interface NodeProperties {
  readonly cluster: Cluster;
  readonly index: number;
  readonly version: string;
  readonly creationTimestamp: string;
}

function createNode({
  cluster: { uuid },
  index,
  version,
  creationTimestamp,
}: NodeProperties): KubernetesObject {
  const createId = (purpose: string): string => deriveUuid(`${uuid} ${purpose} ${String(index)}`);
  const name = createId('node');
  // Each node has an address in the subnet of the nodes: 10.200.0.2 to .251, then 10.200.1.2, ...
  const address = `10.200.${String(Math.floor(index / 250))}.${String((index % 250) + 2)}`;
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      ...{ name, uid: createId('uid'), resourceVersion: '1', creationTimestamp },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'bosh.id': name,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'spec.ip': address,
      },
    },
    spec: {},
    status: {
      conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
        ...{ type, status: type === 'Ready' ? 'True' : 'False' },
        ...{ lastHeartbeatTime: creationTimestamp, lastTransitionTime: creationTimestamp },
      })),
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: createId('machine').replaceAll('-', ''),
        systemUUID: name,
        bootID: createId('boot'),
        kernelVersion: '4.15.0-70-generic',
        osImage: 'Ubuntu 16.04.6 LTS',
        containerRuntimeVersion: 'docker://18.9.9',
        kubeletVersion: `v${version}`,
        kubeProxyVersion: `v${version}`,
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}
