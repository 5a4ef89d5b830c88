import { describe, expect, test } from '@jest/globals';
import type { Cluster, ClusterUpdate } from '../../../../src/api/pks/clusters.js';
import type { Quota } from '../../../../src/api/pks/quotas.js';
import { TpksError } from '../../../../src/base/errors.js';
import {
  explainExceededQuota,
  type Growth,
} from '../../../../src/commands/clusters/exceeded-quota.js';
import { clusterCommand } from '../../../support/program/cluster-command.js';

const usage = {
  owner: 'cody',
  totals: { cpu: 14, memory: 28, cluster: 3 },
  clusters: [{ name: 'dev-2', cpu: 6, memory: 12 }],
};
const dev2: Cluster = {
  name: 'dev-2',
  kubernetes_master_ips: ['10.0.9.6'],
  parameters: { kubernetes_worker_instances: 2 },
};
const rejected = new TpksError('forbidden', 'no privileges', { status: 403, hint: 'original' });
const resizeTo = (workers: number, change: ClusterUpdate = {}): Growth => ({
  cluster: 'dev-2',
  change: { kubernetes_worker_instances: workers, ...change },
});

interface Failure {
  readonly limit?: Partial<Quota['limit']>;
  readonly growth?: Growth;
  readonly error?: TpksError;
  readonly cluster?: Cluster;
}

/** Returns the error of a request that the API rejects. */
async function explain({
  limit,
  growth = 'newCluster',
  error = rejected,
  cluster = dev2,
}: Failure): Promise<unknown> {
  const enough = { cpu: 99, memory: 99, cluster: 99 };
  const { deps } = clusterCommand({
    usage,
    clusters: { get: async () => cluster },
    ...(limit === undefined ? {} : { quota: { owner: 'cody', limit: { ...enough, ...limit } } }),
  });
  return explainExceededQuota(growth, deps, Promise.reject(error)).catch((each: unknown) => each);
}

test('the error about an exceeded quota names the limit and how to raise it', async () => {
  expect(await explain({ limit: { cluster: 3 } })).toMatchObject({
    kind: 'forbidden',
    status: 403,
    message: 'The quota of cody would be exceeded: 3 of 3 clusters are used',
    hint:
      'show the usage: tpks usage cody\n' +
      'an administrator can raise the limit: tpks update-quota cody --clusters N\n' +
      'a missing scope causes the same error; to show your scopes: tpks status',
  });
});

describe('the error names', () => {
  test.each<[string, Failure, string]>([
    [
      'each limit',
      { limit: { cpu: 10, memory: 28 } },
      '14 of 10 CPUs are used; 28 of 28 GB of memory are used',
    ],
    ['a limit of 0', { limit: { cpu: 0 } }, '14 of 0 CPUs are used'],
    [
      'an estimate for new workers',
      { limit: { cpu: 17 }, growth: resizeTo(4) },
      '2 more workers need about 4 CPUs, but 14 of 17 are used',
    ],
    [
      'an estimate for one worker',
      { limit: { memory: 30 }, growth: resizeTo(3) },
      '1 more worker needs about 4 GB of memory, but 28 of 30 are used',
    ],
    [
      'a limit that is reached before node pools are resized',
      { limit: { cpu: 14 }, growth: resizeTo(4, { node_pool_instances: {} }) },
      '14 of 14 CPUs are used',
    ],
  ])('%s', async (_name, failure, expected) => {
    expect(await explain(failure)).toMatchObject({
      message: `The quota of cody would be exceeded: ${expected}`,
    });
  });
});

describe('the error is unchanged', () => {
  test.each<[string, Failure]>([
    ['without a quota', {}],
    ['if the quota is not used up', { limit: { cluster: 4 } }],
    ['if the new workers fit', { limit: { cpu: 18, cluster: 3 }, growth: resizeTo(4) }],
    ['if a cluster becomes smaller', { limit: { cpu: 10 }, growth: resizeTo(1) }],
    [
      'if the masters are not known',
      { limit: { cpu: 15 }, growth: resizeTo(4), cluster: { ...dev2, kubernetes_master_ips: [] } },
    ],
    ['if the status is not 403', { limit: { cpu: 0 }, error: new TpksError('failed', 'bad') }],
  ])('%s', async (_name, failure) => {
    expect(await explain(failure)).toBe(failure.error ?? rejected);
  });
});
