import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { validate, type JsonObject } from '../json.js';
import type { MessageSchema } from './protobuf.js';
import { invalidObjectError } from './status.js';

/** The properties of a cluster that its Kubernetes API shows. */
export interface ClusterState {
  readonly uuid: string;
  /** Number of nodes. */
  readonly workers: number;
  /** Version of Kubernetes, e.g. `1.16.7`. */
  readonly version: string;
}

interface Metadata {
  readonly name: string;
  /** Absent for objects outside namespaces. */
  readonly namespace?: string;
  readonly uid: string;
  /** E.g. `2026-11-25T10:00:00Z`. */
  readonly creationTimestamp: string;
}

/** Grants users, groups and service accounts all permissions in the cluster or in one namespace. */
export interface Binding {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly {
    /** `User`, `Group` or `ServiceAccount`. */
    readonly kind: string;
    readonly name: string;
    /** Only for service accounts. */
    readonly namespace?: string | undefined;
  }[];
}

/** Its token is in the kubeconfigs of clusters without OIDC. */
interface ServiceAccount {
  readonly kind: 'ServiceAccount';
  readonly apiVersion: string;
  readonly metadata: Metadata;
}

/** An object that clients can create and delete. */
export type StoredObject = Binding | ServiceAccount;

type Namespace = ReturnType<typeof createNamespaces>[number];
type Node = ReturnType<typeof createNodes>[number];

export type KubernetesObject = StoredObject | Namespace | Node;

/** The protobuf schema of the objects that clients can create. */
export const storedObjectSchema: MessageSchema = {
  1: { name: 'metadata', members: { 1: { name: 'name' } } },
  2: {
    name: 'subjects',
    members: {
      1: { name: 'kind' },
      2: { name: 'apiGroup' },
      3: { name: 'name' },
      4: { name: 'namespace' },
    },
    isRepeated: true,
  },
  3: {
    name: 'roleRef',
    members: { 1: { name: 'apiGroup' }, 2: { name: 'kind' }, 3: { name: 'name' } },
  },
};

const name = v.pipe(v.string('{name} is required'), v.nonEmpty('{name} is required'));
const accountSchema = v.object({ metadata: v.looseObject({ name }, 'metadata is required') });
const bindingSchema = v.object({
  ...accountSchema.entries,
  roleRef: v.looseObject({ kind: v.string(), name }, 'roleRef is required'),
  subjects: v.optional(
    v.array(v.looseObject({ kind: v.string(), name, namespace: v.optional(v.string()) })),
    [],
  ),
});

/**
 * Creates an object from the body of a request.
 * @param namespace - empty for objects outside namespaces.
 * @param now - epoch milliseconds.
 * @throws {ErrorResponse} 422 if a required member is missing.
 */
export function createStoredObject(
  kind: StoredObject['kind'],
  content: JsonObject,
  namespace: string,
  now: number,
): StoredObject {
  const parse = <Schema extends v.GenericSchema>(schema: Schema) =>
    validate(schema, content, (message) => invalidObjectError(`${kind} is invalid: ${message}`));
  const complete = (metadata: Pick<Metadata, 'name'>): Metadata => ({
    ...metadata,
    ...(namespace !== '' && { namespace }),
    uid: randomUUID(),
    creationTimestamp: formatTimestamp(now),
  });
  if (kind === 'ServiceAccount') {
    const { metadata } = parse(accountSchema);
    return { kind, apiVersion: 'v1', metadata: complete(metadata) };
  }
  const { metadata, roleRef, subjects } = parse(bindingSchema);
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return { kind, apiVersion, metadata: complete(metadata), roleRef, subjects };
}

/** @param creationTimestamp - creation time of the cluster. */
export function createNamespaces(creationTimestamp: string) {
  return ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({
    kind: 'Namespace' as const,
    apiVersion: 'v1',
    metadata: { name, uid: deriveUuid(name), creationTimestamp },
    status: { phase: 'Active' },
  }));
}

/**
 * Creates the nodes of a cluster, one for each worker. Their names are UUIDs, because PKS on vSphere
 * names nodes after the IDs of their virtual machines.
 * @param creationTimestamp - creation time of the cluster.
 */
export function createNodes({ uuid, workers, version }: ClusterState, creationTimestamp: string) {
  return Array.from({ length: workers }, (_, index) => {
    // 250 nodes for each subnet: 10.200.0.2 to .251, then 10.200.1.2, ...
    const address = `10.200.${String(Math.floor(index / 250))}.${String((index % 250) + 2)}`;
    const name = deriveUuid(`${uuid} node ${String(index)}`);
    return {
      kind: 'Node' as const,
      apiVersion: 'v1',
      metadata: { name, uid: deriveUuid(name), creationTimestamp },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: {
          kubeletVersion: `v${version}`,
          osImage: 'Ubuntu 16.04.6 LTS',
          kernelVersion: '4.15.0-70-generic',
          containerRuntimeVersion: 'docker://18.9.9',
        },
      },
    };
  });
}

/** Formats epoch milliseconds as Kubernetes does, in whole seconds. */
export function formatTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Derives a UUID (version 8) from a text, so that the ID is the same after a restart. */
export function deriveUuid(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
}

interface Columns {
  readonly names: readonly string[];
  /** Shown only by `-o wide`, after the other columns. */
  readonly wideNames?: readonly string[];
}

const bindingColumns: Columns = {
  names: ['Name', 'Role', 'Age'],
  wideNames: ['Users', 'Groups', 'ServiceAccounts'],
};
const columnsByKind: Readonly<Record<string, Columns>> = {
  Namespace: { names: ['Name', 'Status', 'Age'] },
  Node: {
    names: ['Name', 'Status', 'Roles', 'Age', 'Version'],
    wideNames: ['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'],
  },
  ClusterRoleBinding: bindingColumns,
  RoleBinding: bindingColumns,
};
const otherColumns: Columns = { names: ['Name', 'Age'] };

/**
 * Creates a table of objects, which kubectl prints.
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
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
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
      const wide = [addresses[0]?.address ?? '', '<none>', osImage, kernelVersion];
      return [name, 'Ready', '<none>', age, kubeletVersion, ...wide, containerRuntimeVersion];
    }
    case 'ClusterRoleBinding':
    case 'RoleBinding': {
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

function formatSubjects({ subjects }: Binding, kind: string): string {
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

/** Formats a duration in the largest unit with a value of at least 2, e.g. `119m`. */
function formatAge(milliseconds: number): string {
  const total = Math.max(0, Math.trunc(milliseconds / 1000));
  const unit = units.find(({ seconds }) => total >= 2 * seconds) ?? { symbol: 's', seconds: 1 };
  return `${String(Math.trunc(total / unit.seconds))}${unit.symbol}`;
}
