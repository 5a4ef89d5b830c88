import { Option } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, messageWithHint, rewordError, type TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { OwnContext } from '../../domain/kube/kubeconfig/entries.js';

export type AffectedDeps = Pick<Services, 'kubeconfig' | 'terminal'>;

export interface PruneFlags {
  readonly pruneKubeconfig?: boolean;
}

/** Creates the option of commands after which kubeconfig contexts stop working. */
export function pruneOption(
  description = 'remove the kubeconfig contexts that stop working',
): Option {
  return new Option('--prune-kubeconfig', description);
}

export interface AffectedContexts {
  readonly contexts: readonly OwnContext[];
  /** Whether the kubeconfig contexts were removed, or updated after a context was renamed. */
  readonly arePruned: boolean;
  /** Why `--prune-kubeconfig` could not change the kubeconfig. */
  readonly failure?: TpksError;
}

const none: AffectedContexts = { contexts: [], arePruned: false };

/**
 * Finds the kubeconfig contexts that a command has affected, and changes them with `--prune-kubeconfig`.
 * The command itself has succeeded and still has to print its result, so errors are not thrown.
 * @returns `failure` for an error with `--prune-kubeconfig`; without it, the error is only a warning.
 */
export async function pruneKubeconfig(
  isAffected: (context: OwnContext) => boolean,
  { pruneKubeconfig: isPruning = false }: PruneFlags,
  deps: AffectedDeps,
  prune: (affected: readonly OwnContext[]) => Promise<unknown> = (affected) =>
    deps.kubeconfig().remove(affected.map(({ name }) => name)),
): Promise<AffectedContexts> {
  let contexts: readonly OwnContext[] = [];
  try {
    contexts = (await deps.kubeconfig().listOwn()).filter(isAffected);
    if (contexts.length === 0 || !isPruning) return { contexts, arePruned: false };
    await prune(contexts);
    return { contexts, arePruned: true };
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

/**
 * Like {@link pruneKubeconfig}, for the sessions of contexts that were logged out. Without
 * `--prune-kubeconfig`, the kubeconfig is read only if a Kubernetes session existed.
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
  { contexts, arePruned }: AffectedContexts,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  if (contexts.length === 0) return;
  const names = contexts.map(({ name }) => name);
  if (arePruned) {
    terminal.note(`Removed from the kubeconfig: ${names.join(', ')}`);
    noteRemovedCurrent(contexts, { terminal });
    return;
  }
  terminal.note(`These kubeconfig contexts stop working: ${names.join(', ')}`);
  terminal.note(
    `To remove them: tpks kubeconfig remove ${names.map((word) => quoteForShell(word)).join(' ')}`,
  );
}

/**
 * Prints which contexts use the new name, or how to update those that stop working.
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
 * Prints the sessions that no context in these files uses, and that no tpks context would delete at a logout.
 * Contexts in other files can use them.
 */
export async function noteUnusedSessions(
  contexts: readonly OwnContext[],
  { settings, terminal }: Pick<Services, 'settings' | 'terminal'>,
): Promise<void> {
  const { contexts: tpksContexts, kubernetesSessions = {} } = await settings.read();
  const used = new Set(contexts.map(({ sessionName }) => sessionName));
  for (const [name, { clusters }] of Object.entries(kubernetesSessions)) {
    if (used.has(name) || Object.hasOwn(tpksContexts, name)) continue;
    const details = clusters.length === 0 ? '' : ` (clusters: ${clusters.join(', ')})`;
    terminal.note(`No context in this kubeconfig uses the Kubernetes session of ${name}${details}`);
    terminal.note(`To delete it: tpks logout --context ${quoteForShell(name)}`);
  }
}
