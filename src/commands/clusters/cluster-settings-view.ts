import { tryParseJson } from '../../http/decode.js';
import { isObject, toPlainText, type JsonObject } from '../../json-value.js';
import type { Line } from '../../terminal/terminal.js';

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
export function formatNetworkDetails(parameters: JsonObject): Line[] {
  const raw = parameters['nsxt_network_details'];
  const details = typeof raw === 'string' ? tryParseJson(raw) : raw;
  if (!isObject(details)) return [];
  const rows = selectLabeled(details, networkLabels).map(
    ([key, label, value]) => [label, `(${key}):`, JSON.stringify(value)] as const,
  );
  return rows.length === 0 ? [] : ['NSXT Network Details:', ...alignColumns(rows), ''];
}

export function formatKubernetesSettings(parameters: JsonObject): Line[] {
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
function selectLabeled(
  settings: JsonObject,
  labels: readonly (readonly [string, string])[],
): (readonly [string, string, unknown])[] {
  return labels
    .filter(([key]) => settings[key] !== undefined && settings[key] !== null)
    .map(([key, label]) => [key, label, settings[key]] as const);
}

/** Aligns three columns, indented by two spaces. */
function alignColumns(rows: readonly (readonly [string, string, string])[]): string[] {
  const widthOf = (index: 0 | 1): number => Math.max(0, ...rows.map((row) => row[index].length));
  const [labelWidth, keyWidth] = [widthOf(0), widthOf(1)];
  return rows.map(([label, key, value]) =>
    `  ${label.padEnd(labelWidth)}  ${key.padEnd(keyWidth)}  ${value}`.trimEnd(),
  );
}
