import { Option } from 'commander';
import { mapInParallel } from '../../base/in-parallel.js';
import type { Cluster, UpgradeRequest } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { withPksNames } from '../completers.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import type { DryRunOption } from '../dry-run.js';
import { maximumInt32, parseIntegerFlag } from '../option-values.js';
import { filterOption, requiresWrite } from '../resource/list-command.js';
import type { SelectionFlags } from '../resource/list.js';
import type { WaitFlags } from '../waiting/wait-for-operation.js';
import { waitForUpgrade, type UpgradeWaitDeps } from '../waiting/wait-for-upgrade.js';
import { clusterCommand, explainNewerFlags, type OperationInput } from './cluster-command.js';
import { clusterList } from './clusters.js';
import { InputChecks } from './input-checks.js';
import { joinNames, parseNames } from './parse-lists.js';
import { findOutdatedClusters, type OutdatedClusters } from './outdated-clusters.js';

type UpgradeDeps = Pick<Services, 'clusters'> & ConfirmDeps & UpgradeWaitDeps;

interface OneInput extends Omit<OperationInput, 'program'> {
  readonly nodesParallel?: string;
}

export const upgradeOne = clusterCommand({
  description: `Upgrade a cluster to the version of the installation. Asks for confirmation (unless --yes). ${requiresWrite}`,
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

interface SeveralFlags extends WaitFlags, DryRunOption, Pick<SelectionFlags, 'filter'> {
  readonly clusters?: string;
  readonly allOutdated?: boolean;
  readonly canaries?: string;
  readonly maxInFlight: string;
}

export const upgradeSeveral = clusterCommand({
  description:
    'Upgrade several clusters. Canaries are upgraded first, one at a time; if one fails, the other ' +
    `clusters are not upgraded. Asks for confirmation (unless --yes). ${requiresWrite}`,
  examples: {
    'upgrade two clusters at the same time':
      'tpks upgrade-clusters --clusters dev-1,dev-2 --max-in-flight 2',
    'upgrade one cluster first, and the others if it succeeds':
      'tpks upgrade-clusters --canaries dev-1 --clusters dev-2,dev-3 --wait',
    'upgrade all outdated clusters, two at a time':
      'tpks upgrade-clusters --all-outdated --max-in-flight 2',
  },
  arguments: () => [],
  options: () => [
    withPksNames(
      new Option(
        '-c, --clusters <list>',
        'cluster names, separated by commas (required unless --all-outdated is used)',
      ),
      'clusters',
    ),
    new Option(
      '--all-outdated',
      'upgrade all clusters whose version differs from the version of the installation',
    ),
    filterOption(clusterList, 'upgrade only matching outdated clusters'),
    withPksNames(
      new Option('--canaries <list>', 'names of clusters to upgrade first, separated by commas'),
      'clusters',
    ),
    new Option('--max-in-flight <number>', 'maximum number of parallel upgrades').default('1'),
  ],
  run: upgradeClusters,
});

export async function upgradeClusters(flags: SeveralFlags, deps: UpgradeDeps): Promise<void> {
  const request = await readRequest(flags);
  if (flags.allOutdated !== true) return upgrade({ ...flags, request }, deps);
  const outdated = await findOutdatedClusters(request.canaries, flags, deps.clusters());
  const { canaries, others, skipped, version } = outdated;
  for (const line of formatPlan(outdated, request)) deps.terminal.note(line);
  if (canaries.length + others.length > 0) {
    const names = [...request.canaries, ...others.map(({ name }) => name)];
    // The original CLI never sends canaries alone.
    const canaryCount = Math.min(request.canaries.length, names.length - 1);
    const selection = { canaries: names.slice(0, canaryCount), clusters: names.slice(canaryCount) };
    return upgrade(
      { ...flags, request: { ...request, ...selection }, shownVersion: version },
      deps,
    );
  }
  const none =
    flags.filter === undefined ? 'no cluster is outdated' : 'no outdated cluster matches --filter';
  const reason = skipped.length > 0 ? 'no outdated cluster can be upgraded now' : none;
  const text = `No changes: ${reason} (version of the installation: ${version})`;
  await deps.terminal.show({ json: null, text: [text] });
}

/** Formats the version changes, in upgrade order. */
function formatPlan(
  { canaries, others, skipped, version }: OutdatedClusters,
  { max_in_flight: maximum }: UpgradeRequest,
): string[] {
  const describe = (cluster: Cluster) => formatVersions(cluster, version);
  const start = canaries.length > 0 ? 'Then' : 'In this order';
  const groups: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['Canaries, one at a time:', canaries.map(describe)],
    [`${start}, ${maximum === 1 ? 'one' : String(maximum)} at a time:`, others.map(describe)],
    ['Skipped:', skipped],
  ];
  return groups.flatMap(([heading, lines]) =>
    lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)],
  );
}

/** @throws {TpksError} `usage` if not exactly one option selects the clusters, or if `--filter` has no effect. */
function validateSelection({ clusters, allOutdated = false, filter }: SeveralFlags): void {
  if ((clusters !== undefined) === allOutdated) {
    const both = '--clusters and --all-outdated cannot be used together';
    throw new TpksError('usage', allOutdated ? both : 'Missing --clusters or --all-outdated', {
      hint: 'tpks upgrade-clusters --clusters NAME,NAME, or tpks upgrade-clusters --all-outdated',
    });
  }
  if (filter === undefined || allOutdated) return;
  throw new TpksError('usage', '--filter requires --all-outdated', {
    hint: 'tpks upgrade-clusters --all-outdated --filter KEY=VALUE',
  });
}

async function readRequest(flags: SeveralFlags): Promise<UpgradeRequest> {
  const { clusters, canaries, maxInFlight } = flags;
  const checks = new InputChecks();
  const parseList = async (flag: string, text: string | undefined) =>
    (text === undefined ? undefined : await checks.run(() => parseNames(flag, text))) ?? [];
  await checks.run(() => validateSelection(flags));
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
  /** The version to upgrade to, if the version changes have already been shown. */
  readonly shownVersion?: string;
}

/**
 * Lists the clusters, asks for confirmation and starts the upgrade.
 * @see docs/contributing/servers/pks-cli.md#upgrades
 */
async function upgrade(input: UpgradeInput, deps: UpgradeDeps): Promise<void> {
  const { request, shownVersion, wait = false, waitTimeout, dryRun = false } = input;
  const { terminal } = deps;
  const clusters = deps.clusters({ dryRun });
  if (!dryRun) {
    const version = shownVersion ?? (await clusters.getUpgradeVersion());
    const names = [...request.canaries, ...request.clusters];
    await terminal.announce(formatAnnouncement(names, version));
    const change = {
      question: 'Continue?',
      choices: ' (y/n):',
      find: () =>
        mapInParallel(shownVersion === undefined ? names : [], (name) =>
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

function formatAnnouncement(names: readonly string[], version?: string): string[] {
  return [
    `You are about to upgrade ${joinNames(names)}.`,
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
