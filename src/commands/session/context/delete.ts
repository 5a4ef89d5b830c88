import type { Command } from 'commander';
import { findContext } from '../../../domain/contexts/context.js';
import { findIdentities } from '../../../domain/contexts/current-installation.js';
import {
  affectedJson,
  pruneOption,
  pruneContextsOfSessions,
  reportAffected,
  type PruneFlags,
} from '../../affected-kubeconfig-contexts.js';
import { contextName } from '../context-details.js';
import { deletedSessionNames, logoutAll, type LogoutDeps } from '../logout.js';

export function define(command: Command, deps: LogoutDeps): void {
  command
    .description('Log out of a context and delete everything that tpks stores about it.')
    .addArgument(contextName(deps))
    .addOption(pruneOption())
    .addHelpText('after', '\nExample:\n  $ tpks context delete cody@localhost')
    .action((name: string, flags: PruneFlags) => deleteContext({ name, ...flags }, deps));
}

interface DeleteInput extends PruneFlags {
  readonly name: string;
}

export async function deleteContext(input: DeleteInput, deps: LogoutDeps): Promise<void> {
  const settings = await deps.settings.read();
  const name = findContext(input.name, settings);
  const { results, failure } = await logoutAll([name], deps);
  if (failure !== undefined) throw failure;
  await deps.logouts.removeContext(name);
  const affected = await pruneContextsOfSessions([name], deletedSessionNames(results), input, deps);
  const { pks, uaa } = findIdentities(settings);
  const hints = [
    ...(name === pks
      ? ['The PKS commands now have no context. To choose one: tpks context use NAME']
      : []),
    ...(name === uaa ? ['tpks uaa now has no context. To choose one: tpks uaa context NAME'] : []),
  ];
  await deps.terminal.show({
    json: { deleted: name, ...affectedJson(affected) },
    text: [`Deleted context ${name}`, ...hints],
    namesCommands: true,
  });
  reportAffected(affected, deps);
}
