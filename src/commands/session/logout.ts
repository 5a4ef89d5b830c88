import type { Command } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, type TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { LogoutResult, PksCredsContext } from '../../domain/auth/logouts.js';
import type { Context } from '../../domain/contexts/context.js';
import type { Settings } from '../../platform/config/settings.js';
import { confirm, describeContext } from '../confirm.js';
import {
  affectedJson,
  noteAffected,
  pruneOption,
  pruneContextsOfSessions,
  type AffectedContexts,
  type AffectedDeps,
  type PruneFlags,
} from '../kube/affected-contexts.js';

export type LogoutDeps = AffectedDeps & Pick<Services, 'logouts' | 'names' | 'settings'>;
type Deps = LogoutDeps & Pick<Services, 'options' | 'link' | 'env' | 'anyContext'>;

interface Flags extends PruneFlags {
  readonly all?: boolean;
}

export const description =
  'Revoke the tokens if the UAA supports it, and delete the session and the Kubernetes session of the ' +
  'context. The context is kept, so that you can log in again with `tpks login --context NAME`. ' +
  '--context also accepts the name of a session that `tpks get-kubeconfig` created.';

export const examples = {
  'log out of the current context': 'tpks logout',
  'log out of another context': 'tpks logout --context ci@localhost',
};

export function define(command: Command, deps: Deps): void {
  command
    .option('--all', 'log out of all contexts, and delete files left by interrupted logins')
    .addOption(pruneOption())
    .action((flags: Flags) => logout(flags, deps));
}

export async function logout(flags: Flags, deps: Deps): Promise<void> {
  const { all = false } = flags;
  const settings = await deps.settings.read();
  const sessionsOnly = listSessionsWithoutContext(settings);
  const wanted = deps.options().context ?? deps.env.TPKS_CONTEXT;
  const withoutContext = all ? sessionsOnly : sessionsOnly.filter((name) => name === wanted);
  const selected = all || withoutContext.length > 0 ? undefined : await findSelectedContext(deps);
  if (selected?.store === 'none' && selected.pksCredsPath !== undefined) {
    return logoutOfPksCreds({ ...selected, pksCredsPath: selected.pksCredsPath }, deps);
  }
  const isStored = selected !== undefined && selected.store !== 'none';
  const names = all ? Object.keys(settings.contexts) : isStored ? [selected.name] : [];
  if (all && !(await confirmAll(settings, deps))) {
    deps.terminal.note('Cancelled');
    return;
  }
  const { results, failure } = await logoutAll(names, deps, withoutContext);
  const affected = await showResults(results, flags, deps);
  if (failure !== undefined) throw failure;
  if (all) await deps.logouts.removeOrphanedFiles();
  if (affected.failure !== undefined) throw affected.failure;
}

function listSessionsWithoutContext({ contexts, kubernetesSessions = {} }: Settings) {
  return Object.keys(kubernetesSessions).filter((name) => !Object.hasOwn(contexts, name));
}

async function showResults(
  results: readonly LogoutResult[],
  flags: Flags,
  deps: LogoutDeps,
): Promise<AffectedContexts> {
  const names = results.map(({ name }) => name);
  const affected = await pruneContextsOfSessions(names, deletedSessionNames(results), flags, deps);
  const contextsOf = (session: string): AffectedContexts => ({
    ...affected,
    contexts: affected.contexts.filter(({ sessionName }) => sessionName === session),
  });
  await deps.terminal.show({
    json: results.map((result) => ({ ...result, ...affectedJson(contextsOf(result.name)) })),
    text: results.length === 0 ? ['No changes: not logged in'] : results.flatMap(describeResult),
  });
  noteAffected(affected, deps);
  return affected;
}

/** Returns the names of the contexts whose Kubernetes session was deleted. */
export function deletedSessionNames(results: readonly LogoutResult[]): readonly string[] {
  return results
    .filter(({ deletedKubernetesSession }) => deletedKubernetesSession === true)
    .map(({ name }) => name);
}

/** Revokes the tokens in `creds.yml`, which a link uses as the session, and deletes it. */
async function logoutOfPksCreds(context: PksCredsContext, deps: Deps): Promise<void> {
  const result = await deps.logouts.logoutOfPksCreds(context);
  noteProblems([result], deps);
  await deps.terminal.show({ json: [result], text: describeResult(result) });
}

/** Prompts only on a terminal, because existing scripts log out without answering a prompt. */
async function confirmAll(settings: Settings, deps: Deps): Promise<boolean> {
  const { contexts, kubernetesSessions = {} } = settings;
  const sessions = listSessionsWithoutContext(settings).flatMap((name) => {
    const session = getOwnValue(kubernetesSessions, name);
    return session === undefined ? [] : { ...session, grant: 'password' as const };
  });
  const identities = [...Object.values(contexts), ...sessions];
  if (identities.length === 0 || !deps.terminal.canPrompt()) return true;
  for (const identity of identities) deps.terminal.note(describeContext(identity));
  return confirm('Are you sure you want to log out of all contexts?', deps);
}

/** Finds the context that the options and variables select, as in any other command. */
async function findSelectedContext({ anyContext }: Deps): Promise<Context | undefined> {
  try {
    return await anyContext();
  } catch (error) {
    if (isTpksError(error) && error.kind === 'unauthenticated') return undefined;
    throw error;
  }
}

/**
 * Logs out of these contexts, and prints a note about what could not be done. A failure does
 * not stop the others.
 * @param sessionsOnly - names of Kubernetes sessions without a context, which are deleted.
 * @returns `failure`: the first reason why a session still exists.
 */
export async function logoutAll(
  names: readonly string[],
  { terminal, logouts, names: cachedNames }: LogoutDeps,
  sessionsOnly: readonly string[] = [],
) {
  const results: LogoutResult[] = [];
  const failures: TpksError[] = [];
  const logOut = async (name: string): Promise<LogoutResult> => {
    if (sessionsOnly.includes(name)) return logouts.removeKubernetesSession(name);
    const result = await logouts.logout(name);
    cachedNames('clusters').forget(name);
    return result;
  };
  for (const name of [...names, ...sessionsOnly]) {
    try {
      results.push(await logOut(name));
    } catch (error) {
      if (!isTpksError(error)) throw error;
      failures.push(error);
    }
  }
  noteProblems(results, { terminal });
  return { results, failure: failures[0] };
}

/** Prints what could not be done, and which tokens stay valid. */
function noteProblems(
  results: readonly LogoutResult[],
  { terminal: { note } }: Pick<LogoutDeps, 'terminal'>,
): void {
  for (const { name, problems, validTokens } of results) {
    for (const problem of problems) note(`${name}: ${problem}`);
    if (validTokens === undefined) continue;
    const reason =
      'the UAA cannot revoke tokens that it does not store; copies stay valid until they expire';
    note(`${name}: ${reason} (${validTokens.join(', ')})`);
  }
}

function describeResult(result: LogoutResult): string[] {
  const { name, removed, revoked, deletedCopy, deletedKubernetesSession = false } = result;
  const deletions = [
    ...(deletedCopy === undefined ? [] : [`Deleted the plain-text copy ${deletedCopy}`]),
    ...(deletedKubernetesSession ? [`Deleted the Kubernetes session of ${name}`] : []),
  ];
  const details = revoked.length === 0 ? '' : `, ${revoked.join(' and ')} revoked`;
  if (removed) return [`Logged out of ${name}${details}`, ...deletions];
  return deletedKubernetesSession ? deletions : [`${name} was not logged in`, ...deletions];
}
