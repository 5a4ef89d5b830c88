import { tryParseJson } from '../../http/decode.js';
import { readInputFile, type FileInput } from '../../input/input-file.js';
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
} from '../../input/schema.js';
import { validate } from '../../input/validate.js';
import { isObject } from '../../json-value.js';
import type { NetworkProfileRequest } from '../../pks/profiles.js';

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
 *
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see pks-api, section 10
 */
export async function readNetworkProfile(file: FileInput): Promise<NetworkProfileRequest> {
  return validate(await readInputFile(file), profileSchema);
}
