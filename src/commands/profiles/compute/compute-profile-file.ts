import type { ComputeProfileRequest } from '../../../pks/compute-profiles.js';
import { readInputFile } from '../../../input/input-file.js';
import { readMembers, type InputMembers } from '../../../input/members.js';

/** @see pks-api, section 6 */
const longestName = 26;

/**
 * A compute profile as somebody wrote it.
 *
 * @throws {TpksError} `usage` with everything that is wrong, by line.
 * @see pks-api, sections 6 and 10
 */
export async function readComputeProfile(path: string): Promise<ComputeProfileRequest> {
  return readMembers(await readInputFile(path), (root) => {
    const name = root.text('name', { required: true }) ?? '';
    const length = Array.from(name).length;
    if (length > longestName) {
      root.report('name', `has ${String(length)} characters; the API takes ${String(longestName)}`);
    }
    root.text('description');
    const parameters = root.members('parameters', { required: true });
    for (const zone of parameters?.list('azs') ?? []) checkZone(zone);
    parameters?.texts('master_azs');
    parameters?.texts('worker_azs');
    checkCustomization(parameters?.members('cluster_customization'));
    return { ...root.all(), name };
  });
}

function checkZone(zone: InputMembers): void {
  zone.text('name', { required: true });
  zone.text('cpi', { required: true });
  zone.members('cloud_properties', { required: true });
}

function checkCustomization(customization: InputMembers | undefined): void {
  const plane = customization?.members('control_plane');
  if (plane) {
    checkMachines(plane);
    const instances = plane.count('instances');
    if (instances !== undefined && ![1, 3, 5].includes(instances)) {
      plane.report('instances', `must be 1, 3 or 5, not ${String(instances)}`);
    }
    if (plane.has('name')) plane.report('name', 'is not for the control plane: leave it out');
  }
  const seen = new Set<string>();
  for (const pool of customization?.list('node_pools') ?? []) {
    const name = pool.text('name', { required: true });
    if (name !== undefined && seen.has(name)) {
      pool.report('name', `is that of another node pool: ${name}`);
    }
    seen.add(name ?? '');
    checkPool(pool);
  }
}

function checkPool(pool: InputMembers): void {
  checkMachines(pool);
  for (const key of ['description', 'node_labels', 'node_taints']) pool.text(key);
  const instances = pool.count('instances');
  const maximum = pool.count('max_worker_instances');
  if (instances !== undefined && maximum !== undefined && maximum < instances) {
    pool.report('max_worker_instances', `is less than instances, which is ${String(instances)}`);
  }
}

const together = ['cpu', 'memory_in_mb', 'ephemeral_disk_in_mb'];

/** What control plane and node pools have in common. */
function checkMachines(machines: InputMembers): void {
  for (const key of [...together, 'persistent_disk_in_mb']) machines.count(key);
  machines.texts('az_names');
  const missing = together.filter((key) => !machines.has(key));
  if (missing.length > 0 && missing.length < together.length) {
    machines.report(
      undefined,
      `has no ${missing.join(' and no ')}: cpu, memory_in_mb and ephemeral_disk_in_mb go together`,
    );
  }
}
