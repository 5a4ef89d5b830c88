import { expect, test } from '@jest/globals';
import { createTimeFormatter } from '../../../../src/commands/local-time.js';
import { runWithResponses } from '../../../support/servers/answering-server.js';
import { aQuota } from '../../../support/fixtures/fixtures.js';

/** Runs a command. @returns its output, without spaces at the ends of lines. */
async function print(words: string, route: string, body: unknown): Promise<string> {
  const { code, stdout, stderr } = await runWithResponses(
    { [`GET /v1/${route}`]: body },
    words.split(' '),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.replaceAll(/ +$/gm, '');
}

const quota = aQuota();
const usage = {
  owner: 'cody',
  totals: { cpu: 20, memory: 52, cluster: 2 },
  clusters: [
    { name: 'vsp1', cpu: 12, memory: 36 },
    { name: 'vsp-two', cpu: 8, memory: 16 },
  ],
};
const createdAt = Date.UTC(2019, 10, 6, 0, 28, 15) / 1000;
const created = createTimeFormatter('')(createdAt);

/** The tables of the product documentation. */
const tables: [words: string, route: string, body: unknown, expected: string][] = [
  [
    'plans',
    'plans',
    [
      { id: '8A0E21A8-8072-4D80-B365-D1F502085560', name: 'small', description: 'For tests' },
      { id: '58375a45-17f7-4291-acf1-455bfdc8e371', name: 'medium', description: null },
    ],
    `
Name    ID                                    Description
small   8A0E21A8-8072-4D80-B365-D1F502085560  For tests
medium  58375a45-17f7-4291-acf1-455bfdc8e371
`,
  ],
  ['plans', 'plans', [], '\nName  ID  Description\n'],
  [
    'quotas',
    'quotas',
    [quota],
    `
Owner  CPU  Memory (GB)  Clusters
cody   2    1.5          6
`,
  ],
  [
    'quota cody',
    'quotas/cody',
    quota,
    `
Owner:        cody
CPU:          2
Memory (GB):  1.5
Clusters:     6
`,
  ],
  [
    'usages',
    'usages',
    [usage],
    `
Owner  CPU  Memory (GB)  Clusters
cody   20   52           2
`,
  ],
  [
    'usage cody',
    'usages/cody',
    usage,
    `
Owner:        cody
CPU:          20
Memory (GB):  52
Clusters:     2

Cluster  CPU  Memory (GB)
vsp1     12   36
vsp-two  8    16
`,
  ],
  [
    'network-profiles',
    'network-profiles',
    [
      { name: 'lb-profile-medium', description: 'Medium size NSX-T load balancer' },
      { name: 'small-routable-pod', description: 'Two routable pod networks' },
    ],
    `
Name                Description
lb-profile-medium   Medium size NSX-T load balancer
small-routable-pod  Two routable pod networks
`,
  ],
  ['network-profiles', 'network-profiles', [], '\nName  Description\n'],
  [
    'compute-profiles',
    'compute-profiles',
    [
      { name: 'custom-nodes-compute-profile', description: 'custom-nodes-compute-profile' },
      { name: 'dc-east-mixed', description: 'For the east datacenter' },
    ],
    `
Name                          Description
custom-nodes-compute-profile  custom-nodes-compute-profile
dc-east-mixed                 For the east datacenter
`,
  ],
  [
    'k8s-profiles',
    'kubernetes-profiles',
    [{ name: 'Basic-k8s-profile', owner: 'Alana', created_at: createdAt }, { name: 'older' }],
    `
K8s-profile        Owner  Created Date
Basic-k8s-profile  Alana  ${created}
older
`,
  ],
  [
    'tasks',
    'tasks',
    [
      { uuid: 't', clusters: [{ cluster_name: 'a' }, { cluster_name: 'b' }] },
      { uuid: 'u', type: 'UPGRADE', status: 'done', clusters: null },
    ],
    `
ID  Type     Status  StartTime  EndTime  Clusters
t                    ---        ---      a, b
u   UPGRADE  done    ---        ---
`,
  ],
  [
    'task t',
    'tasks/t',
    { uuid: 't', clusters: [{ cluster_name: 'a' }, { cluster_name: 'b', is_canary: true }] },
    `
Your task is:

Name  Status  Start time  End time  isCanary
a             ---         ---       false
b             ---         ---       true
`,
  ],
];

test.each(tables)(
  'tpks %s prints the table of the original CLI for /v1/%s',
  async (words, route, body, expected) => {
    expect(await print(words, route, body)).toBe(expected);
  },
);
