import { expect, test } from '@jest/globals';
import { listTable } from '../../../../src/commands/list/list.js';
import { quotaDetails, quotaList } from '../../../../src/commands/quotas/quota-view.js';
import { usageDetails, usageList } from '../../../../src/commands/quotas/usage-view.js';
import { plainText } from '../../../support/plain-lines.js';

const quota = { owner: 'cody', limit: { cpu: 2, memory: 1.5, cluster: 6 } };
const usage = {
  owner: 'cody',
  totals: { cpu: 20, memory: 52, cluster: 2 },
  clusters: [
    { name: 'vsp1', cpu: 12, memory: 36 },
    { name: 'vsp-two', cpu: 8, memory: 16 },
  ],
};

test('quotas are a table, and one is a block', () => {
  expect(plainText(listTable(quotaList, [quota]))).toBe(`
Owner  CPU  Memory (GB)  Clusters
cody   2    1.5          6
`);
  expect(plainText(quotaDetails(quota))).toBe(`
Owner:        cody
CPU:          2
Memory (GB):  1.5
Clusters:     6
`);
});

test('usages are a table, and one tells what each cluster takes', () => {
  expect(plainText(listTable(usageList, [usage]))).toBe(`
Owner  CPU  Memory (GB)  Clusters
cody   20   52           2
`);
  expect(plainText(usageDetails(usage))).toBe(`
Owner:        cody
CPU:          20
Memory (GB):  52
Clusters:     2

Cluster  CPU  Memory (GB)
vsp1     12   36
vsp-two  8    16
`);
});
