import { TpksError } from '../../errors.js';
import type { Parameters } from '../../pks/clusters.js';
import { readInputFile } from '../../input/input-file.js';
import { readMembers, type InputMembers } from '../../input/members.js';

/**
 * Reads `--config-file`. What may stand there depends on the infrastructure, and the server knows it
 * better: checked is the shape of what the product's pages name.
 *
 * @param taken - members that flags set, with the flag of each.
 * @throws {TpksError} `usage` with everything that is wrong, by line.
 * @see pks-cli, section 8.1
 */
export async function readConfigFile(
  path: string,
  taken: ReadonlyMap<string, string>,
): Promise<Parameters> {
  if (!/\.(json|ya?ml)$/i.test(path)) {
    throw new TpksError('usage', `--config-file takes a .json, .yml or .yaml file, not ${path}`, {
      hint: 'nothing was sent',
    });
  }
  return readMembers(await readInputFile(path), (root) => {
    refuseTaken(root, taken);
    for (const entry of root.list('net_permissions')) {
      for (const key of ['name', 'ips', 'permissions']) entry.text(key);
      entry.flag('rootsquash');
    }
    root.flag('disable_net_permissions');
    root.flag('disable_target_vsan_fileshare_datastore_urls');
    root.flag('lock_container_runtime');
    root.members('csi_topology_labels');
    root.members('snapshot_parameters')?.count('granular_max_snapshots_per_block_volume_vsan', {
      from: 0,
    });
    return root.all();
  });
}

/**
 * Reads `--private-registries`.
 *
 * @throws {TpksError} `usage` with everything that is wrong, by line.
 * @see pks-cli, section 8.1
 */
export async function readRegistriesFile(path: string): Promise<Parameters> {
  return readMembers(await readInputFile(path), (root) => {
    const servers = root.list('servers', { required: true });
    if (servers.length === 0 && root.has('servers')) root.report('servers', 'is empty');
    for (const server of servers) {
      checkUrl(server);
      for (const host of server.list('hosts')) {
        checkUrl(host);
        host.texts('capabilities');
        host.text('ca_cert');
        host.flag('skip_verify');
      }
    }
    return root.all();
  });
}

function refuseTaken(root: InputMembers, taken: ReadonlyMap<string, string>): void {
  for (const key of Object.keys(root.all())) {
    const flag = taken.get(key);
    if (flag !== undefined) root.report(key, `is set by ${flag} as well`);
  }
}

function checkUrl(part: InputMembers): void {
  const url = part.text('url', { required: true });
  if (url === undefined) return;
  const isWeb = /^https?:\/\//i.test(url) && URL.canParse(url);
  if (!isWeb) part.report('url', 'must be a URL such as https://registry.example.com');
}
