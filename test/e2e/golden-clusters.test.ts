import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startLinkedPks, trimmedLines, type LinkedPks } from '../support/program/linked-pks.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { respond, respondInTurn } from '../support/servers/faulty-server.js';

/** Output copied from the product's pages. Only spaces at the end of lines may differ. */

let { api, setApiRoutes, runLink: pks, atTerminal, reset, close } = {} as LinkedPks;
beforeAll(async () => {
  ({ api, setApiRoutes, runLink: pks, atTerminal, reset, close } = await startLinkedPks());
});
afterAll(() => close());
beforeEach(() => reset());

const myCluster = {
  name: 'my-cluster',
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'in progress',
  last_action_description: 'Creating cluster',
  uuid: '01a234bc-d56e-7f89-01a2-3b4cde5f6789',
  kubernetes_master_ips: ['In Progress'],
  k8s_version: '1.16.7',
  pks_version: '1.7.0-build.26',
  parameters: {
    kubernetes_master_host: 'my-cluster.example.com',
    kubernetes_master_port: 8443,
    kubernetes_worker_instances: 3,
    cluster_tags: [
      { name: 'client', value: 'example.com' },
      { name: 'costcenter', value: 'pettycash' },
    ],
  },
};

/** The text about this cluster. */
const block = (state: string, description: string, ips: string) => `
PKS Version:              1.7.0-build.26
Name:                     my-cluster
K8s Version:              1.16.7
Plan Name:                small
UUID:                     01a234bc-d56e-7f89-01a2-3b4cde5f6789
Last Action:              CREATE
Last Action State:        ${state}
Last Action Description:  ${description}
Kubernetes Master Host:   my-cluster.example.com
Kubernetes Master Port:   8443
Worker Nodes:             3
Kubernetes Master IP(s):  ${ips}
Network Profile Name:
Kubernetes Profile Name:
Tags:                     client:example.com,costcenter:pettycash

`;

test.each(['pks', 'tkgi'] as const)(
  '%s --version prints the version in the format that scripts parse',
  async (program) => {
    for (const words of ['--version', '--json --version']) {
      const { code, stdout, stderr } = await pks(words, program);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        new RegExp(`^\n${program.toUpperCase()} CLI version: \\d+\\.\\d+\\.\\d+\n$`),
      );
    }
  },
);

describe('create-cluster', () => {
  const words =
    'create-cluster my-cluster --external-hostname my-cluster.example.com --plan small ' +
    '--num-nodes 3 --tags client:example.com,costcenter:pettycash';
  const output = (program: string) =>
    `${block('in progress', 'Creating cluster', 'In Progress')}Use '${program} cluster my-cluster' to monitor the state of your cluster\n`;

  test.each(['pks', 'tkgi'] as const)('prints the text of %s', async (program) => {
    setApiRoutes({ 'POST /v1/clusters': respond({ status: 202, body: myCluster }) });
    const { code, stdout, stderr } = await pks(words, program);
    expect([code, stderr]).toEqual([0, '']);
    expect(trimmedLines(stdout).join('\n')).toBe(output(program));
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      name: 'my-cluster',
      plan_name: 'small',
      parameters: {
        kubernetes_master_host: 'my-cluster.example.com',
        kubernetes_worker_instances: 3,
        cluster_tags: [
          { name: 'client', value: 'example.com' },
          { name: 'costcenter', value: 'pettycash' },
        ],
      },
    });
  });

  test('prints the response with --json, indented by three spaces', async () => {
    setApiRoutes({ 'POST /v1/clusters': respond({ status: 202, body: myCluster }) });
    const { stdout } = await pks(`${words} --json`);
    expect(stdout).toBe(`${JSON.stringify(myCluster, undefined, 3)}\n`);
  });
});

describeIfPart('pty', 'the confirmation prompt', () => {
  const accepted = respond({ status: 202, body: '' });

  test('of delete-cluster names the cluster', async () => {
    setApiRoutes({
      'GET /v1/clusters/my-cluster': respond({ body: myCluster }),
      'DELETE /v1/clusters/my-cluster': respond({ status: 204, body: '' }),
    });
    const question = 'Are you sure you want to delete cluster my-cluster? (y/n)';
    const lines = await atTerminal('delete-cluster my-cluster', question, 'n');
    expect(lines[0]).toBe(`${question} n`);
    await atTerminal('delete-cluster my-cluster', question, 'y');
    expect(api.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE']);
  });

  test('of resize shows the new number of workers', async () => {
    setApiRoutes({
      'GET /v1/clusters/cluster1': respond({ body: myCluster }),
      'PATCH /v1/clusters/cluster1': accepted,
    });
    const lines = await atTerminal('resize cluster1 --num-nodes 5', '(y/n): ', 'y');
    expect(lines).toEqual([
      'Are you sure you want to resize cluster cluster1 to 5? (y/n): y',
      "Use 'pks cluster cluster1' to monitor the state of your cluster",
      '',
    ]);
    expect(api.requests[1]?.body).toBe('{"kubernetes_worker_instances":5}');
  });

  test('of update-cluster shows a summary of the changes', async () => {
    setApiRoutes({
      'GET /v1/clusters/my-cluster': respond({ body: myCluster }),
      'PATCH /v1/clusters/my-cluster': accepted,
    });
    const words =
      'update-cluster my-cluster --num-nodes 4 --kubelet-drain-timeout 1 --kubelet-drain-grace-period 5';
    expect(await atTerminal(words, '(y/n): ', 'y')).toEqual([
      'Update summary for cluster my-cluster:',
      'Worker Number: 4',
      'Kubelet Drain Timeout: 1',
      'Kubelet Drain Grace Period: 5',
      'Are you sure you want to continue? (y/n): y',
      "Use 'pks cluster my-cluster' to monitor the state of your cluster",
      '',
    ]);
  });

  test('of upgrade-clusters lists the clusters', async () => {
    setApiRoutes({
      ...Object.fromEntries(
        ['0', '1', '2'].map((digit) => {
          const name = `k8-cluster-00${digit}`;
          return [`GET /v1/clusters/${name}`, respond({ body: { ...myCluster, name } })];
        }),
      ),
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
    });
    const words =
      'upgrade-clusters --canaries k8-cluster-000 --clusters k8-cluster-001,k8-cluster-002';
    expect(await atTerminal(words, 'Continue? (y/n):', 'y')).toEqual([
      'You are about to upgrade k8-cluster-000, k8-cluster-001 and k8-cluster-002.',
      'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
      '',
      // The prompt adds the space before the answer; the page has none.
      'Continue? (y/n): y',
      'Your taskID for the upgrade task is: d772aba0-2670-4fba-b26c-044b19d6ab60',
      '',
    ]);
  });
});

describe('upgrade-cluster', () => {
  test.each([
    ['1.13.9-build.1', []],
    [
      '1.14.0-build.39',
      [
        'Warning: The runtime will switch to containerd unless you have set the "lock_container_runtime" flag',
      ],
    ],
  ])('prints the warnings for an upgrade to %s', async (version, extraLines) => {
    setApiRoutes({
      'GET /v1/upgradable': respond({ body: version }),
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
    });
    const { stdout, stderr } = await pks('upgrade-cluster k8-cluster-000 --non-interactive');
    expect(stderr).toBe('');
    expect(trimmedLines(stdout)).toEqual([
      'You are about to upgrade k8-cluster-000.',
      'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
      ...extraLines,
      '',
      `Your taskID for the upgrade task is: ${taskId}`,
      '',
    ]);
  });
});

const taskId = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

function task(status: string, ...states: (readonly [state: string, isCanary: boolean])[]) {
  const clusters = states.map(([last_action_state, is_canary], index) => ({
    cluster_name: `k8-cluster-00${String(index)}`,
    last_action: 'UPGRADE',
    last_action_state,
    is_canary,
  }));
  return { uuid: taskId, type: 'UPGRADE', status, clusters, start_time: 1571079600 };
}

describe('upgrade-clusters --wait', () => {
  const respondWithTasks = (...responses: unknown[]) =>
    setApiRoutes({
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
      [`GET /v1/tasks/${taskId}`]: respondInTurn(...responses.map((body) => respond({ body }))),
    });

  test('reports each event', async () => {
    respondWithTasks(
      task('in progress', ['in progress', false]),
      task('done', ['succeeded', false]),
    );
    const { code, stdout } = await pks(
      'upgrade-clusters --clusters k8-cluster-000 --non-interactive --wait',
    );
    expect([code, trimmedLines(stdout).slice(3)]).toEqual([
      0,
      [
        `Your taskID for the upgrade task is: ${taskId}`,
        'Started upgrading cluster: k8-cluster-000',
        'Finished upgrading cluster: k8-cluster-000',
        `Upgrade task ${taskId} is done.`,
        '',
      ],
    ]);
  });

  test('has different messages for canaries, and fails if a cluster fails', async () => {
    respondWithTasks(
      task('in progress', ['in progress', true], ['queued', false]),
      task('in progress', ['succeeded', true], ['in progress', false]),
      task('done', ['succeeded', true], ['failed', false]),
    );
    const { code, stdout, stderr } = await pks(
      'upgrade-clusters --clusters k8-cluster-001 --canaries k8-cluster-000 --non-interactive --wait',
    );
    expect([code, trimmedLines(stdout).slice(4)]).toEqual([
      1,
      [
        'Started upgrading cluster: k8-cluster-000',
        'Upgrading cluster succeeded: k8-cluster-000',
        'Started upgrading cluster: k8-cluster-001',
        'Upgrading cluster failed: k8-cluster-001',
        `Upgrade task ${taskId} is done.`,
        '',
      ],
    ]);
    expect(stderr).toContain('\nError: Failed to upgrade k8-cluster-001: ');
  });
});

describe('an error message', () => {
  const brokerError =
    'Status: 500; ErrorMessage: <nil>; Description: Create Binding: Put https://IP:8443/: connect: connection refused; ResponseError: <nil>';
  const planNotFound = 'plan 8A0E21A8-8072-4D80-B365-D1F502085560 not found';
  const respondToResize = (status: number, body: unknown) =>
    setApiRoutes({ 'PATCH /v1/clusters/cluster1': respond({ status, body }) });

  test.each([
    [
      400,
      { body: 'Please specify a number of workers that is between 1 and 5' },
      'Please specify a number of workers that is between 1 and 5',
    ],
    [404, { body: 'The cluster named "cluster1" not found.' }, 'Cluster cluster1 not found'],
    [
      403,
      '',
      'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
    ],
    [
      409,
      { body: 'od-broker is processing a request for the same instance... please try again later' },
      'od-broker is processing a request for the same instance... please try again later',
    ],
    [
      401,
      { error: 'access_denied' },
      'You are not currently authenticated. Please log in to continue',
      4,
    ],
    [
      500,
      { error: 'Internal Server Error', message: 'No message available' },
      'An error occurred in the PKS API when processing the request: No message available',
      5,
    ],
    [500, { body: brokerError }, brokerError, 5],
    [400, { body: planNotFound }, planNotFound],
  ])('of a %s response with the body %j is printed', async (status, body, message, exit = 1) => {
    respondToResize(status, body);
    const { code, stdout, stderr } = await pks('resize cluster1 --num-nodes 9 --non-interactive');
    expect([code, stdout, trimmedLines(stderr).slice(0, 2)]).toEqual([
      exit,
      '',
      ['', `Error: ${message}`],
    ]);
  });

  test('names all required flags that are missing', async () => {
    const { code, stderr } = await pks('create-cluster my-cluster');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([
      2,
      ['', 'Error: Missing --external-hostname and --plan'],
    ]);
    expect((await pks('upgrade-clusters')).stderr).toContain('Missing --clusters');
  });

  test('names an unknown flag', async () => {
    const { code, stderr } = await pks('clusters --x');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([2, ['', 'Error: unknown flag: --x']]);
  });

  test('reports a deleted cluster as not found', async () => {
    setApiRoutes({ 'GET /v1/clusters/my-cluster': respond({ status: 404, body: '' }) });
    const { code, stderr } = await pks('cluster my-cluster');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([
      1,
      ['', 'Error: Cluster my-cluster not found'],
    ]);
  });
});

/** @returns what a command prints if its route responds with `body`. */
async function readOutput(words: string, route: string, body: unknown): Promise<string> {
  setApiRoutes({ [`GET /v1/${route}`]: respond({ body }) });
  const { code, stdout, stderr } = await pks(words);
  expect([code, stderr]).toEqual([0, '']);
  return trimmedLines(stdout).join('\n');
}

const uuid = '9527ebaa-e2fa-422f-a52b-de3c3f0e39a4';

function upgradedCluster(
  name: string,
  last_action_state: string,
  extraFields: object = {},
): object {
  const versions = { pks_version: '1.7.0-build.16', k8s_version: '1.16.7' };
  return {
    name,
    plan_name: 'small',
    uuid,
    last_action: 'UPGRADE',
    last_action_state,
    ...versions,
    ...extraFields,
  };
}

describe('clusters', () => {
  const both = [
    upgradedCluster('k8-cluster-000', 'succeeded'),
    upgradedCluster('k8-cluster-002', 'in progress'),
  ];
  const table = `
PKS Version     Name            k8s Version  Plan Name  UUID                                  Status       Action
1.7.0-build.16  k8-cluster-000  1.16.7       small      9527ebaa-e2fa-422f-a52b-de3c3f0e39a4  succeeded    UPGRADE
1.7.0-build.16  k8-cluster-002  1.16.7       small      9527ebaa-e2fa-422f-a52b-de3c3f0e39a4  in progress  UPGRADE
`;

  test.each(['clusters', 'list-clusters'])('prints the table for the command %s', async (word) => {
    expect(await readOutput(word, 'clusters', both)).toBe(table);
  });

  test('prints only the header if there are no clusters', async () => {
    expect(await readOutput('clusters', 'clusters', [])).toBe(
      '\nPKS Version  Name  k8s Version  Plan Name  UUID  Status  Action\n',
    );
  });

  test('prints JSON with the members in order, indented by three spaces', async () => {
    const json = `[
   {
      "name": "c1",
      "plan_name": "small",
      "last_action": "CREATE",
      "last_action_state": "succeeded",
      "last_action_description": "Instance provisioning completed",
      "uuid": "e032c190-4170-4851-bba4-63d2337424cf",
      "kubernetes_master_ips": [
         "10.0.8.6"
      ],
      "parameters": {
         "kubernetes_master_host": "c1.example.com",
         "kubernetes_master_port": 8443,
         "kubernetes_worker_instances": 1
      }
   }
]
`;
    expect(await readOutput('clusters --json', 'clusters', JSON.parse(json))).toBe(json);
  });
});

const created = {
  ...myCluster,
  last_action_state: 'succeeded',
  last_action_description: 'Instance provisioning completed',
  kubernetes_master_ips: ['192.168.20.7'],
};
const createdBlock = block('succeeded', 'Instance provisioning completed', '192.168.20.7');

describe('cluster', () => {
  test('shows a cluster of PKS 1.7', async () => {
    expect(await readOutput('cluster my-cluster', 'clusters/my-cluster', created)).toBe(
      createdBlock,
    );
  });

  test('shows the additional fields of TKGI 1.20', async () => {
    const newer = {
      ...created,
      kubernetes_master_ips: ['10.0.0.1', '10.0.0.2'],
      compute_profile_name: 'dev',
      nsx_policy: true,
      private_registries: false,
    };
    const output = await readOutput('cluster my-cluster', 'clusters/my-cluster', newer);
    expect(output.split('\n').slice(12, -2)).toEqual([
      'Kubernetes Master IP(s):  10.0.0.1, 10.0.0.2',
      'Network Profile Name:',
      'Kubernetes Profile Name:',
      'Compute Profile Name:     dev',
      'NSX Policy:               true',
      'Private Registries:       false',
      'Tags:                     client:example.com,costcenter:pettycash',
    ]);
  });

  const network = {
    lb_size: 'small',
    nodes_dns: ['10.142.7.2'],
    node_routable: false,
    node_subnet_prefix: 24,
    pod_routable: false,
    pod_subnet_prefix: 24,
    master_vms_nsgroup_id: '',
    t0_router_id: '1e8371ac-1718-4617-8734-3975c6cd373b',
    fip_pool_ids: ['901341c7-2e14-49d0-a3c1-66748664a062'],
    node_ip_block_ids: ['c5f0eb13-9691-4170-a9cd-c988f336ebd2'],
    pod_ip_block_ids: ['fead2c9a-96e8-4c5f-98a3-e797f06bc8d4'],
  };
  const plan = {
    kubelet_drain_timeout: '0',
    kubelet_drain_grace_period: '10',
    kubelet_drain_force: 'true',
    kubelet_drain_force_node: 'false',
    kubelet_drain_ignore_daemonsets: 'true',
    kubelet_drain_delete_local_data: 'true',
  };
  const settings = `Kubernetes Settings Details:
  Set by Plan:
  Kubelet Node Drain timeout (mins)          (kubelet-drain-timeout):            0
  Kubelet Node Drain grace-period (seconds)  (kubelet-drain-grace-period):       10
  Kubelet Node Drain force                   (kubelet-drain-force):              true
  Kubelet Node Drain force-node              (kubelet-drain-force-node):         false
  Kubelet Node Drain ignore-daemonsets       (kubelet-drain-ignore-daemonsets):  true
  Kubelet Node Drain delete-local-data       (kubelet-drain-delete-local-data):  true

`;
  const readDetails = (extraFields: object): Promise<string> => {
    const parameters = {
      ...created.parameters,
      kubernetes_setting_plan_details: plan,
      ...extraFields,
    };
    const body = { ...created, parameters };
    return readOutput('cluster my-cluster --details', 'clusterdetails/my-cluster', body);
  };

  test('shows network and Kubernetes settings with --details', async () => {
    expect(await readDetails({ nsxt_network_details: JSON.stringify(network) }))
      .toBe(`${createdBlock}NSXT Network Details:
  Load Balancer Size                       (lb_size):                "small"
  Nodes DNS Setting                        (nodes_dns):              ["10.142.7.2"]
  Node IP addresses are routable [no-nat]  (node_routable):          false
  Nodes subnet prefix                      (node_subnet_prefix):     24
  POD IP addresses are routable [no-nat]   (pod_routable):           false
  PODs subnet prefix                       (pod_subnet_prefix):      24
  NS Group ID of master VMs                (master_vms_nsgroup_id):  ""
  Tier 0 Router identifier                 (t0_router_id):           "1e8371ac-1718-4617-8734-3975c6cd373b"
  Floating IP Pool identifiers             (fip_pool_ids):           ["901341c7-2e14-49d0-a3c1-66748664a062"]
  Node IP block identifiers                (node_ip_block_ids):      ["c5f0eb13-9691-4170-a9cd-c988f336ebd2"]
  POD IP block identifiers                 (pod_ip_block_ids):       ["fead2c9a-96e8-4c5f-98a3-e797f06bc8d4"]

${settings}`);
  });

  test('shows no network settings with --details if there is no NSX-T', async () => {
    expect(await readDetails({})).toBe(`${createdBlock}${settings}`);
  });

  test('shows the settings of the cluster before the settings of the plan with --details', async () => {
    const kubernetes_setting_cluster_details = { kubelet_drain_timeout: '5' };
    const shared = { single_tier_topology: true, infrastructure_networks: ['30.0.0.0/24'] };
    const output = await readDetails({
      nsxt_network_details: JSON.stringify(shared),
      kubernetes_setting_cluster_details,
    });
    expect(output.slice(createdBlock.length).split('\n').slice(0, 8)).toEqual([
      'NSXT Network Details:',
      '  Shared tier1             (single_tier_topology):     true',
      '  Infrastructure networks  (infrastructure_networks):  ["30.0.0.0/24"]',
      '',
      'Kubernetes Settings Details:',
      '  Set by Cluster:',
      '  Kubelet Node Drain timeout (mins)  (kubelet-drain-timeout):  5',
      '  Set by Plan:',
    ]);
  });
});
