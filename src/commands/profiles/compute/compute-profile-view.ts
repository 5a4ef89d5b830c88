import type { ComputeProfile } from '../../../pks/compute-profiles.js';
import { details } from '../../../terminal/table.js';
import type { Line } from '../../../terminal/terminal.js';
import { isMembers, parametersOf, shown, type Members } from '../parameters.js';

/** The original's block; what it leaves out stands where the profile has it. @see pks-cli, section 10 */
export function computeProfileDetails({ name, description, parameters }: ComputeProfile): Line[] {
  const members = parametersOf(parameters);
  return [
    '',
    ...details([
      ['Name', name],
      ['Description', description ?? ''],
      ['Parameters', members ? '' : shown(parameters)],
    ]),
    ...(members ? [...zones(members), ...customization(members['cluster_customization'])] : []),
  ];
}

/** Zones, and those of masters and workers as profiles before TKGI 1.9 name them. */
function zones({ azs, master_azs, worker_azs }: Members): Line[] {
  const names = list(azs).map((zone) => shown(zone['name']));
  const pairs = [
    ['AZs', names.join(', ')],
    ['Master AZs', joined(master_azs)],
    ['Worker AZs', joined(worker_azs)],
  ] as const;
  return indented(2, details(pairs.filter(([, value]) => value !== '')));
}

function customization(value: unknown): Line[] {
  if (!isMembers(value)) return [];
  const { control_plane, node_pools } = value;
  return [
    '  Cluster Customization:',
    ...(isMembers(control_plane) ? machines('Control Plane', control_plane) : []),
    ...list(node_pools).flatMap((pool) => machines('Node Pool', pool)),
  ];
}

/** The original shows the first five, there or not. */
function machines(title: string, members: Members): Line[] {
  const more = [
    ['Persistent Disk (Mb)', shown(members['persistent_disk_in_mb'])],
    ['Max Instances', shown(members['max_worker_instances'])],
    ['AZs', joined(members['az_names'])],
    ['Node Labels', shown(members['node_labels'])],
    ['Node Taints', shown(members['node_taints'])],
    ['Description', shown(members['description'])],
  ] as const;
  const pairs = details([
    ['Name', shown(members['name'])],
    ['Instances', shown(members['instances'])],
    ['CPU', shown(members['cpu'])],
    ['Memory (Mb)', shown(members['memory_in_mb'])],
    ['Ephemeral Disk (Mb)', shown(members['ephemeral_disk_in_mb'])],
    ...more.filter(([, value]) => value !== ''),
  ]);
  return [`    ${title}:`, ...indented(6, pairs)];
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.map(shown).join(', ') : '';
}

function list(value: unknown): Members[] {
  return Array.isArray(value) ? value.filter(isMembers) : [];
}

function indented(by: number, lines: readonly Line[]): Line[] {
  return lines.map((line) => [' '.repeat(by), ...(typeof line === 'string' ? [line] : line)]);
}
