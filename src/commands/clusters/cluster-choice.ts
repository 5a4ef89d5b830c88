import { InvalidArgumentError } from 'commander';
import type { Cluster } from '../../pks/clusters.js';
import { valueOf } from '../list/list.js';
import { clusterList } from './cluster-view.js';

/** Which clusters, and in which order. */
export interface ChoiceFlags {
  readonly sortBy?: string;
  readonly filter?: readonly Filter[];
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

/** What is left of a list after the filters, in the order that was asked for. */
export function chosenClusters<Row extends Cluster>(
  rows: readonly Row[],
  { filter = [], sortBy }: ChoiceFlags,
): Row[] {
  const left = rows.filter((row) =>
    filter.every(({ key, value }) => (valueOf(clusterList, row, key) ?? '') === value),
  );
  if (sortBy === undefined) return left;
  const order = new Intl.Collator('en', { numeric: true });
  return left.sort((one, other) =>
    order.compare(
      valueOf(clusterList, one, sortBy) ?? '',
      valueOf(clusterList, other, sortBy) ?? '',
    ),
  );
}

/** Keys that were asked for and that no cluster has: most likely somebody mistyped them. */
export function unknownKeys(
  rows: readonly Cluster[],
  { filter = [], sortBy }: ChoiceFlags,
): string[] {
  if (rows.length === 0) return [];
  const keys = [...filter.map(({ key }) => key), ...(sortBy === undefined ? [] : [sortBy])];
  return keys.filter((key) => rows.every((row) => valueOf(clusterList, row, key) === undefined));
}

/** Reads one `--filter` to those before it. */
export function collectFilter(text: string, all: readonly Filter[] = []): Filter[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write a filter as KEY=VALUE, e.g. status=failed');
  return [...all, { key: text.slice(0, at), value: text.slice(at + 1) }];
}
