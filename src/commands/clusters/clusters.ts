import type { Command } from 'commander';
import { mapInParallel } from '../../base/in-parallel.js';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import {
  combineFailures,
  type Failure,
  isTpksError,
  messageWithFacts,
  TpksError,
} from '../../base/errors.js';
import { toDisplayText } from '../../base/json-value.js';
import { redact } from '../../base/secret.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import type { Settings } from '../../platform/config/settings.js';
import type { Line } from '../../platform/terminal/lines.js';
import { cacheNames } from '../completers.js';
import { requiresRead, addListOptions, watchOption } from '../resource/list-command.js';
import { type List, showList, validateColumns, type ListFlags } from '../resource/list.js';
import { formatState } from '../format-state.js';
import { type WatchDeps, watchList } from '../waiting/watch-list.js';

type Deps = Pick<Services, 'names' | 'clusters'> & AllContextsDeps & WatchDeps;

interface Flags extends ListFlags {
  readonly watch?: boolean;
  readonly allContexts?: boolean;
}

/**
 * The table of the `pks` CLI, with more columns for `-o wide`.
 * @see docs/contributing/servers/pks-cli.md#clusters
 */
export const clusterList: List<Cluster> = {
  noun: 'cluster',
  optionalFields: [
    'network_profile_name',
    'kubernetes_profile_name',
    'compute_profile_name',
    'available_upgrades',
  ],
  isPks: true,
  columns: [
    { head: 'PKS Version', cell: ({ pks_version }) => pks_version ?? '' },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'k8s Version', cell: ({ k8s_version }) => k8s_version ?? '' },
    { head: 'Plan Name', cell: ({ plan_name }) => plan_name ?? '' },
    { head: 'UUID', cell: ({ uuid }) => uuid ?? '' },
    { head: 'Status', cell: ({ last_action_state }) => formatState(last_action_state) },
    { head: 'Action', cell: ({ last_action }) => last_action ?? '' },
    { head: 'Master Host', cell: parameterCell('kubernetes_master_host'), wide: true },
    { head: 'Workers', cell: parameterCell('kubernetes_worker_instances'), wide: true },
    {
      head: 'Description',
      cell: ({ last_action_description }) => last_action_description ?? '',
      wide: true,
    },
  ],
  terminalColumns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Status', cell: ({ last_action_state }) => formatState(last_action_state), rank: 1 },
    { head: 'Workers', cell: parameterCell('kubernetes_worker_instances'), rank: 4 },
    { head: 'Plan', key: 'plan-name', cell: ({ plan_name }) => plan_name ?? '', rank: 5 },
    {
      head: 'Kubernetes',
      key: 'k8s-version',
      cell: ({ k8s_version }) => k8s_version ?? '',
      rank: 6,
    },
    { head: 'Upgrade to', cell: formatUpgrades, isWhole: true, rank: 3 },
    { head: 'Action', cell: ({ last_action }) => last_action ?? '', rank: 7 },
    { head: 'UUID', cell: ({ uuid }) => uuid ?? '', wide: true, isWhole: true, rank: 2 },
    {
      head: 'Master host',
      cell: parameterCell('kubernetes_master_host'),
      wide: true,
      isWhole: true,
      rank: 3,
    },
    { head: 'PKS version', cell: ({ pks_version }) => pks_version ?? '', wide: true, rank: 8 },
    {
      head: 'Description',
      cell: ({ last_action_description }) => last_action_description ?? '',
      wide: true,
    },
  ],
  nameOf: ({ name }) => name,
  linesAbove: formatUpgradeLines,
};

function parameterCell(name: string): (cluster: Cluster) => string {
  return ({ parameters }) => toDisplayText(parameters?.[name]);
}

/** Returns the versions of PKS or TKGI that a cluster can be upgraded to. */
function findUpgrades({ available_upgrades: upgrades }: Cluster) {
  return (upgrades ?? []).flatMap(({ component, version }) =>
    /^(?:pks|tkgi)$/i.test(component ?? '') && version
      ? [{ component: component?.toUpperCase() ?? '', version }]
      : [],
  );
}

export function formatUpgrades(cluster: Cluster): string {
  return findUpgrades(cluster)
    .map(({ version }) => version)
    .join(', ');
}

/**
 * The line that the `pks` CLI prints above the table, and an empty line.
 * @see docs/contributing/servers/pks-cli.md#clusters
 */
function formatUpgradeLines(clusters: readonly Cluster[]): Line[] {
  const versions = clusters
    .flatMap(findUpgrades)
    .map(({ component, version }) => `${component} Version: ${version}`);
  return [...new Set(versions)].flatMap((version) => [`Upgrade is available to ${version}`, '']);
}

export const description = `List the clusters that you have access to, in the order that the API returns them. ${requiresRead} With pks.clusters.manage, only clusters that you created are listed.`;

export const examples = {
  'list clusters': 'tpks clusters',
  'print the names of the clusters whose last operation failed':
    'tpks clusters --filter status=failed -o name',
  'list the clusters of all contexts as JSON': 'tpks clusters --all-contexts --json',
};

export function define(command: Command, deps: Deps): void {
  addListOptions(command, clusterList)
    .addOption(watchOption().conflicts('allContexts'))
    .option('--all-contexts', 'list the clusters of all contexts that are logged in')
    .action((flags: Flags) => clusters(flags, deps));
}

export async function clusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.watch === true) {
    return watchList({ list: clusterList, flags, read: () => deps.clusters().list() }, deps);
  }
  if (flags.allContexts === true) {
    const { list, rows, failure } = await listClustersInAllContexts(deps);
    await showList(list, rows, flags, deps);
    if (failure !== undefined) throw failure;
    return;
  }
  validateColumns(clusterList, flags);
  const rows = await deps.clusters().list();
  await cacheNames('clusters', rows.map(clusterList.nameOf), deps);
  await showList(clusterList, rows, flags, deps);
  if (rows.length === 0 && deps.terminal.usesScreen()) {
    deps.terminal.note('The scope pks.clusters.manage lists only clusters that you created');
  }
}

type AllContextsDeps = Pick<Services, 'terminal' | 'settings' | 'hasSession' | 'clustersIn'>;

type ContextCluster = Cluster & { readonly context: string };

/**
 * Lists the clusters of all contexts in parallel. A cluster that several contexts of an installation
 * can see is listed once.
 * @returns the rows, and as `failure` the error to throw after showing them if some contexts failed.
 * @throws {TpksError} `unauthenticated` if no context is logged in.
 */
async function listClustersInAllContexts(deps: AllContextsDeps) {
  const { contexts } = await deps.settings.read();
  const names = Object.keys(contexts).filter((name) => contexts[name]?.api !== undefined);
  if (names.length === 0) throw notLoggedInError('No contexts found');
  const loggedIn = await findLoggedIn(names, contexts, deps);
  if (loggedIn.length === 0) throw notLoggedInError('No context is logged in');
  const failures: Failure[] = [];
  const lists = await mapInParallel(loggedIn, async (context) => {
    try {
      const clusters = await deps.clustersIn(context).list();
      return clusters.map((cluster): ContextCluster => ({ context, ...cluster }));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      deps.terminal.warn(`${context}: ${redact(messageWithFacts(error))}`);
      failures.push({ name: context, error });
      return [];
    }
  });
  return {
    list,
    rows: removeDuplicates(lists.flat(), contexts),
    failure: summarizeFailures(failures, loggedIn.length),
  };
}

const { terminalColumns = [] } = clusterList;

const list: List<ContextCluster> = {
  ...clusterList,
  columns: [{ head: 'Context', cell: ({ context }) => context }, ...clusterList.columns],
  terminalColumns: [
    ...terminalColumns.slice(0, 2),
    { head: 'Context', cell: ({ context }) => context, rank: 1 },
    ...terminalColumns.slice(2),
  ],
  nameOf: ({ context, name }) => `${context}/${name}`,
};

/** Returns the contexts that have a session, including sessions that have ended. */
async function findLoggedIn(
  names: readonly string[],
  contexts: Settings['contexts'],
  { terminal, hasSession }: AllContextsDeps,
): Promise<readonly string[]> {
  const loggedIn: string[] = [];
  for (const name of names) {
    const context = contexts[name];
    if (context === undefined) continue;
    if (await hasSession({ ...context, name })) loggedIn.push(name);
    else terminal.note(`Skipped ${name}: not logged in`);
  }
  return loggedIn;
}

/** Two contexts with the same API can list the same cluster. */
function removeDuplicates(
  rows: readonly ContextCluster[],
  contexts: Settings['contexts'],
): readonly ContextCluster[] {
  const seen = new Set<string>();
  return rows.filter(({ context, uuid, name }) => {
    const key = JSON.stringify([contexts[context]?.api, uuid ?? name]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function notLoggedInError(message: string): TpksError {
  return new TpksError('unauthenticated', message, {
    hint: 'log in: tpks login -a api.example.com',
  });
}

function summarizeFailures(failures: readonly Failure[], total: number): TpksError | undefined {
  // A failed login takes precedence, because trying again does not help.
  const main = failures.find(({ error }) => error.kind === 'unauthenticated') ?? failures[0];
  if (main === undefined) return undefined;
  return combineFailures(main, failures, {
    summary: `Cannot list the clusters of ${String(failures.length)} of ${String(total)} contexts`,
    hint: `check the context: tpks status --context ${alwaysQuoteForShell(main.name)}`,
  });
}
