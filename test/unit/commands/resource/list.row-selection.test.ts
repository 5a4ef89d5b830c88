import { describe, expect, test } from '@jest/globals';
import { clusterList } from '../../../../src/commands/clusters/clusters.js';
import {
  type Filter,
  rejectUnknownKeys,
  selectRows,
  type SelectionFlags,
} from '../../../../src/commands/resource/list.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';

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

test.each<readonly [value: string, names: readonly string[]]>([
  ['dev-*', ['dev-10', 'dev-9']],
  ['dev-?', ['dev-9']],
  ['*0', ['dev-10']],
  ['dev', []],
  ['dev.9', []],
  ['*', ['dev-10', 'dev-9']],
  ['d*v*1*0', ['dev-10']],
  ['*e*-*', ['dev-10', 'dev-9']],
  ['*v*e*', []],
])('selectRows matches %s with any characters for * and one character for ?', (value, names) => {
  const select = (isNegated: boolean) =>
    selectRows(clusterList, clusters, { filter: [{ key: 'name', value, isNegated }] });
  expect(select(false).map(({ name }) => name)).toEqual(names);
  expect(select(true)).toEqual(clusters.filter(({ name }) => !names.includes(name)));
});

test('selectRows reads a field that a row does not have as an empty value', () => {
  const [first, second] = clusters;
  const key = 'parameters.kubernetes_worker_instances';
  const select = (filter: Omit<Filter, 'key'>) =>
    selectRows(clusterList, clusters, { filter: [{ key, ...filter }] });
  expect(select({ value: '' })).toEqual([first]);
  expect(select({ value: '?', isNegated: true })).toEqual([first]);
  expect(select({ value: '', isNegated: true })).toEqual([second]);
});

test('selectRows matches the special characters of patterns, and line breaks', () => {
  const value = 'a.b+(c)[d]{e}|^$\\/\n\u{1f600}';
  const rows = [aCluster({ last_action_description: value })];
  for (const pattern of [value, 'a*\n?', value.replace('.', '?')]) {
    const filter = [{ key: 'description', value: pattern }];
    expect(selectRows(clusterList, rows, { filter })).toEqual(rows);
  }
});

test('selectRows sorts numbers in names numerically', () => {
  const sorted = selectRows(clusterList, clusters, { sortBy: 'name' });
  expect(sorted.map(({ name }) => name)).toEqual(['dev-9', 'dev-10']);
});

describe('rejectUnknownKeys', () => {
  function reject(rows: readonly (typeof clusters)[number][], flags: SelectionFlags): void {
    rejectUnknownKeys(clusterList, rows, flags);
  }

  test.each(['stats', 'parameters.no_such', 'toString'])(
    'rejects the filter %s, which no row has, with the choices',
    (key) => {
      const message = expect.stringContaining(`Unknown key in --filter: "${key}"`);
      const hint = expect.stringMatching(/^choose from .*name, .*, or a JSON field: .*parameters/);
      expect(() => {
        reject(clusters, { filter: [{ key, value: 'x' }] });
      }).toThrow(expect.objectContaining({ kind: 'usage', message, hint }));
    },
  );

  test.each(['k8s-version', 'parameters', 'network_profile_name'])('accepts %s', (key) => {
    reject(clusters, { filter: [{ key, value: 'x' }], sortBy: key });
  });

  test('accepts a field that has no value in any row', () => {
    reject(
      clusters.map((cluster) => ({ ...cluster, owner: null })),
      { sortBy: 'owner.name' },
    );
  });
});
