import type { Cluster } from '../../api/pks/clusters.js';
import {
  toDisplayText,
  isObject,
  toPlainText,
  type JsonObject,
  tryParseJson,
} from '../../base/json-value.js';
import {
  formatDetails as detailLines,
  type Line,
  type Span,
} from '../../platform/terminal/lines.js';
import type { List } from '../resource/list-spec.js';

/** The table of the `pks` CLI, with more columns for `-o wide`. @see pks-cli, section 5 */
export const clusterList: List<Cluster> = {
  noun: 'cluster',
  fields: [
    'name',
    'uuid',
    'plan_name',
    'last_action',
    'last_action_state',
    'last_action_description',
    'k8s_version',
    'pks_version',
    'kubernetes_master_ips',
    'network_profile_name',
    'kubernetes_profile_name',
    'compute_profile_name',
    'available_upgrades',
    'parameters',
  ],
  isPks: true,
  columns: [
    { head: 'PKS Version', cell: ({ pks_version }) => pks_version ?? '' },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'k8s Version', cell: ({ k8s_version }) => k8s_version ?? '' },
    { head: 'Plan Name', cell: ({ plan_name }) => plan_name ?? '' },
    { head: 'UUID', cell: ({ uuid }) => uuid ?? '' },
    { head: 'Status', cell: ({ last_action_state }) => formatState(last_action_state) },
    { head: 'Action', cell: ({ last_action }) => last_action ?? '' },
    { head: 'Master Host', cell: parameterCell('kubernetes_master_host'), wide: true },
    { head: 'Workers', cell: parameterCell('kubernetes_worker_instances'), wide: true },
    {
      head: 'Description',
      cell: ({ last_action_description }) => last_action_description ?? '',
      wide: true,
    },
  ],
  nameOf: ({ name }) => name,
  linesAbove: formatUpgradeLines,
};

function parameterCell(name: string): (cluster: Cluster) => string {
  return ({ parameters }) => toDisplayText(parameters?.[name]);
}

/** Formats a cluster like the `pks` CLI, with the values in column 26. @see pks-cli, section 6 */
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

/** Returns the fields that TKGI 1.9 and later have, if the server sends them. */
function newerFields(cluster: Cluster): [string, Span][] {
  const parameters = cluster.parameters ?? {};
  const fields: [string, unknown][] = [
    ['Compute Profile Name', cluster.compute_profile_name],
    ['NSX Policy', cluster['nsx_policy'] ?? parameters['nsx_policy']],
    ['Private Registries', cluster['private_registries'] ?? parameters['private_registries']],
  ];
  return fields.flatMap(([label, value]): [string, Span][] =>
    value === undefined || value === null ? [] : [[label, toDisplayText(value)]],
  );
}

/** The line that the `pks` CLI prints above the table, and an empty line. @see pks-cli, section 5 */
function formatUpgradeLines(clusters: readonly Cluster[]): Line[] {
  const versions = clusters
    .flatMap((cluster) => cluster.available_upgrades ?? [])
    .filter(({ component, version }) => /^(?:pks|tkgi)$/i.test(component ?? '') && version)
    .map(({ component, version }) => `${component?.toUpperCase() ?? ''} Version: ${version ?? ''}`);
  return [...new Set(versions)].flatMap((version) => [`Upgrade is available to ${version}`, '']);
}

/** Formats the state of an operation; `failed` and `succeeded` are colored. */
export function formatState(value: string | null | undefined): Span {
  if (value === 'failed') return { text: value, tone: 'bad' };
  return value === 'succeeded' ? { text: value, tone: 'good' } : (value ?? '');
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

/** The settings that `--details` shows, in the order of the `pks` CLI. @see pks-cli, section 6 */
const networkLabels: readonly (readonly [key: string, label: string])[] = [
  ['lb_size', 'Load Balancer Size'],
  ['nodes_dns', 'Nodes DNS Setting'],
  ['node_routable', 'Node IP addresses are routable [no-nat]'],
  ['node_subnet_prefix', 'Nodes subnet prefix'],
  ['pod_routable', 'POD IP addresses are routable [no-nat]'],
  ['pod_subnet_prefix', 'PODs subnet prefix'],
  ['master_vms_nsgroup_id', 'NS Group ID of master VMs'],
  ['t0_router_id', 'Tier 0 Router identifier'],
  ['fip_pool_ids', 'Floating IP Pool identifiers'],
  ['node_ip_block_ids', 'Node IP block identifiers'],
  ['pod_ip_block_ids', 'POD IP block identifiers'],
  ['single_tier_topology', 'Shared tier1'],
  ['infrastructure_networks', 'Infrastructure networks'],
];

const drainLabels: readonly (readonly [key: string, label: string])[] = [
  ['kubelet_drain_timeout', 'Kubelet Node Drain timeout (mins)'],
  ['kubelet_drain_grace_period', 'Kubelet Node Drain grace-period (seconds)'],
  ['kubelet_drain_force', 'Kubelet Node Drain force'],
  ['kubelet_drain_force_node', 'Kubelet Node Drain force-node'],
  ['kubelet_drain_ignore_daemonsets', 'Kubelet Node Drain ignore-daemonsets'],
  ['kubelet_drain_delete_local_data', 'Kubelet Node Drain delete-local-data'],
];

/** @returns no lines if the installation does not use NSX-T. */
function formatNetworkDetails(parameters: JsonObject): Line[] {
  const raw = parameters['nsxt_network_details'];
  const details = typeof raw === 'string' ? tryParseJson(raw) : raw;
  if (!isObject(details)) return [];
  const rows = selectLabeled(details, networkLabels).map(
    ([key, label, value]) => [label, `(${key}):`, JSON.stringify(value)] as const,
  );
  return rows.length === 0 ? [] : ['NSXT Network Details:', ...alignColumns(rows), ''];
}

function formatKubernetesSettings(parameters: JsonObject): Line[] {
  const blocks = [
    ['Set by Cluster:', parameters['kubernetes_setting_cluster_details']],
    ['Set by Plan:', parameters['kubernetes_setting_plan_details']],
  ] as const;
  const lines = blocks.flatMap(([title, settings]): Line[] => {
    if (!isObject(settings)) return [];
    const rows = selectLabeled(settings, drainLabels).map(
      // The server sends these as strings, but the `pks` CLI prints them without quotes.
      ([key, label, value]) =>
        [label, `(${key.replaceAll('_', '-')}):`, toPlainText(value)] as const,
    );
    return rows.length === 0 ? [] : [`  ${title}`, ...alignColumns(rows)];
  });
  return lines.length === 0 ? [] : ['Kubernetes Settings Details:', ...lines, ''];
}

/** Returns the key, label and value of each setting that has a value. */
function selectLabeled(settings: JsonObject, labels: readonly (readonly [string, string])[]) {
  return labels
    .map(([key, label]) => [key, label, settings[key] ?? undefined] as const)
    .filter(([, , value]) => value !== undefined);
}

/** Aligns three columns, indented by two spaces. */
function alignColumns(rows: readonly (readonly [string, string, string])[]): string[] {
  const widthOf = (index: 0 | 1): number => Math.max(0, ...rows.map((row) => row[index].length));
  const [labelWidth, keyWidth] = [widthOf(0), widthOf(1)];
  return rows.map(([label, key, value]) =>
    `  ${label.padEnd(labelWidth)}  ${key.padEnd(keyWidth)}  ${value}`.trimEnd(),
  );
}
