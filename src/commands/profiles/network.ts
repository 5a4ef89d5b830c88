import {
  createNetworkProfiles,
  type Profile,
  type NetworkProfileRequest,
} from '../../api/pks/profiles.js';
import { toDisplayText, isObject, type JsonObject, tryParseJson } from '../../base/json-value.js';
import { readInputFile, type FileInput } from '../../platform/input/input-file.js';
import {
  choose,
  nonBlankText,
  flag,
  object,
  optional,
  text,
  texts,
  wholeNumber,
  withRule,
  validate,
} from '../../platform/input/schema.js';
import { formatDetails, type Line } from '../../platform/terminal/lines.js';
import { indentLines, formatProfile, profileCommands, readParameters } from './profile-commands.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'network-profiles',
  label: 'network profile',
  contents: 'NSX-T settings for clusters',
  examples: { show: 'np-prod', file: 'network-profile.json' },
  resource: createNetworkProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  terminalColumns: [
    { head: 'Name', cell: ({ name }) => name },
    {
      head: 'Load balancer',
      key: 'lb-size',
      cell: (profile) => toDisplayText(readParameters(profile)?.['lb_size']),
    },
    { head: 'UUID', cell: ({ uuid }) => toDisplayText(uuid), wide: true, isWhole: true, rank: 1 },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  formatDetails: formatNetworkProfile,
  readFile: readNetworkProfile,
});

/**
 * Formats a network profile. The output of the `pks` CLI is not documented.
 * @see docs/contributing/servers/pks-cli.md#profiles
 */
export function formatNetworkProfile(profile: Profile): Line[] {
  return formatProfile(profile, (parameters) => formatFields(parameters, 2));
}

/** Formats fields as `key:  value` lines in their original order, and indents nested objects. */
function formatFields(fields: JsonObject, indent: number): Line[] {
  const scalars = Object.entries(fields).filter(([, value]) => !isObject(value));
  const longestKey = scalars.reduce((longest, [key]) => Math.max(longest, key.length), 0);
  const valueColumn = longestKey + 3;
  return Object.entries(fields).flatMap(([key, value]): Line[] => {
    const nested = isObject(value) ? value : undefined;
    const line = formatDetails([[key, nested ? '' : toDisplayText(value)]], valueColumn);
    return [...indentLines(indent, line), ...(nested ? formatFields(nested, indent + 2) : [])];
  });
}

const parameters = object({
  lb_size: optional(text),
  t0_router_id: optional(text),
  master_vms_nsgroup_id: optional(text),
  dns_lookup_mode: optional(text),
  ingress_prefix: optional(text),
  failover_mode: optional(text),
  pod_ip_block_ids: optional(texts),
  fip_pool_ids: optional(texts),
  node_ip_block_ids: optional(texts),
  nodes_dns: optional(texts),
  infrastructure_networks: optional(texts),
  pod_subnet_prefix: optional(wholeNumber()),
  node_subnet_prefix: optional(wholeNumber()),
  pod_routable: optional(flag),
  node_routable: optional(flag),
  single_tier_topology: optional(flag),
  cni_configurations: optional(object({ type: optional(text), parameters: optional(object({})) })),
});

/** The API expects the parameters as a JSON string, so files written for curl contain a string. */
const parametersText = withRule(text, (value, report) => {
  if (!isObject(tryParseJson(String(value)))) {
    report([], 'must be an object or a string that contains a JSON object');
  }
});

const profileSchema = object({
  name: nonBlankText,
  description: optional(text),
  parameters: choose((value) => (typeof value === 'string' ? parametersText : parameters)),
});

/**
 * Reads a network profile from a file. Only the fields in the product documentation are validated,
 * and only their types; the API validates their values.
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see docs/contributing/servers/pks-api.md#profiles
 */
export async function readNetworkProfile(file: FileInput): Promise<NetworkProfileRequest> {
  return validate(await readInputFile(file), profileSchema);
}
