import type { JsonObject } from '../body.js';
import type { ClusterRoleBinding, KubernetesObject } from './objects.js';

interface Columns {
  readonly names: readonly string[];
  /** Shown only by `-o wide`, after the other columns. */
  readonly wideNames?: readonly string[];
}

const columnsByKind: Readonly<Record<string, Columns>> = {
  Namespace: { names: ['Name', 'Status', 'Age'] },
  Node: {
    names: ['Name', 'Status', 'Roles', 'Age', 'Version'],
    wideNames: ['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'],
  },
  ClusterRoleBinding: {
    names: ['Name', 'Role', 'Age'],
    wideNames: ['Users', 'Groups', 'ServiceAccounts'],
  },
};
const otherColumns: Columns = { names: ['Name', 'Age'] };

/**
 * Creates the table from which kubectl prints objects.
 *
 * @param kind - the kind that all objects have.
 * @param includesObjects - whether rows contain complete objects, or only their metadata.
 * @param now - epoch milliseconds.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export function createTable(
  kind: string,
  objects: readonly KubernetesObject[],
  includesObjects: boolean,
  now: number,
): JsonObject {
  const apiVersion = 'meta.k8s.io/v1';
  const { names, wideNames = [] } = columnsByKind[kind] ?? otherColumns;
  return {
    kind: 'Table',
    apiVersion,
    metadata: {},
    columnDefinitions: [...names, ...wideNames].map((name) => ({
      ...{ name, type: 'string', format: name === 'Name' ? 'name' : '', description: '' },
      priority: wideNames.includes(name) ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: formatCells(object, formatAge(now - Date.parse(object.metadata.creationTimestamp))),
      object: includesObjects
        ? object
        : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata },
    })),
  };
}

function formatCells(object: KubernetesObject, age: string): readonly string[] {
  const { name } = object.metadata;
  switch (object.kind) {
    case 'Namespace':
      return [name, object.status.phase, age];
    case 'Node': {
      const { addresses, nodeInfo } = object.status;
      const { kubeletVersion, osImage, kernelVersion, containerRuntimeVersion } = nodeInfo;
      return [
        ...[name, 'Ready', '<none>', age, kubeletVersion],
        ...[addresses[0]?.address ?? '', '<none>'],
        ...[osImage, kernelVersion, containerRuntimeVersion],
      ];
    }
    case 'ClusterRoleBinding': {
      const { roleRef } = object;
      const subjects = ['User', 'Group', 'ServiceAccount'].map((kind) =>
        formatSubjects(object, kind),
      );
      return [name, `${roleRef.kind}/${roleRef.name}`, age, ...subjects];
    }
    case 'ServiceAccount':
      return [name, age];
  }
}

function formatSubjects({ subjects }: ClusterRoleBinding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`))
    .join(', ');
}

const units = [
  { symbol: 'd', seconds: 86_400 },
  { symbol: 'h', seconds: 3600 },
  { symbol: 'm', seconds: 60 },
];

/** Formats a duration in the largest unit of which there are at least two. */
function formatAge(milliseconds: number): string {
  const total = Math.max(0, Math.trunc(milliseconds / 1000));
  const unit = units.find(({ seconds }) => total >= 2 * seconds) ?? { symbol: 's', seconds: 1 };
  return `${String(Math.trunc(total / unit.seconds))}${unit.symbol}`;
}
