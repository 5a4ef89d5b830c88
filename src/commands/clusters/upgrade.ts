import { Option } from 'commander';
import { mapInParallel } from '../../api/client/in-parallel.js';
import type { Cluster, UpgradeRequest } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { withPksNames } from '../completers.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import type { DryRunOption } from '../dry-run.js';
import { maximumInt32, parseIntegerFlag } from '../option-values.js';
import { requiresWrite } from '../resource/list-command.js';
import type { WaitFlags } from '../waiting/wait-for-operation.js';
import { waitForUpgrade, type UpgradeWaitDeps } from '../waiting/wait-for-upgrade.js';
import { clusterCommand, explainNewerFlags, type OperationInput } from './cluster-command.js';
import { InputChecks, requireFlags } from './input-checks.js';
import { joinNames, parseNames } from './list-values.js';

type UpgradeDeps = Pick<Services, 'clusters'> & ConfirmDeps & UpgradeWaitDeps;

interface OneInput extends Omit<OperationInput, 'program'> {
  readonly nodesParallel?: string;
}

export const upgradeOne = clusterCommand({
  description: `Upgrade a cluster to the version of the installation. ${requiresWrite}`,
  examples: {
    'upgrade a cluster': 'tpks upgrade-cluster dev-1',
    'upgrade in a script, and wait until the upgrade has finished':
      'tpks upgrade-cluster dev-1 --non-interactive --wait',
  },
  options: () => [
    new Option(
      '--nodes-parallel <number>',
      'number of nodes to upgrade in parallel (TKGI 1.17+)',
    ).choices(['1', '2']),
  ],
  run: upgradeCluster,
});

export async function upgradeCluster(input: OneInput, deps: UpgradeDeps): Promise<void> {
  const { name, nodesParallel } = input;
  const request = {
    clusters: [name],
    canaries: [],
    max_in_flight: 1,
    ...(nodesParallel === undefined ? {} : { nodes_parallel: Number(nodesParallel) }),
  };
  await upgrade({ ...input, request }, deps);
}

interface SeveralFlags extends WaitFlags, DryRunOption {
  readonly clusters?: string;
  readonly canaries?: string;
  readonly maxInFlight: string;
}

export const upgradeSeveral = clusterCommand({
  description:
    'Upgrade several clusters. Canaries are upgraded first, one at a time; if one fails, the other ' +
    `clusters are not upgraded. ${requiresWrite}`,
  examples: {
    'upgrade two clusters at the same time':
      'tpks upgrade-clusters --clusters dev-1,dev-2 --max-in-flight 2',
    'upgrade one cluster first, and the others if it succeeds':
      'tpks upgrade-clusters --canaries dev-1 --clusters dev-2,dev-3 --wait',
  },
  arguments: () => [],
  options: () => [
    withPksNames(
      new Option('-c, --clusters <list>', 'cluster names, separated by commas (required)'),
      'clusters',
    ),
    withPksNames(
      new Option('--canaries <list>', 'names of clusters to upgrade first, separated by commas'),
      'clusters',
    ),
    new Option('--max-in-flight <number>', 'maximum number of parallel upgrades').default('1'),
  ],
  run: upgradeClusters,
});

export async function upgradeClusters(flags: SeveralFlags, deps: UpgradeDeps): Promise<void> {
  await upgrade({ ...flags, request: await readRequest(flags) }, deps);
}

async function readRequest({
  clusters,
  canaries,
  maxInFlight,
}: SeveralFlags): Promise<UpgradeRequest> {
  const checks = new InputChecks();
  const parseList = async (flag: string, text: string | undefined) =>
    (text === undefined ? undefined : await checks.run(() => parseNames(flag, text))) ?? [];
  await checks.run(() => requireFlags({ clusters }, 'tpks upgrade-clusters --help'));
  const clusterNames = await parseList('--clusters', clusters);
  const canaryNames = await parseList('--canaries', canaries);
  const maximum = await checks.run(() =>
    parseIntegerFlag('--max-in-flight', maxInFlight, { from: 1, to: maximumInt32 }),
  );
  checks.throwErrors();
  const canarySet = new Set(canaryNames);
  return {
    // A cluster in both lists is a canary.
    clusters: clusterNames.filter((name) => !canarySet.has(name)),
    canaries: canaryNames,
    max_in_flight: maximum ?? 1,
  };
}

interface UpgradeInput extends WaitFlags, DryRunOption {
  readonly request: UpgradeRequest;
}

/**
 * Lists the clusters, asks for confirmation and starts the upgrade.
 * @see docs/contributing/servers/pks-cli.md#upgrades
 */
async function upgrade(input: UpgradeInput, deps: UpgradeDeps): Promise<void> {
  const { request, wait = false, waitTimeout, dryRun = false } = input;
  const { terminal } = deps;
  const clusters = deps.clusters({ dryRun });
  if (!dryRun) {
    const version = await clusters.getUpgradeVersion();
    await terminal.announce(formatAnnouncement(request, version));
    const change = {
      question: 'Continue?',
      choices: ' (y/n):',
      find: () =>
        mapInParallel([...request.canaries, ...request.clusters], (name) =>
          clusters.get(name, { details: false }),
        ),
      describe: (found: readonly Cluster[]) =>
        found.map((cluster) => formatVersions(cluster, version)),
    };
    if (!(await confirmDestructiveChange(change, deps))) return;
  }
  const sentAt = deps.clock.monotonic();
  const task = await explainNewerFlags(input, clusters.upgrade(request));
  const started = `Your taskID for the upgrade task is: ${task.uuid}`;
  if (!wait) {
    await terminal.show({ json: task, text: [started], indent: 3 });
    return;
  }
  if (!terminal.wantsJson()) await terminal.show({ json: undefined, text: [started] });
  await waitForUpgrade({ id: task.uuid, timeoutSeconds: waitTimeout, sentAt }, deps);
}

function formatAnnouncement({ canaries, clusters }: UpgradeRequest, version?: string): string[] {
  return [
    `You are about to upgrade ${joinNames([...canaries, ...clusters])}.`,
    'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
    ...(switchesRuntime(version)
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

/** TKGI switches from Docker to containerd in 1.14. tpks reads the version from the server. */
function switchesRuntime(version = ''): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 14);
}
