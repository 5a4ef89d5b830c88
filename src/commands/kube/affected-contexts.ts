import { Option } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, messageWithHint, rewordError, type TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ContextOwner, OwnContext } from '../../domain/kube/kubeconfig/entries.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import type { KubernetesSession } from '../../domain/kube/sessions.js';

export type AffectedDeps = RemovalDeps & Pick<Services, 'terminal'>;

export interface PruneFlags {
  readonly pruneKubeconfig?: boolean;
}

/** Creates the option of commands after which kubeconfig contexts stop working. */
export function pruneOption(
  description = 'remove the kubeconfig contexts that stop working',
): Option {
  return new Option('--prune-kubeconfig', description);
}

/** The kubeconfig contexts that stop working because of a command. */
export interface AffectedContexts {
  readonly contexts: readonly OwnContext[];
  /** Whether the kubeconfig contexts were removed, or updated after a context was renamed. */
  readonly arePruned: boolean;
  /** Names of the Kubernetes sessions that were deleted with their last context. */
  readonly deletedSessions?: readonly string[];
  /** Why `--prune-kubeconfig` could not change the kubeconfig. */
  readonly failure?: TpksError;
}

const none: AffectedContexts = { contexts: [], arePruned: false };

/**
 * Finds the kubeconfig contexts that a command has affected, and changes them with `--prune-kubeconfig`.
 * The command itself has succeeded and still has to print its result, so errors are not thrown.
 *
 * @param prune - returns the names of the Kubernetes sessions that it deleted.
 * @returns `failure` for an error with `--prune-kubeconfig`; without it, the error is only a warning.
 */
async function pruneKubeconfig(
  isAffected: (context: OwnContext) => boolean,
  { pruneKubeconfig: isPruning = false }: PruneFlags,
  deps: AffectedDeps,
  prune = async (affected: readonly OwnContext[]): Promise<readonly string[]> =>
    (await removeKubeconfigContexts(affected, undefined, deps)).deletedSessions,
): Promise<AffectedContexts> {
  let contexts: readonly OwnContext[] = [];
  try {
    contexts = (await deps.kubeconfig().listOwn()).filter(isAffected);
    if (contexts.length === 0 || !isPruning) return { contexts, arePruned: false };
    return { contexts, arePruned: true, deletedSessions: await prune(contexts) };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (isPruning) {
      // Not `usage`, because its exit code would mean that the options were wrong and nothing was changed.
      const message = `Everything else succeeded, but --prune-kubeconfig failed: ${error.message}`;
      return {
        contexts,
        arePruned: false,
        failure: rewordError(error, { kind: 'storage', message }),
      };
    }
    deps.terminal.warn(
      `cannot find the kubeconfig contexts that stop working: ${messageWithHint(error)}`,
    );
    return none;
  }
}

/** Like {@link pruneKubeconfig}, for the contexts of a deleted cluster, of all users. */
export async function pruneContextsOfCluster(
  deleted: Pick<ContextOwner, 'api' | 'cluster'>,
  flags: PruneFlags,
  deps: AffectedDeps,
): Promise<AffectedContexts> {
  try {
    await forgetDeletedCluster(deleted, deps);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    deps.terminal.warn(
      `cannot remove the cluster from the Kubernetes sessions: ${messageWithHint(error)}`,
    );
  }
  const { api, cluster } = deleted;
  return pruneKubeconfig(
    ({ owner }) => owner.api === api && owner.cluster === cluster,
    flags,
    deps,
  );
}

/**
 * Like {@link pruneKubeconfig}, for the sessions of contexts that were logged out. Without
 * `--prune-kubeconfig`, the kubeconfig is read only if a Kubernetes session existed.
 *
 * @param names - the sessions: names of contexts, or of sessions without a context.
 * @param deletedNames - those whose Kubernetes session was deleted.
 */
export async function pruneContextsOfSessions(
  names: readonly string[],
  deletedNames: readonly string[],
  flags: PruneFlags,
  deps: AffectedDeps,
): Promise<AffectedContexts> {
  const affected = flags.pruneKubeconfig === true ? names : deletedNames;
  if (affected.length === 0) return none;
  return pruneKubeconfig(
    ({ sessionName }) => sessionName !== undefined && affected.includes(sessionName),
    flags,
    deps,
  );
}

/** Like {@link pruneKubeconfig}, for a renamed context: `--prune-kubeconfig` updates its name. */
export async function renameInKubeconfig(
  name: string,
  newName: string,
  flags: PruneFlags,
  deps: AffectedDeps,
): Promise<AffectedContexts> {
  const isAffected = ({ sessionName }: OwnContext) => sessionName === name;
  return pruneKubeconfig(isAffected, flags, deps, async () => {
    await deps.kubeconfig().renameSession(name, newName);
    return [];
  });
}

/** Returns the JSON members about affected contexts; an empty object if no context is affected. */
export function affectedJson({ contexts, arePruned }: AffectedContexts) {
  if (contexts.length === 0) return {};
  return {
    kubeconfigContexts: contexts.map(({ name, path }) => ({ name, path, pruned: arePruned })),
  };
}

/**
 * Prints which contexts were removed, or which ones stop working and the command that removes them.
 * @throws {TpksError} `storage` if `--prune-kubeconfig` failed.
 */
export function reportAffected(affected: AffectedContexts, deps: Pick<Services, 'terminal'>): void {
  noteAffected(affected, deps);
  if (affected.failure !== undefined) throw affected.failure;
}

/** Like {@link reportAffected}, but does not throw the failure. */
export function noteAffected(
  { contexts, arePruned, deletedSessions = [] }: AffectedContexts,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  if (contexts.length === 0) return;
  const names = contexts.map(({ name }) => name);
  if (arePruned) {
    terminal.note(`Removed from the kubeconfig: ${names.join(', ')}`);
    for (const name of deletedSessions) terminal.note(`Deleted the Kubernetes session of ${name}`);
    noteRemovedCurrent(contexts, { terminal });
    return;
  }
  terminal.note(`These kubeconfig contexts stop working: ${names.join(', ')}`);
  terminal.note(
    `To remove them: tpks kubeconfig remove ${names.map((word) => quoteForShell(word)).join(' ')}`,
  );
}

/**
 * Prints which contexts use the new name of a context, or which ones stop working and how to update them.
 * @throws {TpksError} the same errors as {@link reportAffected}
 */
export function reportRenamed(
  newName: string,
  { contexts, arePruned, failure }: AffectedContexts,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  const [first] = contexts;
  const names = contexts.map(({ name }) => name).join(', ');
  if (arePruned) terminal.note(`Updated in the kubeconfig: ${names}`);
  else if (first !== undefined) {
    const { name, owner } = first;
    // One cluster is enough, because all contexts of a session share its user entry.
    const command = [
      `tpks get-credentials ${quoteForShell(owner.cluster)} --context ${quoteForShell(newName)}`,
      ...(name === owner.cluster ? [] : [`--context-name ${quoteForShell(name)}`]),
      '--no-switch',
    ];
    terminal.note(`These kubeconfig contexts stop working: ${names}`);
    terminal.note(`To update them: ${command.join(' ')}`);
  }
  if (failure !== undefined) throw failure;
}

export type RemovalDeps = Pick<Services, 'settings' | 'kubeconfig' | 'kubernetesSessions'>;

interface RemovalResult {
  readonly removed: readonly OwnContext[];
  /** Names of the Kubernetes sessions that were deleted with their last context. */
  readonly deletedSessions: readonly string[];
  /** Sessions that have no context here, but that other clusters may still use. */
  readonly keptSessions: readonly KubernetesSession[];
}

/**
 * Removes contexts from the kubeconfig. A Kubernetes session that does not belong to a tpks context is
 * deleted with its last context, unless it is also used for other clusters, whose contexts can be in
 * other files.
 *
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
 *
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
