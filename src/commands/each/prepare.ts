import { mapInParallel } from '../../base/in-parallel.js';
import type { Bind, Binds } from '../../api/pks/binds.js';
import type { Services } from '../../app/services.js';
import { isTpksError, messageWithHint } from '../../base/errors.js';
import type { Context } from '../../domain/contexts/context.js';
import { apiOf, formatApi } from '../../domain/contexts/installation.js';
import type { AccessRequest } from '../../domain/kube/cluster-access.js';
import { describeStateProblem } from '../../domain/kube/cluster-state.js';
import { createAccessRequest } from '../kube/access-request.js';
import { type ClusterLoginDeps, createCredentialOptions } from '../kube/cluster-login.js';
import { isCommon } from '../kube/get-credentials.js';
import { defaultBrowserTimeoutSeconds } from '../session/browser-options.js';
import type { ContextClusters, InstallationCluster } from '../kube/selected-clusters.js';

export type PrepareDeps = ClusterLoginDeps &
  Pick<Services, 'session' | 'selectKubernetesStore' | 'bindsIn' | 'clusterAccess' | 'kubeconfig'>;

export interface PrepareFlags {
  readonly allContexts?: boolean;
  /** Whether to include clusters whose kubeconfig contains a token. */
  readonly allowTokenFiles?: boolean;
}

/** A cluster, and its kubeconfig or the reason why the command does not run for it. */
export interface PreparedCluster {
  readonly context: Context;
  readonly cluster: InstallationCluster;
  readonly kubeconfig?: string | undefined;
  readonly skipped?: string | undefined;
  readonly problem?: string | undefined;
}

/** Requests for credentials that are sent at the same time. A broker takes several seconds for each. */
const maximumInFlight = 8;

/**
 * Fetches the credentials of the clusters, and logs in once to each installation if necessary.
 * @throws {TpksError} if a login fails; without `allContexts`, also errors that affect all clusters.
 */
export async function prepareClusters(
  selected: readonly ContextClusters[],
  flags: PrepareFlags,
  deps: PrepareDeps,
): Promise<readonly PreparedCluster[]> {
  const groups = selected.map((group) => ({
    ...group,
    request: createRequest(group.context, flags, deps),
  }));
  const candidates = groups.flatMap(({ context, clusters, request }) =>
    clusters.map((cluster) => ({ context, cluster, request })),
  );
  deps.terminal.showLive([`Getting the credentials of ${formatCount(candidates.length)} ...`]);
  const checked = await mapInParallel(
    candidates,
    async (candidate) => ({ ...candidate, ...(await planAccess(candidate, flags, deps)) }),
    maximumInFlight,
  ).finally(() => {
    deps.terminal.showLive([]);
  });
  const kubeconfigs = new Map<InstallationCluster, string>();
  for (const { context, request } of groups) {
    const planned = checked.flatMap((each) =>
      each.context === context && each.plan !== undefined ? [{ ...each, plan: each.plan }] : [],
    );
    const plans = planned.map(({ plan }) => plan);
    const access = await deps.clusterAccess.createEntries(plans, request);
    for (const [index, { cluster }] of planned.entries()) {
      const entries = access[index]?.entries;
      if (entries === undefined) continue;
      const currentContext = entries.contextName;
      kubeconfigs.set(cluster, await deps.kubeconfig().format([entries], { currentContext }));
    }
  }
  return checked.map(({ context, cluster, skipped, problem }) => ({
    ...{ context, cluster, skipped, problem },
    kubeconfig: kubeconfigs.get(cluster),
  }));
}

export function formatCount(clusters: number): string {
  return clusters === 1 ? '1 cluster' : `${String(clusters)} clusters`;
}

function createRequest(
  context: Context,
  { allContexts = false }: PrepareFlags,
  deps: PrepareDeps,
): AccessRequest {
  const options = createCredentialOptions('tpks get-credentials --all --sso', (...lines) => {
    for (const line of lines) deps.terminal.note(line);
    return Promise.resolve();
  });
  return createAccessRequest(
    {
      context,
      flags: { browser: true, browserTimeout: defaultBrowserTimeoutSeconds },
      options: { ...options, server: formatApi(apiOf(context)) },
      allContexts,
      findUser: () => Promise.resolve(undefined),
    },
    deps,
  );
}

interface Candidate extends Pick<PreparedCluster, 'context' | 'cluster'> {
  readonly request: AccessRequest;
}

interface Access extends Pick<PreparedCluster, 'skipped' | 'problem'> {
  readonly plan?: Awaited<ReturnType<PrepareDeps['clusterAccess']['plan']>>;
}

async function planAccess(
  { context, cluster, request }: Candidate,
  { allContexts = false, allowTokenFiles = false }: PrepareFlags,
  { bindsIn, clusterAccess }: PrepareDeps,
): Promise<Access> {
  const state = describeStateProblem(cluster);
  if (state !== undefined) return { skipped: state };
  if (!request.canHaveIdToken && !allowTokenFiles) return { problem: idTokenReason };
  try {
    const bind = await fetchBind(cluster.name, request.identity, bindsIn(context));
    if (bind.login.kind === 'oidc') {
      return { plan: await clusterAccess.plan(bind, { ...request, format: 'exec' }) };
    }
    return allowTokenFiles
      ? { plan: await clusterAccess.plan(bind, request) }
      : { skipped: tokenFileReason };
  } catch (error) {
    if (!isTpksError(error) || (!allContexts && isCommon(error))) throw error;
    return { problem: messageWithHint(error).replaceAll('\n', '; ') };
  }
}

const tokenFileReason =
  'The cluster does not use OpenID Connect, so its kubeconfig would contain a token; to include it, add --allow-token-files';

const idTokenReason =
  'UAA clients and CI jobs get no ID token, so they cannot log in to clusters with OpenID Connect; to log in as a user: tpks login -u USER';

/** Makes the user an administrator of the cluster, as `get-credentials` does, if the user owns it. */
async function fetchBind(cluster: string, identity: string, binds: Binds): Promise<Bind> {
  try {
    return await binds.create(cluster);
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return binds.find(cluster, identity);
  }
}
