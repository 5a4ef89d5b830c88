import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../body.js';
import type { Storage } from '../../storage/storage.js';

/** The metadata of an object. */
export interface ObjectMetadata {
  readonly name: string;
  /** Undefined for objects outside namespaces. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** E.g. `2026-11-25T10:00:00Z`. */
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object of a cluster, with the members that all types have. */
export interface KubernetesObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ObjectMetadata;
  readonly [member: string]: unknown;
}

/** The stored objects of a cluster. */
export interface ObjectStore {
  /** Returns all objects of a kind, sorted by namespace and name. */
  readonly list: (kind: string) => readonly KubernetesObject[];
  readonly find: (kind: string, namespace: string, name: string) => KubernetesObject | undefined;
  /** Version of the latest change. */
  readonly version: () => string;
  /**
   * Adds an object, or replaces the object with the same kind, namespace and name.
   * @returns the object with its new version.
   */
  readonly put: (object: KubernetesObject) => KubernetesObject;
  readonly delete: (object: KubernetesObject) => void;
}

/** Versions start here, so that they do not collide with those of fixed objects. */
const firstVersion = 1000;

const formatKey = (kind: string, namespace: string, name: string): string =>
  `${kind}/${namespace}/${name}`;

export function createObjectStore(storage: Storage): ObjectStore {
  const rows = storage.collection<KubernetesObject>({
    name: 'objects',
    key: ({ kind, metadata }) => formatKey(kind, metadata.namespace ?? '', metadata.name),
  });
  const findByKind = rows.getIndex('kind', ({ kind }) => kind);
  let version = Math.max(
    firstVersion,
    ...rows.all().map(({ metadata }) => Number(metadata.resourceVersion)),
  );
  return {
    list: (kind) => [...findByKind(kind)].sort(compareObjects),
    find: (kind, namespace, name) => rows.get(formatKey(kind, namespace, name)),
    version: () => String(version),
    put(object) {
      version += 1;
      const metadata = { ...object.metadata, resourceVersion: String(version) };
      const stored = { ...object, metadata };
      rows.put(stored);
      return stored;
    },
    delete({ kind, metadata }) {
      version += 1;
      rows.delete(formatKey(kind, metadata.namespace ?? '', metadata.name));
    },
  };
}

/** Compares by namespace and name. */
export function compareObjects(
  { metadata: a }: KubernetesObject,
  { metadata: b }: KubernetesObject,
) {
  const [first, second] = [a, b].map(({ namespace = '', name }) => `${namespace}/${name}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

/** Creates the metadata of a new object. @param now - epoch milliseconds. */
export function createMetadata(
  properties: Pick<ObjectMetadata, 'name' | 'namespace' | 'labels' | 'annotations'>,
  now: number,
): ObjectMetadata {
  return {
    ...properties,
    uid: randomUUID(),
    resourceVersion: '1',
    creationTimestamp: formatTimestamp(now),
  };
}

/** Formats epoch milliseconds as Kubernetes does, in whole seconds. */
export function formatTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Creates a list of objects. Items of a list have no `kind` and no `apiVersion`. */
export function createList(
  kind: string,
  apiVersion: string,
  resourceVersion: string,
  objects: readonly KubernetesObject[],
): JsonObject {
  const items = objects.map((object) =>
    Object.fromEntries(
      Object.entries(object).filter(([name]) => !['kind', 'apiVersion'].includes(name)),
    ),
  );
  return { kind: `${kind}List`, apiVersion, metadata: { resourceVersion }, items };
}
