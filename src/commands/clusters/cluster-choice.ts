import { InvalidArgumentError } from 'commander';
import type { Cluster } from '../../pks/clusters.js';
import { valueReader } from '../list/list.js';
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

/** Which clusters `--filter` keeps. */
export function clusterFilter({ filter = [] }: ChoiceFlags): (row: Cluster) => boolean {
  const wanted = filter.map(({ key, value }) => ({ read: valueReader(clusterList, key), value }));
  return (row) => wanted.every(({ read, value }) => (read(row) ?? '') === value);
}

/** The clusters that match the filters, in the requested order. */
export function chosenClusters<Row extends Cluster>(
  rows: readonly Row[],
  flags: ChoiceFlags,
): Row[] {
  const { sortBy } = flags;
  const left = rows.filter(clusterFilter(flags));
  if (sortBy === undefined) return left;
  const read = valueReader(clusterList, sortBy);
  const order = new Intl.Collator('en', { numeric: true });
  return left
    .map((row) => ({ row, value: read(row) ?? '' }))
    .sort((one, other) => order.compare(one.value, other.value))
    .map(({ row }) => row);
}

/** Finds requested keys that no cluster has, which are probably typos. */
export interface KeyCheck {
  readonly see: (row: Cluster) => void;
  /** Keys that no cluster has; empty if there are no clusters. */
  readonly unknown: () => readonly string[];
}

export function createKeyCheck({ filter = [], sortBy }: ChoiceFlags): KeyCheck {
  const keys = [...filter.map(({ key }) => key), ...(sortBy === undefined ? [] : [sortBy])];
  let isEmpty = true;
  let unseen = keys.map((key) => ({ key, read: valueReader(clusterList, key) }));
  return {
    see: (row) => {
      isEmpty = false;
      if (unseen.length > 0) unseen = unseen.filter(({ read }) => read(row) === undefined);
    },
    unknown: () => (isEmpty ? [] : unseen.map(({ key }) => key)),
  };
}

/** Reads one `--filter` to those before it. */
export function collectFilter(text: string, all: readonly Filter[] = []): Filter[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write a filter as KEY=VALUE, e.g. status=failed');
  return [...all, { key: text.slice(0, at), value: text.slice(at + 1) }];
}
