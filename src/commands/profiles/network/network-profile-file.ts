import type { NetworkProfileRequest } from '../../../pks/network-profiles.js';
import { jsonOrNothing } from '../../../http/decode.js';
import { readInputFile } from '../../../input/input-file.js';
import { readMembers, type InputMembers } from '../../../input/members.js';
import { isMembers } from '../parameters.js';

const texts = ['lb_size', 't0_router_id', 'master_vms_nsgroup_id'];
const moreTexts = ['dns_lookup_mode', 'ingress_prefix', 'failover_mode'];
const lists = ['pod_ip_block_ids', 'fip_pool_ids', 'node_ip_block_ids', 'nodes_dns'];
const prefixes = ['pod_subnet_prefix', 'node_subnet_prefix'];
const flags = ['pod_routable', 'node_routable', 'single_tier_topology'];

/**
 * A network profile as somebody wrote it. What a member may hold the API knows better, which of
 * them there are too: checked is the type of those that the product's pages name.
 *
 * @throws {TpksError} `usage` with everything that is wrong, by line.
 * @see pks-api, section 10
 */
export async function readNetworkProfile(path: string): Promise<NetworkProfileRequest> {
  return readMembers(await readInputFile(path), (root) => {
    root.text('description');
    return {
      ...root.all(),
      name: root.text('name', { required: true }) ?? '',
      parameters: readParameters(root),
    };
  });
}

function readParameters(root: InputMembers): object | string {
  const { parameters } = root.all();
  if (typeof parameters !== 'string') {
    checkParameters(root.members('parameters', { required: true }));
    return isMembers(parameters) ? parameters : {};
  }
  // A file that was written for curl has them as the API takes them.
  if (!isMembers(jsonOrNothing(parameters))) {
    root.report('parameters', 'must be an object, or a text that holds one');
  }
  return parameters;
}

function checkParameters(parameters: InputMembers | undefined): void {
  if (!parameters) return;
  for (const key of [...texts, ...moreTexts]) parameters.text(key);
  for (const key of [...lists, 'infrastructure_networks']) parameters.texts(key);
  for (const key of prefixes) parameters.count(key);
  for (const key of flags) parameters.flag(key);
  const cni = parameters.members('cni_configurations');
  cni?.text('type');
  cni?.members('parameters');
}
