import { mapInParallel } from '../../base/in-parallel.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError, messageWithHint } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Context } from '../../domain/contexts/context.js';
import { defaultApiOf } from '../../domain/contexts/installation.js';
import type { OwnContext, ContextOwner } from '../../domain/kube/kubeconfig/entries.js';
import type { ContextSettings, Settings } from '../../platform/config/settings.js';

export type ExistenceDeps = Pick<
  Services,
  'terminal' | 'settings' | 'context' | 'clusters' | 'clustersIn'
>;

/** Whether a cluster still exists; `undefined` if its API could not be reached, or may not list it for the user. */
type Existence = boolean | undefined;

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
  const lists = new Map<string, readonly string[]>();
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
    if (list?.includes(owner.cluster) === true) return true;
    // `get-credentials` works only for owners and administrators, who see the cluster as long as it exists.
    return list === undefined || owner.command === 'get-kubeconfig' ? undefined : false;
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
): Promise<readonly string[]> {
  const isCurrent = !isTpksError(current) && isOwner(current, owner);
  const clusters = isCurrent
    ? deps.clusters()
    : deps.clustersIn(findOwnersContext(owner, settings));
  return (await clusters.list()).map(({ name }) => name);
}

/** @throws {TpksError} `unauthenticated` if no context matches the owner of the credentials. */
function findOwnersContext(owner: ContextOwner, { contexts }: Settings): string {
  const name = Object.keys(contexts).find((key) => isOwner(contexts[key], owner));
  if (name !== undefined) return name;
  throw new TpksError('unauthenticated', 'this user is not logged in', {
    hint: `tpks login -a ${owner.api} -u ${quoteForShell(owner.identity)}`,
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
