import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { respond } from '../support/servers/faulty-server.js';
import { startLinkedPks, trimmedLines, type LinkedPks } from '../support/program/linked-pks.js';

/** Output copied from the product's pages. Only spaces at the end of lines may differ. */

let { setApiRoutes: setApiRoutes, runLink: pks, reset: reset, close } = {} as LinkedPks;
beforeAll(async () => {
  ({ setApiRoutes: setApiRoutes, runLink: pks, reset: reset, close } = await startLinkedPks());
});
afterAll(() => close());
beforeEach(() => reset());

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

  test('shows an available upgrade', async () => {
    const available_upgrades = [{ component: 'pks', version: '1.7.0-build.16' }];
    const body = [upgradedCluster('old', 'queued', { available_upgrades })];
    expect((await readOutput('clusters', 'clusters', body)).split('\n').slice(0, 4)).toEqual([
      '',
      'Upgrade is available to PKS Version: 1.7.0-build.16',
      '',
      'PKS Version     Name  k8s Version  Plan Name  UUID                                  Status  Action',
    ]);
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

const myCluster = {
  name: 'my-cluster',
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'succeeded',
  last_action_description: 'Instance provisioning completed',
  uuid: '01a234bc-d56e-7f89-01a2-3b4cde5f6789',
  kubernetes_master_ips: ['192.168.20.7'],
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

const block = `
PKS Version:              1.7.0-build.26
Name:                     my-cluster
K8s Version:              1.16.7
Plan Name:                small
UUID:                     01a234bc-d56e-7f89-01a2-3b4cde5f6789
Last Action:              CREATE
Last Action State:        succeeded
Last Action Description:  Instance provisioning completed
Kubernetes Master Host:   my-cluster.example.com
Kubernetes Master Port:   8443
Worker Nodes:             3
Kubernetes Master IP(s):  192.168.20.7
Network Profile Name:
Kubernetes Profile Name:
Tags:                     client:example.com,costcenter:pettycash

`;

describe('cluster', () => {
  test('shows a cluster of PKS 1.7', async () => {
    expect(await readOutput('cluster my-cluster', 'clusters/my-cluster', myCluster)).toBe(block);
  });

  test('shows the additional fields of TKGI 1.20', async () => {
    const newer = {
      ...myCluster,
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
      ...myCluster.parameters,
      kubernetes_setting_plan_details: plan,
      ...extraFields,
    };
    const body = { ...myCluster, parameters };
    return readOutput('cluster my-cluster --details', 'clusterdetails/my-cluster', body);
  };

  test('shows network and Kubernetes settings with --details', async () => {
    expect(await readDetails({ nsxt_network_details: JSON.stringify(network) }))
      .toBe(`${block}NSXT Network Details:
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
    expect(await readDetails({})).toBe(`${block}${settings}`);
  });

  test('shows the settings of the cluster before the settings of the plan with --details', async () => {
    const kubernetes_setting_cluster_details = { kubelet_drain_timeout: '5' };
    const shared = { single_tier_topology: true, infrastructure_networks: ['30.0.0.0/24'] };
    const output = await readDetails({
      nsxt_network_details: JSON.stringify(shared),
      kubernetes_setting_cluster_details,
    });
    expect(output.slice(block.length).split('\n').slice(0, 8)).toEqual([
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
