import type { Command } from 'commander';
import type { LogoutResult } from '../../auth/logouts.js';
import { isTpksError, TpksError } from '../../errors.js';
import type { Services } from '../../services.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts' | 'clusterNames'>;

export function define(command: Command, deps: Deps & Pick<Services, 'options' | 'env'>): void {
  command
    .description(
      'Revokes the tokens where the UAA can, deletes the key and the session file, and says what ' +
        'could not be done. The context stays: the next login needs no address.',
    )
    .option('--all', 'every context, and what a killed login left behind')
    .addHelpText('after', '\nExamples:\n  $ tpks logout\n  $ tpks logout --context ci@localhost')
    .action(({ all = false }: { all?: boolean }) =>
      logout({ all, name: deps.options().context ?? deps.env['TPKS_CONTEXT'] }, deps),
    );
}

export async function logout(
  { all, name }: { all: boolean; name?: string | undefined },
  deps: Deps,
): Promise<void> {
  const { contexts, current } = await (await deps.settings()).read();
  const chosen = name === undefined || name === '' ? current : name;
  if (chosen !== undefined && !all && !Object.hasOwn(contexts, chosen)) {
    throw new TpksError('notFound', `There is no context named ${chosen}`, {
      hint: 'tpks contexts lists them',
    });
  }
  const names = all ? Object.keys(contexts) : chosen === undefined ? [] : [chosen];
  const { results, failure } = await logoutAll(names, deps);
  await deps.terminal.show({
    json: results,
    text: names.length === 0 ? ['Nobody was logged in'] : results.map(sentence),
  });
  if (failure !== undefined) throw failure;
  if (all) await (await deps.logouts()).dropStrays();
}

export interface LogoutAll {
  readonly results: readonly LogoutResult[];
  /** Why a session is still there: the first such reason. */
  readonly failure?: TpksError;
}

/** Ends sessions one by one, also after one that could not be ended, and says what was not done. */
export async function logoutAll(
  names: readonly string[],
  { terminal, logouts, clusterNames }: Deps,
): Promise<LogoutAll> {
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
  const [failure] = failures;
  return { results, ...(failure === undefined ? {} : { failure }) };
}

function sentence({ name, removed, revoked }: LogoutResult): string {
  if (!removed) return `${name} was not logged in`;
  return revoked.length === 0
    ? `Logged out ${name}`
    : `Logged out ${name}, ${revoked.join(' and ')} revoked`;
}
