import { describe, expect, test } from '@jest/globals';
import { formatListTable } from '../../../../src/commands/resource/list.js';
import {
  formatClusterDetails,
  clusterList,
} from '../../../../src/commands/clusters/cluster-view.js';
import type { Line } from '../../../../src/terminal/terminal.js';
import { aCluster } from '../../../support/fixtures/fixtures.js';

const toPlainText = (lines: readonly Line[]): string[] =>
  lines.map((line) =>
    (typeof line === 'string' ? [line] : line)
      .map((span) => (typeof span === 'string' ? span : span.text))
      .join(''),
  );

const cluster = aCluster({
  name: 'my-cluster',
  pks_version: '1.7.0-build.26',
  k8s_version: '1.16.7',
  kubernetes_master_ips: ['192.168.20.7'],
  network_profile_name: '',
  parameters: {
    kubernetes_master_host: 'my-cluster.example.com',
    kubernetes_master_port: 8443,
    kubernetes_worker_instances: 3,
    cluster_tags: [
      { name: 'client', value: 'example.com' },
      { name: 'costcenter', value: 'pettycash' },
    ],
  },
});

describe('formatListTable with clusters', () => {
  test('prints the table of the original CLI', () => {
    const upgrading = {
      ...cluster,
      name: 'k8-cluster-002',
      last_action: 'UPGRADE',
      last_action_state: 'in progress',
    };
    expect(toPlainText(formatListTable(clusterList, [cluster, upgrading]))).toEqual([
      '',
      'PKS Version     Name            k8s Version  Plan Name  UUID                                  Status       Action',
      '1.7.0-build.26  my-cluster      1.16.7       small      01a234bc-d56e-7f89-01a2-3b4cde5f6789  succeeded    CREATE',
      '1.7.0-build.26  k8-cluster-002  1.16.7       small      01a234bc-d56e-7f89-01a2-3b4cde5f6789  in progress  UPGRADE',
    ]);
  });

  test('prints only the header if there are no clusters', () => {
    expect(toPlainText(formatListTable(clusterList, []))).toEqual([
      '',
      'PKS Version  Name  k8s Version  Plan Name  UUID  Status  Action',
    ]);
  });

  test('keeps the columns aligned if the server sends few fields', () => {
    const [, header = '', row = ''] = toPlainText(
      formatListTable(clusterList, [{ name: 'sparse', uuid: null }]),
    );
    expect(row.indexOf('sparse')).toBe(header.indexOf('Name'));
  });

  test('prints the available upgrade once, above the table', () => {
    const available_upgrades = [{ component: 'pks', version: '1.7.1' }];
    const upgradable = { ...cluster, available_upgrades };
    expect(toPlainText(formatListTable(clusterList, [upgradable, upgradable])).slice(0, 4)).toEqual(
      [
        '',
        'Upgrade is available to PKS Version: 1.7.1',
        '',
        expect.stringMatching(/^PKS Version {5}Name/),
      ],
    );
    const renamed = { ...cluster, available_upgrades: [{ component: 'tkgi', version: '1.9' }] };
    expect(toPlainText(formatListTable(clusterList, [renamed]))[1]).toBe(
      'Upgrade is available to TKGI Version: 1.9',
    );
  });

  test('marks successful and failed states with a tone', () => {
    const failed = { ...cluster, last_action_state: 'failed' };
    const [, , good, bad] = formatListTable(clusterList, [cluster, failed]);
    expect(good).toContainEqual({ text: 'succeeded', tone: 'good' });
    expect(bad).toContainEqual({ text: 'failed', tone: 'bad' });
  });
});

describe('formatClusterDetails', () => {
  test('prints the block of the original CLI, with the values from column 26', () => {
    expect(toPlainText(formatClusterDetails(cluster, { details: false }))).toEqual([
      '',
      'PKS Version:              1.7.0-build.26',
      'Name:                     my-cluster',
      'K8s Version:              1.16.7',
      'Plan Name:                small',
      'UUID:                     01a234bc-d56e-7f89-01a2-3b4cde5f6789',
      'Last Action:              CREATE',
      'Last Action State:        succeeded',
      'Last Action Description:  Instance provisioning completed',
      'Kubernetes Master Host:   my-cluster.example.com',
      'Kubernetes Master Port:   8443',
      'Worker Nodes:             3',
      'Kubernetes Master IP(s):  192.168.20.7',
      'Network Profile Name:',
      'Kubernetes Profile Name:',
      'Tags:                     client:example.com,costcenter:pettycash',
      '',
    ]);
  });

  test('joins several addresses and prints the fields of newer servers before the tags', () => {
    const newer = {
      ...cluster,
      kubernetes_master_ips: ['10.0.0.1', '10.0.0.2'],
      compute_profile_name: 'big',
      nsx_policy: true,
      private_registries: false,
    };
    const lines = toPlainText(formatClusterDetails(newer, { details: false }));
    expect(lines).toContain('Kubernetes Master IP(s):  10.0.0.1, 10.0.0.2');
    expect(lines.slice(-5)).toEqual([
      'Compute Profile Name:     big',
      'NSX Policy:               true',
      'Private Registries:       false',
      'Tags:                     client:example.com,costcenter:pettycash',
      '',
    ]);
  });

  test('accepts a cluster that has only a name', () => {
    expect(
      toPlainText(formatClusterDetails({ name: 'sparse' }, { details: true })).slice(0, 3),
    ).toEqual(['', 'PKS Version:', 'Name:                     sparse']);
  });
});

describe('formatClusterDetails with --details', () => {
  const drain = {
    kubelet_drain_timeout: '0',
    kubelet_drain_grace_period: '10',
    kubelet_drain_force: 'true',
  };
  const network = {
    lb_size: 'small',
    nodes_dns: ['10.142.7.2'],
    node_routable: false,
    node_subnet_prefix: 24,
  };
  const formatAddedDetails = (parameters: object) =>
    toPlainText(
      formatClusterDetails(
        { ...cluster, parameters: { ...cluster.parameters, ...parameters } },
        { details: true },
      ),
    ).slice(17);

  test('appends the network and the settings like the original CLI', () => {
    expect(
      formatAddedDetails({
        nsxt_network_details: JSON.stringify(network),
        kubernetes_setting_plan_details: drain,
      }),
    ).toEqual([
      'NSXT Network Details:',
      '  Load Balancer Size                       (lb_size):             "small"',
      '  Nodes DNS Setting                        (nodes_dns):           ["10.142.7.2"]',
      '  Node IP addresses are routable [no-nat]  (node_routable):       false',
      '  Nodes subnet prefix                      (node_subnet_prefix):  24',
      '',
      'Kubernetes Settings Details:',
      '  Set by Plan:',
      '  Kubelet Node Drain timeout (mins)          (kubelet-drain-timeout):       0',
      '  Kubelet Node Drain grace-period (seconds)  (kubelet-drain-grace-period):  10',
      '  Kubelet Node Drain force                   (kubelet-drain-force):         true',
      '',
    ]);
  });

  test('prints the settings of the cluster before the settings of the plan', () => {
    const lines = formatAddedDetails({
      kubernetes_setting_cluster_details: { kubelet_drain_timeout: '5' },
      kubernetes_setting_plan_details: drain,
    });
    expect(lines.slice(0, 4)).toEqual([
      'Kubernetes Settings Details:',
      '  Set by Cluster:',
      '  Kubelet Node Drain timeout (mins)  (kubelet-drain-timeout):  5',
      '  Set by Plan:',
    ]);
  });

  test.each([
    ['a cluster without NSX-T', {}],
    ['details that are not JSON', { nsxt_network_details: 'broken' }],
    ['details that are a list', { nsxt_network_details: '[]' }],
    ['null details', { nsxt_network_details: null, kubernetes_setting_plan_details: null }],
  ])('appends nothing for %s', (_description, parameters) => {
    expect(formatAddedDetails(parameters)).toEqual([]);
  });
});
