import type { Command } from 'commander';
import type { Services } from '../../../app/services.js';
import { getOwnValue } from '../../../base/own-value.js';
import { findContext, unknownContextError } from '../../../domain/contexts/find-context.js';
import { isAllowed } from '../../../domain/contexts/identity.js';
import { findIdentities, findPreviousContext, select } from '../../../domain/contexts/selection.js';
import type { Settings } from '../../../platform/config/settings.js';
import {
  affectedJson,
  pruneOption,
  renameInKubeconfig,
  reportRenamed,
  pruneContextsOfSessions,
  reportAffected,
  type AffectedDeps,
  type PruneFlags,
} from '../../affected-kubeconfig-contexts.js';
import type { Entry } from '../../contents.js';
import { outputOption } from '../../resource/output-option.js';
import { showContextDetails, contextName } from '../context-details.js';
import { deletedSessionNames, logoutAll, type LogoutDeps } from '../logout.js';

/** `tpks context` shows the current context. */
export const defaultCommand = 'show';

export const contents: readonly Entry[] = [
  {
    name: defaultCommand,
    summary: 'show a context (default command)',
    load: () => Promise.resolve({ define: defineShow }),
  },
  {
    name: 'use',
    summary: 'set the current context',
    load: () => Promise.resolve({ define: defineUse }),
  },
  {
    name: 'rename',
    summary: 'rename a context',
    load: () => Promise.resolve({ define: defineRename }),
  },
  {
    name: 'delete',
    summary: 'log out and delete a context',
    load: () => Promise.resolve({ define: defineDelete }),
  },
];

type UseDeps = Pick<Services, 'terminal' | 'settings' | 'findContext' | 'readScopes'>;

function defineUse(command: Command, deps: UseDeps): void {
  command
    .description(
      'Use a context for the PKS commands, and make its installation the current one for all commands. ' +
        'A context whose token has no scope for the PKS API is used for `tpks uaa` instead. With -, ' +
        'switch back to the previous context.',
    )
    .addArgument(contextName(deps, '<name>', 'name from `tpks contexts`, identity, or -'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks context use cody@localhost\n  $ tpks context use -',
    )
    .action((name: string) => use({ name }, deps));
}

async function use({ name: typed }: { name: string }, deps: UseDeps): Promise<void> {
  const file = await deps.settings();
  const settings = await file.read();
  const name = typed === '-' ? findPreviousContext(settings) : findContext(typed, settings);
  const isForPks = await isUsableForPks(name, settings, deps);
  await file.update((latest) => {
    const context = getOwnValue(latest.contexts, name);
    if (context === undefined) throw unknownContextError(name);
    return select(latest, context.uaa, { role: isForPks ? 'pks' : 'uaa', name });
  });
  await deps.terminal.show({
    json: { current: name },
    text: [
      isForPks ? `The current context is now ${name}` : `tpks uaa now uses the context ${name}`,
    ],
  });
}

/** Whether a context can be used for the PKS commands. */
async function isUsableForPks(name: string, settings: Settings, deps: UseDeps): Promise<boolean> {
  // A context with a stored API has been used for PKS commands.
  if (getOwnValue(settings.contexts, name)?.api !== undefined) return true;
  const context = await deps.findContext(name);
  const scopes = context.store === 'none' ? undefined : await deps.readScopes(context);
  // Without a session, the context keeps its role.
  return scopes === undefined
    ? findIdentities(settings, context.uaa).uaa !== name
    : isAllowed('pks', scopes);
}

type RenameDeps = Pick<Services, 'renameContext'> & AffectedDeps;

function defineRename(command: Command, deps: RenameDeps): void {
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
  const settings = await (await deps.settings()).read();
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

function defineDelete(command: Command, deps: LogoutDeps): void {
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
  const settings = await (await deps.settings()).read();
  const name = findContext(input.name, settings);
  const { results, failure } = await logoutAll([name], deps);
  if (failure !== undefined) throw failure;
  await (await deps.logouts()).removeContext(name);
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

type ShowDeps = Pick<
  Services,
  'terminal' | 'settings' | 'anyContext' | 'identities' | 'findContext' | 'session'
>;

function defineShow(command: Command, deps: ShowDeps): void {
  command
    .description(
      'Show a context. Without a name, show the one that PKS commands use, and also list which ' +
        'contexts PKS commands and `tpks uaa` use. Sends no request. Tokens are never shown; to print ' +
        'one, use `tpks token`.',
    )
    .addArgument(contextName(deps, '[name]'))
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExamples:\n  $ tpks context\n  $ tpks context show cody@localhost')
    .action((name: string | undefined) => showContext({ name }, deps));
}

/** @throws {TpksError} `notFound`; `unauthenticated` without a current context */
async function showContext(
  { name }: { readonly name?: string | undefined },
  deps: ShowDeps,
): Promise<void> {
  if (name !== undefined) return showContextDetails(await deps.findContext(name), deps);
  const { pks = null, uaa = null } = await deps.identities();
  await showContextDetails(await deps.anyContext(), deps, { identities: { pks, uaa } });
}
