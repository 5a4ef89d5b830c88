import type { Command } from 'commander';
import type { Services } from '../../../app/services.js';
import { findContext } from '../../../domain/contexts/context.js';
import {
  affectedJson,
  pruneOption,
  renameInKubeconfig,
  reportRenamed,
  type AffectedDeps,
  type PruneFlags,
} from '../../affected-kubeconfig-contexts.js';
import { contextName } from '../context-details.js';

type RenameDeps = Pick<Services, 'renameContext'> & AffectedDeps;

export function define(command: Command, deps: RenameDeps): void {
  command
    .description(
      'Rename a context. Its session stays valid. Kubeconfig contexts that use it stop working, unless ' +
        '--prune-kubeconfig updates them.',
    )
    .addArgument(contextName(deps))
    .argument('<new-name>', 'new name of the context')
    .addOption(pruneOption('update the kubeconfig contexts that use this context'))
    .addHelpText('after', '\nExample:\n  $ tpks context rename cody@localhost sandbox')
    .action((name: string, newName: string, flags: PruneFlags) =>
      rename({ name, newName, ...flags }, deps),
    );
}

interface Input extends PruneFlags {
  readonly name: string;
  readonly newName: string;
}

export async function rename(input: Input, deps: RenameDeps): Promise<void> {
  const { newName, pruneKubeconfig = false } = input;
  const settings = await deps.settings.read();
  const name = findContext(input.name, settings);
  await deps.renameContext(name, newName);
  const hasKubernetesSession = Object.hasOwn(settings.kubernetesSessions ?? {}, name);
  const affected =
    hasKubernetesSession || pruneKubeconfig
      ? await renameInKubeconfig(name, newName, input, deps)
      : undefined;
  await deps.terminal.show({
    json: { old: name, new: newName, ...(affected && affectedJson(affected)) },
    text: [`Renamed context ${name} to ${newName}`],
  });
  if (affected) reportRenamed(newName, affected, deps);
}
