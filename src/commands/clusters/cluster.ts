import { Option } from 'commander';
import { createClusters, type Cluster } from '../../api/pks/clusters.js';
import {
  toDisplayText,
  isObject,
  toPlainText,
  type JsonObject,
  tryParseJson,
} from '../../base/json-value.js';
import {
  type Line,
  type Span,
  formatDetails as detailLines,
} from '../../platform/terminal/lines.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import { pksItemCommand } from '../resource/item-commands.js';
import { requiresRead } from '../resource/list-command.js';
import { clusterArgument } from './cluster-command.js';
import { formatUpgrades } from './clusters.js';
import { formatState } from '../format-state.js';

export const { description, examples, define } = pksItemCommand({
  description: `Show the plan, size and last action of a cluster. ${requiresRead}`,
  examples: {
    'show a cluster': 'tpks cluster dev-1',
    'also show the network and Kubernetes settings': 'tpks cluster dev-1 --details',
  },
  argument: clusterArgument,
  resource: createClusters,
  options: () => [new Option('--details', 'also show the network and Kubernetes settings')],
  run: (clusters, name, { details = false }: { details?: boolean }) =>
    clusters.get(name, { details }),
  formatDetails: (cluster, { details = false }) => formatClusterDetails(cluster, { details }),
  formatForTerminal: (cluster, { width }, { details = false }) =>
    formatClusterForTerminal(cluster, { details, width }),
  nameOf: ({ name }) => name,
});

/**
 * Formats a cluster like the `pks` CLI, with the values in column 26.
 * @see docs/contributing/servers/pks-cli.md#cluster-details
 */
export function formatClusterDetails(
  cluster: Cluster,
  options: { readonly details: boolean },
): Line[] {
  const parameters = cluster.parameters ?? {};
  const lines = detailLines(
    [
      ['PKS Version', cluster.pks_version ?? ''],
      ['Name', cluster.name],
      ['K8s Version', cluster.k8s_version ?? ''],
      ['Plan Name', cluster.plan_name ?? ''],
      ['UUID', cluster.uuid ?? ''],
      ['Last Action', cluster.last_action ?? ''],
      ['Last Action State', formatState(cluster.last_action_state)],
      ['Last Action Description', cluster.last_action_description ?? ''],
      ['Kubernetes Master Host', toDisplayText(parameters['kubernetes_master_host'])],
      ['Kubernetes Master Port', toDisplayText(parameters['kubernetes_master_port'])],
      ['Worker Nodes', toDisplayText(parameters['kubernetes_worker_instances'])],
      ['Kubernetes Master IP(s)', (cluster.kubernetes_master_ips ?? []).join(', ')],
      ['Network Profile Name', cluster.network_profile_name ?? ''],
      ['Kubernetes Profile Name', cluster.kubernetes_profile_name ?? ''],
      ...newerFields(cluster),
      ['Tags', formatTags(parameters['cluster_tags'])],
    ],
    26,
  );
  if (!options.details) return ['', ...lines, ''];
  return [
    '',
    ...lines,
    '',
    ...formatNetworkDetails(parameters),
    ...formatKubernetesSettings(parameters),
  ];
}

/** Formats a cluster for a terminal. The most important rows come first, and rows without a value are omitted. */
export function formatClusterForTerminal(
  cluster: Cluster,
  { details, width }: { readonly details: boolean; readonly width: number },
): Line[] {
  const { last_action: action, last_action_state: state } = cluster;
  const parameters = cluster.parameters ?? {};
  const lines = fitDetails(
    [
      ['Name', cluster.name],
      ['Status', formatState(state)],
      ['Last action', action ?? ''],
      ['Description', cluster.last_action_description ?? ''],
      ['Workers', toDisplayText(parameters['kubernetes_worker_instances'])],
      ['Plan', cluster.plan_name ?? ''],
      ['Kubernetes version', cluster.k8s_version ?? ''],
      ['PKS version', cluster.pks_version ?? ''],
      ['Upgrade to', formatUpgrades(cluster)],
      ['Master host', toDisplayText(parameters['kubernetes_master_host'])],
      ['Master port', toDisplayText(parameters['kubernetes_master_port'])],
      ['Master IPs', (cluster.kubernetes_master_ips ?? []).join(', ')],
      ['Network profile', cluster.network_profile_name ?? ''],
      ['Kubernetes profile', cluster.kubernetes_profile_name ?? ''],
      ...newerFields(cluster, 'Compute profile'),
      ['Tags', formatTags(parameters['cluster_tags']).replaceAll(',', ', ')],
      ['UUID', cluster.uuid ?? ''],
    ],
    width,
  );
  if (!details) return lines;
  const sections = [
    { title: 'NSX-T network', settings: readNetworkSettings(parameters) },
    {
      title: 'Kubernetes settings of the cluster',
      settings: readDrainSettings(parameters['kubernetes_setting_cluster_details']),
    },
    {
      title: 'Kubernetes settings of the plan',
      settings: readDrainSettings(parameters['kubernetes_setting_plan_details']),
    },
  ].filter(({ settings }) => settings.length > 0);
  return [
    ...lines,
    ...sections.flatMap(({ title, settings }): Line[] => [
      '',
      [{ text: title, tone: 'strong' }],
      ...fitDetails(
        settings.map(({ label, text }) => [label, text]),
        width,
      ),
    ]),
  ];
}

/** Returns the fields that TKGI 1.9 and later have, if the server sends them. */
function newerFields(
  cluster: Cluster,
  computeProfileLabel = 'Compute Profile Name',
): [string, Span][] {
  const parameters = cluster.parameters ?? {};
  const fields = {
    [computeProfileLabel]: cluster.compute_profile_name,
    'NSX Policy': cluster['nsx_policy'] ?? parameters['nsx_policy'],
    'Private Registries': cluster['private_registries'] ?? parameters['private_registries'],
  };
  return Object.entries(fields).flatMap(([label, value]): [string, Span][] =>
    value === undefined || value === null ? [] : [[label, toDisplayText(value)]],
  );
}

function formatTags(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .filter(isObject)
    .map(({ name, value: tagValue }) =>
      [name, tagValue].map(toDisplayText).filter(Boolean).join(':'),
    )
    .join(',');
}

type Labels = Readonly<Record<string, string>>;

/**
 * The settings that `--details` shows, in the order of the `pks` CLI.
 * @see docs/contributing/servers/pks-cli.md#cluster-details
 */
const networkLabels: Labels = {
  lb_size: 'Load Balancer Size',
  nodes_dns: 'Nodes DNS Setting',
  node_routable: 'Node IP addresses are routable [no-nat]',
  node_subnet_prefix: 'Nodes subnet prefix',
  pod_routable: 'POD IP addresses are routable [no-nat]',
  pod_subnet_prefix: 'PODs subnet prefix',
  master_vms_nsgroup_id: 'NS Group ID of master VMs',
  t0_router_id: 'Tier 0 Router identifier',
  fip_pool_ids: 'Floating IP Pool identifiers',
  node_ip_block_ids: 'Node IP block identifiers',
  pod_ip_block_ids: 'POD IP block identifiers',
  single_tier_topology: 'Shared tier1',
  infrastructure_networks: 'Infrastructure networks',
};

const drainLabels: Labels = {
  kubelet_drain_timeout: 'Kubelet Node Drain timeout (mins)',
  kubelet_drain_grace_period: 'Kubelet Node Drain grace-period (seconds)',
  kubelet_drain_force: 'Kubelet Node Drain force',
  kubelet_drain_force_node: 'Kubelet Node Drain force-node',
  kubelet_drain_ignore_daemonsets: 'Kubelet Node Drain ignore-daemonsets',
  kubelet_drain_delete_local_data: 'Kubelet Node Drain delete-local-data',
};

/** @returns no settings if the installation does not use NSX-T. */
function readNetworkSettings(parameters: JsonObject): SettingText[] {
  const raw = parameters['nsxt_network_details'];
  const details = typeof raw === 'string' ? tryParseJson(raw) : raw;
  return selectLabeled(details, networkLabels).map(({ value, ...setting }) => ({
    ...setting,
    text: JSON.stringify(value),
  }));
}

function formatNetworkDetails(parameters: JsonObject): Line[] {
  const lines = alignSettings(readNetworkSettings(parameters));
  return lines.length === 0 ? [] : ['NSXT Network Details:', ...lines, ''];
}

function formatKubernetesSettings(parameters: JsonObject): Line[] {
  const lines = [
    ...formatDrainSettings('Set by Cluster:', parameters['kubernetes_setting_cluster_details']),
    ...formatDrainSettings('Set by Plan:', parameters['kubernetes_setting_plan_details']),
  ];
  return lines.length === 0 ? [] : ['Kubernetes Settings Details:', ...lines, ''];
}

function readDrainSettings(settings: unknown): SettingText[] {
  return selectLabeled(settings, drainLabels).map(({ field, label, value }) => ({
    label,
    field: field.replaceAll('_', '-'),
    // The server sends these as strings, but the `pks` CLI prints them without quotes.
    text: toPlainText(value),
  }));
}

function formatDrainSettings(title: string, settings: unknown): Line[] {
  const lines = alignSettings(readDrainSettings(settings));
  return lines.length === 0 ? [] : [`  ${title}`, ...lines];
}

function selectLabeled(settings: unknown, labels: Labels) {
  if (!isObject(settings)) return [];
  return Object.entries(labels)
    .map(([field, label]) => ({ field, label, value: settings[field] }))
    .filter(({ value }) => value !== undefined && value !== null);
}

interface SettingText {
  readonly label: string;
  readonly field: string;
  readonly text: string;
}

/** Aligns the settings in three columns, indented by two spaces. */
function alignSettings(settings: readonly SettingText[]): string[] {
  const labelWidth = Math.max(0, ...settings.map(({ label }) => label.length));
  const fieldWidth = Math.max(0, ...settings.map(({ field }) => field.length)) + '():'.length;
  return settings.map(({ label, field, text }) =>
    `  ${label.padEnd(labelWidth)}  ${`(${field}):`.padEnd(fieldWidth)}  ${text}`.trimEnd(),
  );
}
