import { toDisplayText, isObject, type JsonObject } from '../../json-value.js';
import { createComputeProfiles, type Profile } from '../../pks/profiles.js';
import { formatDetails } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { indentLines, formatProfile, profileCommands } from './profile-commands.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'compute-profiles',
  label: 'compute profile',
  contents: 'sizes and zones of the control plane and node pools',
  examples: { show: 'three-zones', file: 'compute-profile.json' },
  resource: createComputeProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  formatDetails: formatComputeProfile,
  readFile: async (file) => (await import('./compute-file.js')).readComputeProfile(file),
});

/** Formats a compute profile like the `pks` CLI, with additional fields. @see pks-cli, section 10 */
export function formatComputeProfile(profile: Profile): Line[] {
  return formatProfile(profile, (parameters) => [
    ...formatZones(parameters),
    ...formatCustomization(parameters['cluster_customization']),
  ]);
}

/** Formats the zones, including the separate master and worker zones of profiles before TKGI 1.9. */
function formatZones({ azs, master_azs, worker_azs }: JsonObject): Line[] {
  const names = selectObjects(azs).map((zone) => toDisplayText(zone['name']));
  const pairs = [
    ['AZs', names.join(', ')],
    ['Master AZs', joinValues(master_azs)],
    ['Worker AZs', joinValues(worker_azs)],
  ] as const;
  return indentLines(2, formatDetails(pairs.filter(([, value]) => value !== '')));
}

function formatCustomization(value: unknown): Line[] {
  if (!isObject(value)) return [];
  const { control_plane, node_pools } = value;
  return [
    '  Cluster Customization:',
    ...(isObject(control_plane) ? formatMachines('Control Plane', control_plane) : []),
    ...selectObjects(node_pools).flatMap((pool) => formatMachines('Node Pool', pool)),
  ];
}

/** The `pks` CLI shows the first five fields even if they have no value. */
function formatMachines(title: string, fields: JsonObject): Line[] {
  const additionalFields = [
    ['Persistent Disk (Mb)', toDisplayText(fields['persistent_disk_in_mb'])],
    ['Max Instances', toDisplayText(fields['max_worker_instances'])],
    ['AZs', joinValues(fields['az_names'])],
    ['Node Labels', toDisplayText(fields['node_labels'])],
    ['Node Taints', toDisplayText(fields['node_taints'])],
    ['Description', toDisplayText(fields['description'])],
  ] as const;
  const pairs = formatDetails([
    ['Name', toDisplayText(fields['name'])],
    ['Instances', toDisplayText(fields['instances'])],
    ['CPU', toDisplayText(fields['cpu'])],
    ['Memory (Mb)', toDisplayText(fields['memory_in_mb'])],
    ['Ephemeral Disk (Mb)', toDisplayText(fields['ephemeral_disk_in_mb'])],
    ...additionalFields.filter(([, value]) => value !== ''),
  ]);
  return [`    ${title}:`, ...indentLines(6, pairs)];
}

function joinValues(value: unknown): string {
  return Array.isArray(value) ? value.map(toDisplayText).join(', ') : '';
}

function selectObjects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
