import { displayText, isObject, type JsonObject } from '../../json-value.js';
import type { ComputeProfile } from '../../pks/compute-profiles.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { parametersOf } from './parameters.js';

/** The original's block; what it leaves out stands where the profile has it. @see pks-cli, section 10 */
export function computeProfileDetails({ name, description, parameters }: ComputeProfile): Line[] {
  const members = parametersOf(parameters);
  return [
    '',
    ...details([
      ['Name', name],
      ['Description', description ?? ''],
      ['Parameters', members ? '' : displayText(parameters)],
    ]),
    ...(members ? [...zones(members), ...customization(members['cluster_customization'])] : []),
  ];
}

/** Zones, and those of masters and workers as profiles before TKGI 1.9 name them. */
function zones({ azs, master_azs, worker_azs }: JsonObject): Line[] {
  const names = list(azs).map((zone) => displayText(zone['name']));
  const pairs = [
    ['AZs', names.join(', ')],
    ['Master AZs', joined(master_azs)],
    ['Worker AZs', joined(worker_azs)],
  ] as const;
  return indented(2, details(pairs.filter(([, value]) => value !== '')));
}

function customization(value: unknown): Line[] {
  if (!isObject(value)) return [];
  const { control_plane, node_pools } = value;
  return [
    '  Cluster Customization:',
    ...(isObject(control_plane) ? machines('Control Plane', control_plane) : []),
    ...list(node_pools).flatMap((pool) => machines('Node Pool', pool)),
  ];
}

/** The original shows the first five, there or not. */
function machines(title: string, members: JsonObject): Line[] {
  const more = [
    ['Persistent Disk (Mb)', displayText(members['persistent_disk_in_mb'])],
    ['Max Instances', displayText(members['max_worker_instances'])],
    ['AZs', joined(members['az_names'])],
    ['Node Labels', displayText(members['node_labels'])],
    ['Node Taints', displayText(members['node_taints'])],
    ['Description', displayText(members['description'])],
  ] as const;
  const pairs = details([
    ['Name', displayText(members['name'])],
    ['Instances', displayText(members['instances'])],
    ['CPU', displayText(members['cpu'])],
    ['Memory (Mb)', displayText(members['memory_in_mb'])],
    ['Ephemeral Disk (Mb)', displayText(members['ephemeral_disk_in_mb'])],
    ...more.filter(([, value]) => value !== ''),
  ]);
  return [`    ${title}:`, ...indented(6, pairs)];
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.map(displayText).join(', ') : '';
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function indented(by: number, lines: readonly Line[]): Line[] {
  return lines.map((line) => [' '.repeat(by), ...(typeof line === 'string' ? [line] : line)]);
}
