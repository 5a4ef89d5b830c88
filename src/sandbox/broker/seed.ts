import { releases, type Release, type Versions } from '../pks-releases.js';
import { createPendingCluster, type Cluster } from './cluster.js';
import { scheduleOperation, type Operation } from './operations.js';
import { planDefinitions, planSettings } from './plans.js';
import type { Instance, Profile, Task } from './state.js';

const nsxtDetails = {
  lb_size: 'small',
  nodes_dns: ['10.142.7.2'],
  node_subnet_prefix: 24,
  pod_routable: false,
  fip_pool_ids: ['901341c7-2e14-49d0-a3c1-66748664a062'],
};

/**
 * Creates five clusters of two owners. They cover all actions, all states, and members that are
 * absent, null or empty, as in the responses of several releases. The creation of `dev-2` is in
 * progress and succeeds.
 * @param startedAt - epoch milliseconds.
 * @param provisionSeconds - remaining duration of the creation of `dev-2`.
 * @see docs/contributing/servers/pks-api.md#clusters
 */
export function seedClusters(
  startedAt: number,
  provisionSeconds: number,
  release: Release = releases['1.7'],
): Instance[] {
  const { current, previous } = release;
  const upToDate = { k8s_version: current.k8s, pks_version: current.pks };
  const outdated = {
    k8s_version: previous.k8s,
    pks_version: previous.pks,
    available_upgrades: [
      { component: 'pks', version: current.pks },
      { component: 'k8s', version: current.k8s },
    ],
  };
  return [
    { ...prod1, cluster: { ...prod1.cluster, ...upToDate } },
    { ...prod2, cluster: { ...prod2.cluster, ...outdated } },
    { ...dev1, cluster: { ...dev1.cluster, ...upToDate } },
    createDev2(startedAt, provisionSeconds * 1000, current),
    dev3,
  ];
}

/** Creates yesterday's upgrade task, which has a canary and a cluster that no longer exists. */
export function seedTasks(startedAt: number): Task[] {
  const minute = 60_000;
  const beganAt = startedAt - 24 * 60 * minute;
  const createRun = (from: number, to: number, fails: boolean) => ({
    run: { startsAt: beganAt + from * minute, endsAt: beganAt + to * minute, fails },
  });
  return [
    {
      uuid: 'd772aba0-2670-4fba-b26c-044b19d6ab60',
      owner: 'alana',
      beganAt,
      clusters: [
        { name: 'prod-1', isCanary: true, ...createRun(0, 20, false) },
        { name: 'prod-0', isCanary: false, ...createRun(20, 31, true) },
      ],
    },
  ];
}

const prod1: Instance = {
  owner: 'alana',
  cluster: {
    name: 'prod-1',
    plan_name: 'medium',
    last_action: 'UPDATE',
    last_action_state: 'succeeded',
    last_action_description: 'Instance update completed',
    uuid: '3925786b-4b09-4f63-a1f8-50b706b38ced',
    kubernetes_master_ips: ['10.0.8.6', '10.0.8.7', '10.0.8.8'],
    network_profile_name: 'np-prod',
    compute_profile_name: 'three-zones',
    kubernetes_profile_name: 'audited',
    parameters: {
      kubernetes_master_host: 'prod-1.example.com',
      kubernetes_master_port: 8443,
      kubernetes_worker_instances: 5,
      kubernetes_setting_plan_details: planSettings,
      kubernetes_setting_cluster_details: { kubelet_drain_timeout: '5' },
      nsxt_network_profile: JSON.stringify({ lb_size: 'small', pod_subnet_prefix: 24 }),
      nsxt_network_details: JSON.stringify(nsxtDetails),
      compute_profile: JSON.stringify({
        azs: [{ name: 'az-1', cpi: 'abc012abc345abc567de', cloud_properties: {} }],
        worker_azs: ['az-1'],
        master_azs: ['az-1'],
      }),
      cluster_tags: [
        { name: 'client', value: 'example.com' },
        { name: 'costcenter', value: 'pettycash' },
      ],
    },
  },
};

const prod2: Instance = {
  owner: 'alana',
  cluster: {
    name: 'prod-2',
    plan_name: 'large',
    last_action: 'UPGRADE',
    last_action_state: 'queued',
    last_action_description: 'Instance upgrade queued',
    uuid: '9527ebaa-e2fa-422f-a52b-de3c3f0e39a4',
    kubernetes_master_ips: ['10.0.9.6'],
    network_profile_name: '',
    kubernetes_profile_name: '',
    parameters: {
      kubernetes_master_host: 'prod-2.example.com',
      kubernetes_master_port: 8443,
      kubernetes_worker_instances: 3,
      kubernetes_setting_plan_details: planSettings,
    },
  },
};

const dev1: Instance = {
  owner: 'cody',
  cluster: {
    name: 'dev-1',
    plan_name: 'small',
    last_action: 'CREATE',
    last_action_state: 'succeeded',
    last_action_description: 'Instance provisioning completed',
    uuid: 'e032c190-4170-4851-bba4-63d2337424cf',
    kubernetes_master_ips: ['10.0.10.6'],
    parameters: {
      kubernetes_master_host: 'dev-1.example.com',
      kubernetes_master_port: 8443,
      kubernetes_worker_instances: 1,
      kubernetes_setting_plan_details: planSettings,
      cluster_tags: [{ name: 'scratch', value: '' }],
    },
  },
};

/**
 * The null members are the same as in the response to a create request.
 * @see docs/contributing/servers/pks-api.md#creation
 */
function createDev2(startedAt: number, milliseconds: number, versions: Versions): Instance {
  const input = {
    owner: 'cody',
    name: 'dev-2',
    plan_name: 'small',
    parameters: { kubernetes_master_host: 'dev-2.example.com', kubernetes_worker_instances: 2 },
  };
  const cluster: Cluster = {
    ...createPendingCluster(input, planDefinitions[0].plan, versions),
    uuid: 'f4e2b775-8be3-41b8-abe8-67f2265b957e',
    network_profile_name: null,
    kubernetes_profile_name: null,
  };
  const operation: Operation = {
    action: 'CREATE',
    run: { startsAt: startedAt, endsAt: startedAt + milliseconds },
    fails: false,
    result: { kubernetes_master_ips: ['10.0.10.9'] },
  };
  return scheduleOperation({ owner: input.owner, cluster }, operation, startedAt);
}

/** A cluster that was created before the API reported versions. */
const dev3: Instance = {
  owner: 'cody',
  cluster: {
    name: 'dev-3',
    plan_name: 'small',
    last_action: 'DELETE',
    last_action_state: 'failed',
    last_action_description:
      'There was a problem completing your request. Please contact your operations team ' +
      'providing the following information: service: p.pks, service-instance-guid: ' +
      '62e2a43a-dc2a-47a8-a361-3911589e60aa, broker-request-id: ' +
      '0d6a9f3c-5a0b-4f0e-9d3e-0b6f8f6f7c11, task-id: 4711, operation: delete',
    uuid: '62e2a43a-dc2a-47a8-a361-3911589e60aa',
    kubernetes_master_ips: ['10.0.10.12'],
    parameters: {
      kubernetes_master_host: 'dev-3.example.com',
      kubernetes_master_port: 8443,
      kubernetes_worker_instances: 1,
    },
  },
};

/** The owner has no clusters, so the quota does not limit any of the initial clusters. */
export const seedQuotas = [{ owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } }];

/** Creates the profiles of a new sandbox. @param startedAt - epoch milliseconds */
export function seedProfiles(startedAt: number): Profile[] {
  const createdAt = startedAt - 86_400_000;
  return profileSeeds.map((seed) => ({ ...seed, createdAt }));
}

const createZone = (name: string) => ({ name, cpi: 'abc012abc345abc567de', cloud_properties: {} });

const profileSeeds: readonly Omit<Profile, 'createdAt'>[] = [
  {
    kind: 'network',
    name: 'np-prod',
    uuid: '6f1a7d6c-3f0e-4a0c-8a53-0f6e6a0b9d11',
    owner: 'alana',
    content: {
      description: 'Small load balancer, wide pod subnets',
      parameters: JSON.stringify({ lb_size: 'small', pod_subnet_prefix: 24 }),
    },
  },
  {
    kind: 'network',
    name: 'np-routable',
    uuid: '0c7f4f0b-7a35-4a4e-9f0e-5c2f0e1a6b22',
    owner: 'alana',
    content: {
      description: 'Routable pods, large load balancer',
      parameters: JSON.stringify({
        lb_size: 'large',
        pod_routable: true,
        nodes_dns: ['8.8.8.8', '192.168.115.1'],
        cni_configurations: { type: 'nsxt', parameters: { nsx_lb: false } },
      }),
    },
  },
  {
    kind: 'compute',
    name: 'three-zones',
    uuid: '3b0d1f7e-55c1-4a57-8a55-2a5cf0d0c733',
    owner: 'alana',
    content: {
      description: 'Masters and workers in three zones',
      parameters: {
        azs: [createZone('az-1'), createZone('az-2'), createZone('az-3')],
        master_azs: ['az-1', 'az-2', 'az-3'],
        worker_azs: ['az-1', 'az-2', 'az-3'],
      },
    },
  },
  {
    kind: 'kubernetes',
    name: 'audited',
    uuid: '9a4b8c1d-0e5f-4b6a-9c7d-8e9f0a1b2c44',
    owner: 'alana',
    content: {
      description: 'Audit log on, node ports moved',
      customizations: [
        {
          component: 'kube-apiserver',
          arguments: { 'service-node-port-range': '30000-40000' },
          'file-arguments': {
            'audit-policy-file':
              'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n',
          },
        },
      ],
    },
  },
  {
    kind: 'kubernetes',
    name: 'cody-basic',
    uuid: '1d2e3f40-5162-4738-94a5-b6c7d8e9fa55',
    owner: 'cody',
    content: {
      description: 'More dead containers',
      experimental_customizations: [
        { component: 'kubelet', arguments: { 'maximum-dead-containers': '1000' } },
      ],
    },
  },
];
