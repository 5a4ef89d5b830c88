import { expect, test } from '@jest/globals';
import {
  createKeyTracker,
  selectRows,
  type SelectionFlags,
} from '../../../../src/commands/resource/row-selection.js';
import { clusterList } from '../../../../src/commands/clusters/cluster-view.js';
import { aCluster } from '../../../support/fixtures.js';

const clusters = [
  aCluster({ name: 'dev-10', last_action_state: 'failed' }),
  aCluster({ name: 'dev-9', parameters: { kubernetes_worker_instances: 3 } }),
];

test('selectRows returns rows that match all filters, by column or by field of the server', () => {
  const filter = [
    { key: 'status', value: 'succeeded' },
    { key: 'parameters.kubernetes_worker_instances', value: '3' },
  ];
  expect(selectRows(clusterList, clusters, { filter }).map(({ name }) => name)).toEqual(['dev-9']);
});

test('selectRows sorts numbers in names numerically', () => {
  const sorted = selectRows(clusterList, clusters, { sortBy: 'name' });
  expect(sorted.map(({ name }) => name)).toEqual(['dev-9', 'dev-10']);
});

function findUnknownKeys(
  rows: readonly (typeof clusters)[number][],
  flags: SelectionFlags,
): readonly string[] {
  const tracker = createKeyTracker(clusterList, flags);
  rows.forEach(tracker.track);
  return tracker.listMissing();
}

test('createKeyTracker reports keys that no row has and that are not columns', () => {
  const filter = ['stats', 'network_profile_name', 'k8s-version', 'parameters'].map((key) => ({
    key,
    value: 'x',
  }));
  expect(findUnknownKeys(clusters, { filter, sortBy: 'nam' })).toEqual([
    'stats',
    'network_profile_name',
    'nam',
  ]);
  expect(findUnknownKeys([], { sortBy: 'nam' })).toEqual([]);
});

test('selectRows reads the sort key of each row once', () => {
  let reads = 0;
  const many = Array.from({ length: 1000 }, (_, index) => ({
    ...aCluster(),
    get name() {
      reads += 1;
      return `dev-${String((index * 7919) % 1000)}`;
    },
  }));
  selectRows(clusterList, many, { sortBy: 'name' });
  expect(reads).toBe(1000);
});
