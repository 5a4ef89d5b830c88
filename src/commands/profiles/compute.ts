import { displayText, isObject, type JsonObject } from '../../json-value.js';
import type { ComputeProfile } from '../../pks/compute-profiles.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { indented, parameterDetails, profileCommands } from './profile-commands.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'compute-profiles',
  label: 'compute profile',
  contents: 'the sizes and zones of the control plane and of the node pools',
  examples: { show: 'three-zones', file: 'compute-profile.json' },
  resource: async () => (await import('../../pks/compute-profiles.js')).createComputeProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  details: computeProfileDetails,
  readFile: async (path) => (await import('./compute-file.js')).readComputeProfile(path),
});

/** The original's block, and what the original leaves out. @see pks-cli, section 10 */
export function computeProfileDetails(profile: ComputeProfile): Line[] {
  return parameterDetails(profile, (parameters) => [
    ...zones(parameters),
    ...customization(parameters['cluster_customization']),
  ]);
}

/** Zones, and those of masters and workers as profiles before TKGI 1.9 name them. */
function zones({ azs, master_azs, worker_azs }: JsonObject): Line[] {
  const names = objects(azs).map((zone) => displayText(zone['name']));
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
    ...objects(node_pools).flatMap((pool) => machines('Node Pool', pool)),
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

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
