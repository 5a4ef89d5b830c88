import { isObject, type JsonObject } from '../../body.js';
import type { KubernetesObject } from './objects.js';

/** A column that `kubectl get` shows. */
export interface Column {
  readonly name: string;
  readonly description: string;
  /** Whether only `-o wide` shows it. */
  readonly isWide?: boolean;
  /** @param now - epoch milliseconds. */
  readonly formatCell: (object: KubernetesObject, now: number) => string;
}

export const nameColumn: Column = {
  name: 'Name',
  description: 'Name must be unique within a namespace.',
  formatCell: ({ metadata }) => metadata.name,
};

export const ageColumn: Column = {
  name: 'Age',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created.',
  formatCell: ({ metadata }, now) => formatAge(now - Date.parse(metadata.creationTimestamp)),
};

/** Creates a column that shows a text inside the object, e.g. `['status', 'phase']`. */
export function createTextColumn(
  name: string,
  path: readonly string[],
  options: Pick<Column, 'description' | 'isWide'>,
): Column {
  return { name, ...options, formatCell: (object) => readText(object, path) };
}

function readText(object: KubernetesObject, path: readonly string[]): string {
  const value = path.reduce<unknown>(
    (parent, key) => (isObject(parent) ? parent[key] : undefined),
    object,
  );
  return typeof value === 'string' ? value : '';
}

/** The objects of a table, and the options of the request. */
export interface TableInput {
  readonly columns: readonly Column[];
  readonly objects: readonly KubernetesObject[];
  readonly resourceVersion: string;
  /** Version of `meta.k8s.io`. */
  readonly version: string;
  /** What each row contains in addition to its cells. */
  readonly includeObject: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Creates the table from which kubectl prints objects.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export function createTable(input: TableInput): JsonObject {
  const { columns, objects, resourceVersion, version, includeObject, now } = input;
  const apiVersion = `meta.k8s.io/${version}`;
  const describeObject = (object: KubernetesObject): unknown => {
    if (includeObject === 'None') return undefined;
    if (includeObject === 'Object') return object;
    return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
  };
  return {
    ...{ kind: 'Table', apiVersion, metadata: { resourceVersion } },
    columnDefinitions: columns.map(({ name, description, isWide = false }) => ({
      ...{ name, type: 'string', format: name === nameColumn.name ? 'name' : '', description },
      priority: isWide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ formatCell }) => formatCell(object, now)),
      object: describeObject(object),
    })),
  };
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/**
 * Formats a duration as `kubectl get` shows ages: with at most two units, and fewer for long times.
 *
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/duration/duration.go
 */
export function formatAge(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${String(seconds)}s`;
  if (seconds < 10 * minute) return formatUnits(seconds, [minute, 'm'], [1, 's']);
  if (seconds < 3 * hour) return formatUnits(seconds, [minute, 'm']);
  if (seconds < 8 * hour) return formatUnits(seconds, [hour, 'h'], [minute, 'm']);
  if (seconds < 2 * day) return formatUnits(seconds, [hour, 'h']);
  if (seconds < 8 * day) return formatUnits(seconds, [day, 'd'], [hour, 'h']);
  if (seconds < 2 * year) return formatUnits(seconds, [day, 'd']);
  if (seconds < 8 * year) return formatUnits(seconds, [year, 'y'], [day, 'd']);
  return formatUnits(seconds, [year, 'y']);
}

type Unit = readonly [seconds: number, symbol: string];

function formatUnits(seconds: number, [large, symbol]: Unit, small?: Unit): string {
  const text = `${String(Math.trunc(seconds / large))}${symbol}`;
  const rest = small ? Math.trunc((seconds % large) / small[0]) : 0;
  return small && rest > 0 ? `${text}${String(rest)}${small[1]}` : text;
}
