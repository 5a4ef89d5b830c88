import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import type { ContextOwner, OwnContext } from '../../domain/kube/kubeconfig/entries.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import type { KubernetesSession } from '../../domain/kube/sessions.js';

export type RemovalDeps = Pick<Services, 'settings' | 'kubeconfig' | 'kubernetesSessions'>;

interface RemovalResult {
  readonly removed: readonly OwnContext[];
  readonly deletedSessions: readonly string[];
  /** Sessions that have no context here, but that other clusters may still use. */
  readonly keptSessions: readonly KubernetesSession[];
}

/**
 * Removes contexts from the kubeconfig. A Kubernetes session that does not belong to a tpks context is
 * deleted with its last context, unless it is also used for other clusters, whose contexts can be in
 * other files.
 * @param path - the value of `--kubeconfig`.
 * @throws {TpksError} `usage`, `conflict` or `storage` if the kubeconfig cannot be changed; `keychain`
 *   or `storage` if a session cannot be deleted.
 */
export async function removeKubeconfigContexts(
  contexts: readonly OwnContext[],
  path: string | undefined,
  deps: RemovalDeps,
): Promise<RemovalResult> {
  const kubeconfig = deps.kubeconfig(path);
  const removed = await kubeconfig.remove(contexts.map(({ name }) => name));
  const { contexts: tpksContexts, kubernetesSessions = {} } = await deps.settings.read();
  const names = [...new Set(removed.flatMap(({ sessionName }) => sessionName ?? []))].filter(
    (name) => Object.hasOwn(kubernetesSessions, name),
  );
  if (names.length === 0) return { removed, deletedSessions: [], keptSessions: [] };
  const remaining = await listRemaining(kubeconfig, path, deps);
  const deletedSessions: string[] = [];
  const keptSessions: KubernetesSession[] = [];
  for (const name of names) {
    const users = remaining.filter(({ sessionName }) => sessionName === name);
    for (const { sessionName, owner } of removed) {
      if (sessionName !== name || users.some((user) => user.owner.cluster === owner.cluster))
        continue;
      await deps.kubernetesSessions.removeCluster(name, owner.cluster);
    }
    if (users.length > 0 || Object.hasOwn(tpksContexts, name)) continue;
    const session = await deps.kubernetesSessions.find(name);
    if (session !== undefined && session.clusters.length > 0) keptSessions.push(session);
    else if (await deps.kubernetesSessions.remove(name)) deletedSessions.push(name);
  }
  return { removed, deletedSessions, keptSessions };
}

/** As in kubectl, `current-context` still names a context that was removed. */
export function noteRemovedCurrent(
  removed: readonly OwnContext[],
  { terminal }: Pick<Services, 'terminal'>,
): void {
  const current = removed.find(({ isCurrent }) => isCurrent);
  if (current === undefined) return;
  terminal.note(
    `${current.name} was the current context. To set another one: kubectl config use-context NAME`,
  );
}

/**
 * Removes a deleted cluster from all sessions of its installation, so that hints do not name it and
 * sessions are not kept for it.
 * @throws {TpksError} `storage`
 */
export async function forgetDeletedCluster(
  { api, cluster }: Pick<ContextOwner, 'api' | 'cluster'>,
  { settings, kubernetesSessions }: Pick<RemovalDeps, 'settings' | 'kubernetesSessions'>,
): Promise<void> {
  const stored = (await settings.read()).kubernetesSessions ?? {};
  for (const [name, session] of Object.entries(stored)) {
    if (session.api !== api || !session.clusters.includes(cluster)) continue;
    await kubernetesSessions.removeCluster(name, cluster);
  }
}

/** Lists the remaining contexts in the changed file and, with `--kubeconfig`, in the user's own files. */
async function listRemaining(
  kubeconfig: Kubeconfig,
  path: string | undefined,
  deps: RemovalDeps,
): Promise<readonly OwnContext[]> {
  const remaining = await kubeconfig.listOwn();
  if (path === undefined) return remaining;
  try {
    return [...remaining, ...(await deps.kubeconfig().listOwn())];
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // A file that the command does not change must not make it fail. The sessions' own lists of clusters
    // still protect the contexts in it.
    return remaining;
  }
}
