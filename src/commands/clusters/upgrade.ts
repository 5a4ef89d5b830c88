import { mapInParallel } from '../../in-parallel.js';
import type { Cluster, UpgradeRequest } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import type { DryRunOption } from '../dry-run.js';
import type { WaitFlags } from '../waiting/wait-options.js';
import { explainNewerFlags } from './newer-flags.js';
import { waitForUpgrade, type UpgradeWaitDeps } from './wait-for-upgrade.js';

export type UpgradeDeps = Pick<Services, 'clusters'> & ConfirmDeps & UpgradeWaitDeps;

interface UpgradeInput extends WaitFlags, DryRunOption {
  readonly request: UpgradeRequest;
}

/** Lists the clusters, asks for confirmation and starts the upgrade. @see pks-cli, section 8.5 */
export async function upgrade(input: UpgradeInput, deps: UpgradeDeps): Promise<void> {
  const { request, wait = false, waitTimeout, dryRun = false } = input;
  const { terminal } = deps;
  const clusters = await deps.clusters({ dryRun });
  if (!dryRun) {
    const version = await clusters.getUpgradeVersion();
    await terminal.announce(formatAnnouncement(request, version));
    const change = {
      question: 'Continue? (y/n):',
      find: () =>
        mapInParallel([...request.canaries, ...request.clusters], (name) =>
          clusters.get(name, { details: false }),
        ),
      describe: (found: readonly Cluster[]) =>
        found.map((cluster) => formatVersions(cluster, version)),
    };
    if (!(await confirmDestructiveChange(change, deps))) return;
  }
  const task = await explainNewerFlags(input, clusters.upgrade(request));
  const started = `Your taskID for the upgrade task is: ${task.uuid}`;
  if (!wait) {
    await terminal.show({ json: task, text: [started], indent: 3 });
    return;
  }
  if (!terminal.wantsJson()) await terminal.show({ json: undefined, text: [started] });
  await waitForUpgrade({ id: task.uuid, timeoutSeconds: waitTimeout }, deps);
}

function formatAnnouncement({ canaries, clusters }: UpgradeRequest, version?: string): string[] {
  return [
    `You are about to upgrade ${joinNames([...canaries, ...clusters])}.`,
    'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
    ...(isRuntimeSwitched(version)
      ? [
          'Warning: The runtime will switch to containerd unless you have set the "lock_container_runtime" flag',
        ]
      : []),
    '',
  ];
}

/** Formats the versions, e.g. `prod-2: 1.6.1-build.6 -> 1.7.0-build.26`. */
function formatVersions({ name, pks_version: current }: Cluster, version?: string): string {
  if (current && current === version) return `${name}: already at ${version}`;
  return `${name}: ${current ?? 'unknown version'} -> ${version ?? 'unknown version'}`;
}

/**
 * Whether an upgrade to this version switches from Docker to containerd, which TKGI does since
 * 1.14. The `pks` CLI knows this from its own version; tpks has to read the version from the
 * server.
 */
function isRuntimeSwitched(version = ''): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 14);
}

/** Joins names, e.g. `a, b and c`. */
function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
