import type { KubernetesObject } from './objects.js';
import type { Resource } from './resource.js';
import { ageColumn, createTextColumn, nameColumn } from './table.js';

/** The namespaces that each cluster has. */
export const namespaceNames = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const statusColumn = createTextColumn('Status', ['status', 'phase'], {
  description: 'The status of the namespace',
});

/** @param creationTimestamp - when the cluster was created. */
export function createNamespaces(creationTimestamp: string): Resource {
  const namespaces = namespaceNames.map((name, index): KubernetesObject => ({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: `00000000-0000-4000-a000-00000000000${String(index)}`,
      resourceVersion: '1',
      creationTimestamp,
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
  const columns = [nameColumn, statusColumn, ageColumn];
  return { group: '', name: 'namespaces', columns, list: () => namespaces };
}
