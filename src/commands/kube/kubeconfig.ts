import { Argument, type Command } from 'commander';
import { mapInParallel } from '../../api/client/in-parallel.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError, messageWithHint } from '../../base/errors.js';
import { pksScopes } from '../../base/pks-conventions.js';
import { redact } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Context } from '../../domain/contexts/context.js';
import {
  defaultApiOf,
  formatInstallationOptions,
  parseInstallation,
} from '../../domain/contexts/installation.js';
import type { OwnContext, ContextOwner } from '../../domain/kube/kubeconfig/entries.js';
import type { KubernetesSessionState } from '../../domain/kube/sessions.js';
import type { ContextSettings, Settings } from '../../platform/config/settings.js';
import type { Span } from '../../platform/terminal/lines.js';
import { withCompleter } from '../completers.js';
import type { Entry } from '../contents.js';
import { didYouMean } from '../did-you-mean.js';
import { listCommand, formatExamples } from '../resource/list-command.js';
import {
  forgetDeletedCluster,
  noteRemovedCurrent,
  removeKubeconfigContexts,
  type RemovalDeps,
} from './affected-contexts.js';
import { kubeconfigOption } from './write-kubeconfig.js';

/** The commands of `tpks kubeconfig`. */
export const contents: readonly Entry[] = [
  {
    name: 'list',
    summary: 'list the kubeconfig contexts that tpks created',
    load: () => list,
  },
  {
    name: 'remove',
    summary: 'remove kubeconfig contexts that tpks created',
    load: () => ({ define: defineRemove }),
  },
];

type ListDeps = ExistenceDeps & Pick<Services, 'kubeconfig' | 'kubernetesSessions'>;

interface ListFlags {
  readonly kubeconfig?: string;
}

interface Row {
  readonly name: string;
  readonly current: boolean;
  readonly cluster: string;
  readonly api: string;
  readonly identity: string;
  /** Name of the Kubernetes session; `null` if the tokens are in the kubeconfig. */
  readonly session: string | null;
  readonly sessionState: KubernetesSessionState | null;
  /** `null` if unknown. */
  readonly clusterExists: boolean | null;
  readonly server: string | null;
  readonly userEntry: string | null;
  readonly path: string;
}

export const list = listCommand<Row, ListFlags>({
  description:
    'List the kubeconfig contexts that tpks created, and the Kubernetes sessions that no context uses. ' +
    'Check whether the clusters still exist, and warn if an API cannot be reached. An asterisk marks the ' +
    'current context.',
  examples: ['kubeconfig list', 'kubeconfig list --filter cluster-exists=no -o name'],
  noun: 'context',
  fields: [
    'name',
    'current',
    'cluster',
    'api',
    'identity',
    'session',
    'sessionState',
    'clusterExists',
    'server',
    'userEntry',
    'path',
  ],
  emptyLine: 'No kubeconfig contexts yet. Create one: tpks get-credentials CLUSTER',
  options: () => [kubeconfigOption()],
  read: readRows,
  columns: [
    { head: '', cell: ({ current }) => (current ? '*' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Cluster', cell: ({ cluster }) => cluster },
    { head: 'Installation', cell: ({ api }) => api },
    { head: 'User', cell: ({ identity }) => identity },
    { head: 'Session', cell: sessionSpan },
    { head: 'Cluster exists', cell: existenceSpan },
    { head: 'Session name', cell: ({ session }) => session ?? '', wide: true },
    { head: 'User entry', cell: ({ userEntry }) => userEntry ?? '', wide: true },
    { head: 'Server', cell: ({ server }) => server ?? '', wide: true },
    { head: 'File', cell: ({ path }) => path, wide: true },
  ],
  nameOf: ({ name }) => name,
});

async function readRows(deps: ListDeps, { kubeconfig: path }: ListFlags): Promise<readonly Row[]> {
  const contexts = await deps.kubeconfig(path).listOwn();
  const [states, existence] = await Promise.all([
    checkSessions(contexts, deps),
    findExistingClusters(contexts, deps),
  ]);
  await noteUnusedSessions(contexts, deps);
  return contexts.map((context) => ({
    name: context.name,
    current: context.isCurrent,
    cluster: context.owner.cluster,
    api: context.owner.api,
    identity: context.owner.identity,
    session: context.sessionName ?? null,
    sessionState:
      context.sessionName === undefined ? null : (states.get(context.sessionName) ?? null),
    clusterExists: existence(context) ?? null,
    server: context.server ?? null,
    userEntry: context.userName ?? null,
    path: context.path,
  }));
}

/** Checks each session once, without a request. */
async function checkSessions(
  contexts: readonly OwnContext[],
  { kubernetesSessions, terminal }: ListDeps,
): Promise<ReadonlyMap<string, KubernetesSessionState>> {
  const names = new Set(contexts.flatMap(({ sessionName }) => sessionName ?? []));
  const states = new Map<string, KubernetesSessionState>();
  if (names.size === 0) return states;
  // One after the other: a keychain may prompt the user to unlock it.
  for (const name of names) {
    try {
      states.set(name, await kubernetesSessions.check(name));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      terminal.warn(`cannot check the Kubernetes session of ${name}: ${redact(error.message)}`);
      states.set(name, 'unreadable');
    }
  }
  return states;
}

/** Prints the sessions that no context in these files uses. Contexts in other files can use them. */
async function noteUnusedSessions(
  contexts: readonly OwnContext[],
  { settings, terminal }: ListDeps,
): Promise<void> {
  const { contexts: tpksContexts, kubernetesSessions = {} } = await settings.read();
  const used = new Set(contexts.map(({ sessionName }) => sessionName));
  for (const [name, { clusters }] of Object.entries(kubernetesSessions)) {
    if (used.has(name)) continue;
    const details = clusters.length === 0 ? '' : ` (clusters: ${clusters.join(', ')})`;
    terminal.note(`No context in this kubeconfig uses the Kubernetes session of ${name}${details}`);
    // With a tpks context, this would also log out of it.
    if (Object.hasOwn(tpksContexts, name)) continue;
    terminal.note(`To delete it: tpks logout --context ${quoteForShell(name)}`);
  }
}

function sessionSpan({ sessionState }: Row): Span {
  if (sessionState === null) return { text: 'in the kubeconfig', tone: 'muted' };
  return { text: sessionState, tone: sessionState === 'valid' ? 'good' : 'bad' };
}

function existenceSpan({ clusterExists }: Row): Span {
  if (clusterExists === null) return { text: 'unknown', tone: 'muted' };
  return clusterExists ? 'yes' : { text: 'no', tone: 'bad' };
}

type RemoveDeps = RemovalDeps & ExistenceDeps;

interface RemoveFlags {
  readonly stale?: boolean;
  readonly kubeconfig?: string;
  readonly dryRun?: boolean;
}

function defineRemove(command: Command, deps: RemoveDeps): void {
  command
    .description(
      'Remove contexts that tpks created from the kubeconfig, with the cluster and user entries that no ' +
        'other context uses. Also delete a session of `tpks get-kubeconfig` with its last ' +
        'context. --stale removes the contexts of clusters that the API no longer lists for the user of ' +
        'the context. It keeps them if the API cannot be reached, or if it may not list the cluster for this user.',
    )
    .addArgument(contextArgument())
    .option('--stale', 'remove the contexts of clusters that no longer exist')
    .addOption(kubeconfigOption())
    .option('--dry-run', 'show what would be removed, without removing it')
    .addHelpText(
      'after',
      formatExamples(['kubeconfig remove dev-1', 'kubeconfig remove --stale --dry-run']),
    )
    .action((names: string[], flags: RemoveFlags) => remove({ names, ...flags }, deps));
}

function contextArgument(): Argument {
  const argument = new Argument('[names...]', 'names of contexts or clusters');
  return withCompleter(argument, async (_typed, { kubeconfig }) =>
    (await kubeconfig().listOwn()).flatMap(({ name, owner }) => [name, owner.cluster]),
  );
}

interface RemoveInput extends RemoveFlags {
  readonly names: readonly string[];
}

/** @throws {TpksError} `usage`; `notFound`; errors of {@link removeKubeconfigContexts} */
export async function remove(input: RemoveInput, deps: RemoveDeps): Promise<void> {
  const { names, stale = false, kubeconfig: path, dryRun = false } = input;
  if (stale === names.length > 0) {
    throw new TpksError(
      'usage',
      stale ? '--stale and context names cannot be used together' : 'Missing context name',
      { hint: 'tpks kubeconfig remove NAME, or tpks kubeconfig remove --stale' },
    );
  }
  const contexts = await deps.kubeconfig(path).listOwn();
  const existence = stale ? await findExistingClusters(contexts, deps) : undefined;
  const selected = existence
    ? contexts.filter((context) => existence(context) === false)
    : [...new Set(names.flatMap((name) => selectByName(name, contexts)))];
  if (selected.length === 0) return showNothingToDo(contexts, deps);
  if (dryRun) {
    deps.terminal.note('Dry run: nothing was removed');
    return showContexts(selected, { isRemoved: false }, deps);
  }
  if (stale) for (const { owner } of selected) await forgetDeletedCluster(owner, deps);
  const { removed, deletedSessions, keptSessions } = await removeKubeconfigContexts(
    selected,
    path,
    deps,
  );
  await showContexts(removed, { isRemoved: true, deletedSessions }, deps);
  for (const { name, clusters } of keptSessions) {
    deps.terminal.note(
      `Kept the Kubernetes session of ${name}, which is also used for ${clusters.join(', ')}. ` +
        `To delete it: tpks logout --context ${quoteForShell(name)}`,
    );
  }
  noteRemovedCurrent(removed, deps);
}

/**
 * Selects the context with this name, or the contexts of the cluster with this name in one installation.
 * @throws {TpksError} `notFound`; `usage` if several installations have a cluster with this name.
 */
function selectByName(name: string, contexts: readonly OwnContext[]): readonly OwnContext[] {
  const sameName = contexts.filter((context) => context.name === name);
  if (sameName.length > 0) return sameName;
  const matching = contexts.filter(({ owner }) => owner.cluster === name);
  const apis = new Set(matching.map(({ owner }) => owner.api));
  if (apis.size > 1) {
    const choices = matching.map((context) => `${context.name} (${context.owner.api})`).join(', ');
    throw new TpksError('usage', `Several installations have a cluster named ${name}: ${choices}`, {
      hint: `use the name of a context: tpks kubeconfig remove ${quoteForShell(matching[0]?.name ?? 'NAME')}`,
    });
  }
  if (matching.length > 0) return matching;
  const known = contexts.flatMap((context) => [context.name, context.owner.cluster]);
  throw new TpksError(
    'notFound',
    `Kubeconfig context ${name} not found${didYouMean(name, known)}`,
    { hint: 'list the contexts that tpks created: tpks kubeconfig list' },
  );
}

async function showNothingToDo(
  contexts: readonly OwnContext[],
  { terminal }: RemoveDeps,
): Promise<void> {
  const reason =
    contexts.length === 0
      ? 'the kubeconfig has no contexts that tpks created'
      : 'no contexts of deleted clusters were found';
  await terminal.show({
    json: { contexts: [], removed: false, deletedSessions: [] },
    text: [`No changes: ${reason}`],
  });
}

async function showContexts(
  contexts: readonly OwnContext[],
  outcome: { readonly isRemoved: boolean; readonly deletedSessions?: readonly string[] },
  { terminal }: RemoveDeps,
): Promise<void> {
  const { isRemoved, deletedSessions = [] } = outcome;
  const verb = isRemoved ? 'Removed' : 'Would remove';
  await terminal.show({
    json: {
      contexts: contexts.map(({ name, path, owner: { api, cluster, identity } }) => ({
        name,
        path,
        api,
        cluster,
        identity,
      })),
      removed: isRemoved,
      deletedSessions,
    },
    text: [
      ...contexts.map(({ name, path }) => `${verb} context ${name} from ${path}`),
      ...deletedSessions.map((name) => `Deleted the Kubernetes session of ${name}`),
    ],
  });
}

type ExistenceDeps = Pick<
  Services,
  'terminal' | 'settings' | 'context' | 'findContext' | 'session' | 'clusters' | 'clustersIn'
>;

/** Whether a cluster still exists; `undefined` if its API could not be reached, or may not list it for the user. */
type Existence = boolean | undefined;

/** The clusters that the API lists for a user. */
interface ClusterList {
  readonly names: ReadonlySet<string>;
  /** Whether it contains the clusters of all users. */
  readonly isComplete: boolean;
}

/**
 * Requests the list of clusters of each user and installation once, in parallel. If a request fails, or
 * the user is not logged in, it warns.
 *
 * @returns a function that returns whether the cluster of a context still exists.
 */
async function findExistingClusters(
  contexts: readonly OwnContext[],
  deps: ExistenceDeps,
): Promise<(context: OwnContext) => Existence> {
  const owners = new Map(contexts.map(({ owner }) => [ownerKey(owner), owner]));
  if (owners.size === 0) return () => undefined;
  const [settings, current] = await Promise.all([
    deps.settings.read(),
    // The selected context can be an identity from the environment.
    deps.context().catch(toTpksError),
  ]);
  const results = await mapInParallel([...owners.values()], async (owner) => ({
    owner,
    list: await listClusters(owner, settings, current, deps).catch(toTpksError),
  }));
  const lists = new Map<string, ClusterList>();
  for (const { owner, list } of results) {
    if (!isTpksError(list)) lists.set(ownerKey(owner), list);
    else {
      deps.terminal.warn(
        `cannot list the clusters of ${owner.identity} at ${owner.api}: ${messageWithHint(list)}`,
      );
    }
  }
  return ({ owner }) => {
    const list = lists.get(ownerKey(owner));
    if (list === undefined || list.names.has(owner.cluster)) return list && true;
    // `get-credentials` works only for owners and administrators, who see the cluster as long as it exists.
    return owner.command !== 'get-kubeconfig' || list.isComplete ? false : undefined;
  };
}

function ownerKey({ api, identity }: ContextOwner): string {
  return JSON.stringify([api, identity.toLowerCase()]);
}

/** @throws other errors. */
function toTpksError(error: unknown): TpksError {
  if (isTpksError(error)) return error;
  throw error;
}

/** @throws {TpksError} `unauthenticated` if no context matches the owner of the credentials. */
async function listClusters(
  owner: ContextOwner,
  settings: Settings,
  current: Context | TpksError,
  deps: ExistenceDeps,
): Promise<ClusterList> {
  const isCurrent = !isTpksError(current) && isOwner(current, owner);
  const context = isCurrent ? current : await findOwnersContext(owner, settings, deps);
  const clusters = isCurrent ? deps.clusters() : deps.clustersIn(context.name);
  const names = new Set((await clusters.list()).map(({ name }) => name));
  return { names, isComplete: await seesAllClusters(context, deps) };
}

/** Whether the API lists the clusters of all users in this context. @see pks-api, section 4 */
async function seesAllClusters(context: Context, { session }: ExistenceDeps): Promise<boolean> {
  const stored = await session(context).readStored();
  const scopes = stored?.scope.split(' ') ?? [];
  return pksScopes.readAll.some((scope) => scopes.includes(scope));
}

/** @throws {TpksError} `unauthenticated` if no context matches the owner of the credentials. */
async function findOwnersContext(
  owner: ContextOwner,
  settings: Settings,
  { findContext }: ExistenceDeps,
): Promise<Context> {
  const { contexts } = settings;
  const name = Object.keys(contexts).find((key) => isOwner(contexts[key], owner));
  if (name !== undefined) return findContext(name);
  throw new TpksError('unauthenticated', 'this user is not logged in', {
    hint: `tpks login ${formatApiOptions(owner.api, settings)} -u ${quoteForShell(owner.identity)}`,
  });
}

/** Whether a context belongs to a user of an API. `false` for an undefined context. */
function isOwner(
  context: Pick<ContextSettings, 'api' | 'uaa' | 'identity' | 'grant'> | undefined,
  { api, identity }: ContextOwner,
): boolean {
  return (
    context !== undefined &&
    (context.api ?? defaultApiOf(context.uaa)) === api &&
    context.grant !== 'client_credentials' &&
    context.identity.toLowerCase() === identity.toLowerCase()
  );
}

/**
 * The options of `tpks login` for the address of an API. If neither a context nor a Kubernetes session
 * names its UAA, the UAA is assumed to be on the default port.
 */
function formatApiOptions(
  api: string,
  { contexts, kubernetesSessions = {} }: Pick<Settings, 'contexts' | 'kubernetesSessions'>,
): string {
  const known = [...Object.values(contexts), ...Object.values(kubernetesSessions)].find(
    (each) => each.api === api,
  );
  if (known !== undefined) return formatInstallationOptions({ api, uaa: known.uaa });
  const { hostname } = new URL(api);
  return parseInstallation(hostname).api === api ? `-a ${hostname}` : `-a ${api}`;
}
