import type { Settings } from '../../../config/settings.js';
import { formatApiOptions, isOwner } from '../../../contexts/api-user.js';
import type { Context } from '../../../contexts/context.js';
import { isTpksError, messageWithHint, TpksError } from '../../../errors.js';
import { mapInParallel } from '../../../in-parallel.js';
import type { ContextOwner, OwnContext } from '../../../kube/kubeconfig/kubeconfig.js';
import type { Clusters } from '../../../pks/clusters.js';
import type { Services } from '../../../services.js';
import { quoteForShell } from '../../../shell-quote.js';

export type ExistenceDeps = Pick<
  Services,
  'terminal' | 'settings' | 'context' | 'findContext' | 'session' | 'clusters' | 'clustersIn'
>;

/** Whether a cluster still exists; `undefined` if its API could not be reached, or may not list it for the user. */
export type Existence = boolean | undefined;

/** The clusters that the API lists for a user. */
interface ClusterList {
  readonly names: ReadonlySet<string>;
  /** Whether it contains the clusters of all users. */
  readonly isComplete: () => Promise<boolean>;
}

/**
 * Requests the list of clusters of each user and installation once, in parallel. If a request fails, or
 * the user is not logged in, it warns.
 *
 * @returns a function that returns whether the cluster of a context still exists.
 */
export async function findExistingClusters(
  contexts: readonly OwnContext[],
  deps: ExistenceDeps,
): Promise<(context: OwnContext) => Existence> {
  const owners = new Map(contexts.map(({ owner }) => [ownerKey(owner), owner]));
  if (owners.size === 0) return () => undefined;
  const [settings, current] = await Promise.all([
    (await deps.settings()).read(),
    findCurrentContext(deps),
  ]);
  const results = await mapInParallel([...owners], async ([key, owner]) => ({
    key,
    owner,
    list: await listClusters(owner, settings, current, deps),
  }));
  const lists = new Map<string, ClusterList>();
  for (const { key, owner, list } of results) {
    if (!isTpksError(list)) lists.set(key, list);
    else {
      deps.terminal.warn(
        `cannot list the clusters of ${owner.identity} at ${owner.api}: ${messageWithHint(list)}`,
      );
    }
  }
  const existence = new Map<OwnContext, Existence>();
  for (const context of contexts) {
    const list = lists.get(ownerKey(context.owner));
    existence.set(context, list && (await isListed(context.owner, list)));
  }
  return (context) => existence.get(context);
}

/** @returns `undefined` if the API may not list the cluster for this user. */
async function isListed(
  { cluster, command }: ContextOwner,
  { names, isComplete }: ClusterList,
): Promise<Existence> {
  if (names.has(cluster)) return true;
  // `get-credentials` works only for owners and administrators, who see the cluster as long as it exists.
  return command !== 'get-kubeconfig' || (await isComplete()) ? false : undefined;
}

function ownerKey({ api, identity }: ContextOwner): string {
  return JSON.stringify([api, identity.toLowerCase()]);
}

/** The selected context, which can be an identity from the environment. */
async function findCurrentContext({ context }: ExistenceDeps): Promise<Context | undefined> {
  try {
    return await context();
  } catch (error) {
    if (isTpksError(error)) return undefined;
    throw error;
  }
}

/** @returns an error if the clusters could not be listed. */
async function listClusters(
  owner: ContextOwner,
  settings: Settings,
  current: Context | undefined,
  deps: ExistenceDeps,
): Promise<ClusterList | TpksError> {
  try {
    const { clusters, context } = await selectClusters(owner, settings, current, deps);
    const names = new Set((await clusters.list()).map(({ name }) => name));
    return { names, isComplete: async () => seesAllClusters(await context(), deps) };
  } catch (error) {
    if (isTpksError(error)) return error;
    throw error;
  }
}

/** Whether the API lists the clusters of all users in this context. @see pks-api, section 4 */
async function seesAllClusters(context: Context, { session }: ExistenceDeps): Promise<boolean> {
  const stored = await (await session(context)).readStored();
  const scopes = stored?.scope.split(' ') ?? [];
  return ['pks.clusters.admin', 'pks.clusters.admin.read'].some((scope) => scopes.includes(scope));
}

/** @throws {TpksError} `unauthenticated` if no context matches the owner of the credentials. */
async function selectClusters(
  owner: ContextOwner,
  { contexts, kubernetesSessions }: Settings,
  current: Context | undefined,
  { clusters, clustersIn, findContext }: ExistenceDeps,
): Promise<{ readonly clusters: Clusters; readonly context: () => Promise<Context> }> {
  if (current !== undefined && isOwner(current, owner)) {
    return { clusters: await clusters(), context: () => Promise.resolve(current) };
  }
  const name = Object.keys(contexts).find((key) => isOwner(contexts[key], owner));
  if (name !== undefined) {
    return { clusters: await clustersIn(name), context: () => findContext(name) };
  }
  throw new TpksError('unauthenticated', 'this user is not logged in', {
    hint: `tpks login ${formatApiOptions(owner.api, { contexts, kubernetesSessions })} -u ${quoteForShell(owner.identity)}`,
  });
}
