import { describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import {
  formatClusterDetails,
  formatClusterForTerminal,
} from '../../../../src/commands/clusters/cluster.js';
import { clusterList } from '../../../../src/commands/clusters/clusters.js';
import { formatListTable, formatTerminalTable } from '../../../../src/commands/resource/list.js';
import { toPlainText } from '../../../support/checks/plain-lines.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';

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
  const formatClusters = (rows: readonly Cluster[]) =>
    formatListTable(clusterList, rows, {}, fixedClock().now());

  test('keeps the columns aligned if the server sends few fields', () => {
    const [, header = '', row = ''] = formatClusters([{ name: 'sparse', uuid: null }]).map(
      toPlainText,
    );
    expect(row.indexOf('sparse')).toBe(header.indexOf('Name'));
  });

  test('prints the available upgrade once, above the table', () => {
    const available_upgrades = [{ component: 'pks', version: '1.7.1' }];
    const upgradable = { ...cluster, available_upgrades };
    expect(formatClusters([upgradable, upgradable]).map(toPlainText).slice(0, 4)).toEqual([
      '',
      'Upgrade is available to PKS Version: 1.7.1',
      '',
      expect.stringMatching(/^PKS Version {5}Name/),
    ]);
    const renamed = { ...cluster, available_upgrades: [{ component: 'tkgi', version: '1.9' }] };
    expect(formatClusters([renamed]).map(toPlainText)[1]).toBe(
      'Upgrade is available to TKGI Version: 1.9',
    );
  });

  test('marks successful and failed states with a tone', () => {
    const failed = { ...cluster, last_action_state: 'failed' };
    const [, , good, bad] = formatClusters([cluster, failed]);
    expect(good).toContainEqual({ text: 'succeeded', tone: 'good' });
    expect(bad).toContainEqual({ text: 'failed', tone: 'bad' });
  });
});

describe('formatClusterDetails', () => {
  test('accepts a cluster that has only a name', () => {
    expect(
      formatClusterDetails({ name: 'sparse' }, { details: true }).map(toPlainText).slice(0, 3),
    ).toEqual(['', 'PKS Version:', 'Name:                     sparse']);
  });
});

describe('formatClusterDetails with --details', () => {
  const formatAddedDetails = (parameters: object) =>
    formatClusterDetails(
      { ...cluster, parameters: { ...cluster.parameters, ...parameters } },
      { details: true },
    )
      .map(toPlainText)
      .slice(17);

  test.each([
    ['a cluster without NSX-T', {}],
    ['details that are not JSON', { nsxt_network_details: 'broken' }],
    ['details that are a list', { nsxt_network_details: '[]' }],
    ['null details', { nsxt_network_details: null, kubernetes_setting_plan_details: null }],
  ])('appends nothing for %s', (_description, parameters) => {
    expect(formatAddedDetails(parameters)).toEqual([]);
  });
});

describe('on a terminal', () => {
  const upgradable = aCluster({
    name: 'shop',
    plan_name: 'small',
    k8s_version: '1.15.10',
    last_action: 'UPGRADE',
    last_action_state: 'queued',
    available_upgrades: [
      { component: 'pks', version: '1.7.1' },
      { component: 'k8s', version: '1.16.7' },
    ],
    parameters: { kubernetes_worker_instances: 5 },
  });

  test('the list starts with name and status, and has a column for the upgrade', () => {
    const rows = [upgradable, { name: 'sparse' }];
    const layout = { now: fixedClock().now(), width: 100 };
    expect(formatTerminalTable(clusterList, rows, {}, layout).map(toPlainText)).toEqual([
      'NAME    STATUS  WORKERS  PLAN   KUBERNETES  UPGRADE TO  ACTION',
      'shop    queued  5        small  1.15.10     1.7.1       UPGRADE',
      'sparse',
    ]);
  });

  test('details contain only rows with a value', () => {
    const format = (value: Cluster) =>
      formatClusterForTerminal(value, { details: true, width: 80 }).map(toPlainText);
    expect(format({ name: 'sparse' })).toEqual(['Name:  sparse']);
    expect(format(upgradable)).toContain('Upgrade to:          1.7.1');
  });

  test('details wrap the description of the server between words', () => {
    const description = 'There was a problem completing your request. Please contact your team.';
    const failed = { name: 'shop', last_action_description: description };
    expect(
      formatClusterForTerminal(failed, { details: false, width: 50 }).map(toPlainText),
    ).toEqual([
      'Name:         shop',
      'Description:  There was a problem completing your',
      '              request. Please contact your team.',
    ]);
  });
});
