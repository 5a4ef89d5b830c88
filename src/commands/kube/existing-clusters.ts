import { mapInParallel } from '../../api/client/in-parallel.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError, messageWithHint } from '../../base/errors.js';
import { pksScopes } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Context } from '../../domain/contexts/context.js';
import {
  defaultApiOf,
  formatInstallationOptions,
  parseInstallation,
} from '../../domain/contexts/installation.js';
import type { OwnContext, ContextOwner } from '../../domain/kube/kubeconfig/entries.js';
import type { ContextSettings, Settings } from '../../platform/config/settings.js';

export type ExistenceDeps = Pick<
  Services,
  'terminal' | 'settings' | 'context' | 'findContext' | 'session' | 'clusters' | 'clustersIn'
>;

/** Whether a cluster still exists; `undefined` if its API could not be reached, or may not list it for the user. */
type Existence = boolean | undefined;

interface ClusterList {
  readonly names: ReadonlySet<string>;
  /** Whether it contains the clusters of all users. */
  readonly isComplete: boolean;
}

/**
 * Requests the list of clusters of each user and installation once, in parallel. If a request fails, or
 * the user is not logged in, it warns.
 * @returns a function that returns whether the cluster of a context still exists.
 */
export async function findExistingClusters(
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

/**
 * Whether the API lists the clusters of all users in this context.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
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

/** Options of `tpks login`. If the UAA is unknown, it is assumed to be on the default port. */
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
