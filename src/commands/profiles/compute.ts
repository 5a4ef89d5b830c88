import {
  createComputeProfiles,
  type Profile,
  type ProfileRequest,
} from '../../api/pks/profiles.js';
import { toDisplayText, isObject, type JsonObject } from '../../base/json-value.js';
import { readInputFile, type FileInput } from '../../platform/input/input-file.js';
import {
  nonBlankText,
  list as listOf,
  object,
  optional,
  text,
  texts,
  wholeNumber,
  validate,
} from '../../platform/input/schema.js';
import { formatDetails, type Line } from '../../platform/terminal/lines.js';
import { indentLines, formatProfile, profileCommands, readParameters } from './profile-commands.js';

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
  terminalColumns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'AZs', cell: (profile) => formatZoneNames(readParameters(profile)?.['azs']) },
    { head: 'UUID', cell: ({ uuid }) => toDisplayText(uuid), wide: true, isWhole: true, rank: 1 },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  formatDetails: formatComputeProfile,
  readFile: readComputeProfile,
});

/**
 * Formats a compute profile like the `pks` CLI, with additional fields.
 * @see docs/contributing/servers/pks-cli.md#profiles
 */
export function formatComputeProfile(profile: Profile): Line[] {
  return formatProfile(profile, (parameters) => [
    ...formatZones(parameters),
    ...formatCustomization(parameters['cluster_customization']),
  ]);
}

function formatZoneNames(zones: unknown): string {
  return selectObjects(zones)
    .map((zone) => toDisplayText(zone['name']))
    .join(', ');
}

/** Formats the zones, including the separate master and worker zones of profiles before TKGI 1.9. */
function formatZones({ azs, master_azs, worker_azs }: JsonObject): Line[] {
  const pairs = [
    ['AZs', formatZoneNames(azs)],
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

const zone = object({ name: nonBlankText, cpi: nonBlankText, cloud_properties: object({}) });

const machineFields = {
  cpu: optional(wholeNumber()),
  memory_in_mb: optional(wholeNumber()),
  ephemeral_disk_in_mb: optional(wholeNumber()),
  persistent_disk_in_mb: optional(wholeNumber()),
  az_names: optional(texts),
};

const controlPlane = object({ ...machineFields, instances: optional(wholeNumber()) });

const nodePool = object({
  ...machineFields,
  name: nonBlankText,
  description: optional(text),
  node_labels: optional(text),
  node_taints: optional(text),
  instances: optional(wholeNumber()),
  max_worker_instances: optional(wholeNumber()),
});

const profileSchema = object({
  name: nonBlankText,
  description: optional(text),
  parameters: object({
    azs: optional(listOf(zone)),
    master_azs: optional(texts),
    worker_azs: optional(texts),
    cluster_customization: optional(
      object({ control_plane: optional(controlPlane), node_pools: optional(listOf(nodePool)) }),
    ),
  }),
});

/**
 * Reads a compute profile from a file. Only types are validated; the API validates the values.
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see docs/contributing/servers/pks-api.md#profiles
 */
export async function readComputeProfile(file: FileInput): Promise<ProfileRequest> {
  return validate(await readInputFile(file), profileSchema);
}
