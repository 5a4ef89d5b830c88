import type { Command } from 'commander';
import type { LogoutResult, PksCredsContext } from '../../auth/logouts.js';
import type { Context } from '../../contexts/context.js';
import type { ContextSettings } from '../../config/settings.js';
import { isTpksError, type TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { confirm, describeContext } from '../confirm.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts' | 'clusterNames'>;
type LogoutDeps = Deps & Pick<Services, 'options' | 'env' | 'context'>;

export function define(command: Command, deps: LogoutDeps): void {
  command
    .description(
      'Revoke the tokens if the UAA supports it, delete the session, and report what could not be ' +
        'done. The context is kept, so that `tpks login --context NAME` can log in again.',
    )
    .option('--all', 'log out of all contexts, and delete files left by interrupted logins')
    .addHelpText('after', '\nExamples:\n  $ tpks logout\n  $ tpks logout --context ci@localhost')
    .action(({ all = false }: { all?: boolean }) => logout({ all }, deps));
}

export async function logout({ all }: { all: boolean }, deps: LogoutDeps): Promise<void> {
  const selected = all ? undefined : await findSelectedContext(deps);
  if (selected?.store === 'none' && selected.pksCredsPath !== undefined) {
    return logoutOfPksCreds({ ...selected, pksCredsPath: selected.pksCredsPath }, deps);
  }
  const { contexts } = await (await deps.settings()).read();
  const isStored = selected !== undefined && selected.store !== 'none';
  const names = all ? Object.keys(contexts) : isStored ? [selected.name] : [];
  if (all && !(await confirmAll(Object.values(contexts), deps))) {
    deps.terminal.note('Cancelled');
    return;
  }
  const { results, failure } = await logoutAll(names, deps);
  await deps.terminal.show({
    json: results,
    text: names.length === 0 ? ['No changes: not logged in'] : results.flatMap(describeResult),
  });
  if (failure !== undefined) throw failure;
  if (all) await (await deps.logouts()).removeOrphanedFiles();
}

/** Revokes the tokens in `creds.yml`, which a link uses as the session, and deletes it. */
async function logoutOfPksCreds(context: PksCredsContext, deps: LogoutDeps): Promise<void> {
  const result = await (await deps.logouts()).logoutOfPksCreds(context);
  for (const problem of result.problems) deps.terminal.note(`${result.name}: ${problem}`);
  await deps.terminal.show({ json: [result], text: describeResult(result) });
}

/** Prompts only on a terminal, because existing scripts log out without answering a prompt. */
async function confirmAll(
  contexts: readonly ContextSettings[],
  { terminal, options }: LogoutDeps,
): Promise<boolean> {
  if (contexts.length === 0 || !terminal.canPrompt()) return true;
  for (const context of contexts) terminal.note(describeContext(context));
  return confirm('Are you sure you want to log out of all contexts? (y/n): ', {
    terminal,
    options,
  });
}

/** Finds the context that the options and variables select, as in any other command. */
async function findSelectedContext({ context }: LogoutDeps): Promise<Context | undefined> {
  try {
    return await context();
  } catch (error) {
    if (isTpksError(error) && error.kind === 'unauthenticated') return undefined;
    throw error;
  }
}

/**
 * Logs out of these contexts, and prints a note about what could not be done. A failure does
 * not stop the others.
 *
 * @returns `failure`: the first reason why a session still exists.
 */
export async function logoutAll(
  names: readonly string[],
  { terminal, logouts, clusterNames }: Deps,
) {
  const [service, cache] = await Promise.all([logouts(), clusterNames()]);
  const results: LogoutResult[] = [];
  const failures: TpksError[] = [];
  for (const name of names) {
    try {
      const result = await service.logout(name);
      await cache.forget(name);
      for (const problem of result.problems) terminal.note(`${name}: ${problem}`);
      results.push(result);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      failures.push(error);
    }
  }
  return { results, failure: failures[0] };
}

function describeResult({ name, removed, revoked, deletedCopy }: LogoutResult): string[] {
  const copy = deletedCopy === undefined ? [] : [`Deleted the plain-text copy ${deletedCopy}`];
  if (!removed) return [`${name} was not logged in`, ...copy];
  const details = revoked.length === 0 ? '' : `, ${revoked.join(' and ')} revoked`;
  return [`Logged out of ${name}${details}`, ...copy];
}
