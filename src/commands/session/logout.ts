import type { Command } from 'commander';
import type { LogoutResult } from '../../auth/logouts.js';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts' | 'clusterNames'>;

export function define(command: Command, deps: Deps & Pick<Services, 'options' | 'env'>): void {
  command
    .description(
      'Revokes the tokens where the UAA can, deletes the key and the session file, and says what ' +
        'could not be done. The context stays: the next login needs no address.',
    )
    .option('--all', 'every context')
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
  const results = await logoutAll(names, deps);
  await deps.terminal.show({
    json: results,
    text: results.length === 0 ? ['Nobody was logged in'] : results.map(sentence),
  });
}

/** Ends sessions one by one, and says what could not be done. */
export async function logoutAll(
  names: readonly string[],
  { terminal, logouts, clusterNames }: Deps,
): Promise<LogoutResult[]> {
  const [service, cache] = await Promise.all([logouts(), clusterNames()]);
  const results: LogoutResult[] = [];
  for (const name of names) {
    const result = await service.logout(name);
    await cache.forget(name);
    for (const problem of result.problems) terminal.note(`${name}: ${problem}`);
    results.push(result);
  }
  return results;
}

function sentence({ name, removed, revoked }: LogoutResult): string {
  if (!removed) return `${name} was not logged in`;
  return revoked.length === 0
    ? `Logged out ${name}`
    : `Logged out ${name}, ${revoked.join(' and ')} revoked`;
}
