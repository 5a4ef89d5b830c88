import { toDisplayText } from '../../json-value.js';
import type { Cluster } from '../../pks/clusters.js';
import { formatDetails as detailLines } from '../../terminal/table.js';
import type { Line, Span } from '../../terminal/terminal.js';
import type { List } from '../resource/list.js';
import { formatKubernetesSettings, formatNetworkDetails } from './cluster-settings-view.js';

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
    .map((tag: unknown) => {
      const [tagName, tagValue] = [readField(tag, 'name'), readField(tag, 'value')];
      return tagValue === '' ? tagName : `${tagName}:${tagValue}`;
    })
    .join(',');
}

function readField(value: unknown, key: string): string {
  return typeof value === 'object' && value !== null ? toDisplayText(Reflect.get(value, key)) : '';
}
