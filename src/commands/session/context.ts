import { Argument } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { findContext, unknownContextError } from '../../domain/contexts/context-names.js';
import type { Context } from '../../domain/contexts/context.js';
import {
  findIdentities,
  findPreviousContext,
  selectInstallation,
} from '../../domain/contexts/current-installation.js';
import { isAllowed } from '../../domain/contexts/identity.js';
import type { Settings } from '../../platform/config/settings.js';
import type { Span } from '../../platform/terminal/lines.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import { toYaml } from '../../platform/terminal/yaml.js';
import { withCompleter, withNoun } from '../completers.js';
import type { Entry, Leaf } from '../command-table.js';
import { formatTime } from '../format-time.js';
import {
  affectedJson,
  pruneOption,
  reportRenamed,
  type AffectedDeps,
  type PruneFlags,
  pruneContextsOfSessions,
  pruneKubeconfig as changeKubeconfig,
  reportAffected,
} from '../kube/affected-contexts.js';
import { outputOption } from '../resource/list-command.js';
import { verificationSpan } from './contexts.js';
import { deletedSessionNames, logoutAll, type LogoutDeps } from './logout.js';

export const defaultCommand = 'show';

export const contents: readonly Entry[] = [
  {
    name: defaultCommand,
    summary: 'show a context (default command)',
    load: () => showCommand,
  },
  { name: 'use', summary: 'set the current context', load: () => useCommand },
  { name: 'rename', summary: 'rename a context', load: () => renameCommand },
  {
    name: 'delete',
    summary: 'log out and delete a context',
    load: () => deleteCommand,
  },
];

type ShowDeps = Pick<
  Services,
  'terminal' | 'clock' | 'settings' | 'anyContext' | 'identities' | 'findContext' | 'session'
>;

const showCommand: Leaf = {
  description:
    'Show a context. Without a name, show the one that PKS commands use, and also list which ' +
    'contexts PKS commands and `tpks uaa` use. Sends no request. Tokens are never shown; to print ' +
    'one, use `tpks token`.',
  examples: {
    'show the current context': 'tpks context',
    'show another context': 'tpks context show cody@localhost',
  },
  define(command, deps: ShowDeps) {
    command
      .addArgument(contextName(deps, '[name]'))
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((name: string | undefined) => showContext({ name }, deps));
  },
};

/** @throws {TpksError} `notFound`; `unauthenticated` without a current context */
async function showContext(
  { name }: { readonly name?: string | undefined },
  deps: ShowDeps,
): Promise<void> {
  if (name !== undefined) return showContextDetails(await deps.findContext(name), deps);
  const { pks = null, uaa = null } = await deps.identities();
  await showContextDetails(await deps.anyContext(), deps, { identities: { pks, uaa } });
}

type DetailsDeps = Pick<Services, 'terminal' | 'clock' | 'session'>;

/** Shows a context and the scopes and expiry of its access token. @param more - shown at the end. */
export async function showContextDetails(
  context: Context,
  deps: DetailsDeps,
  more: { readonly identities?: { readonly pks: string | null; readonly uaa: string | null } } = {},
): Promise<void> {
  const { name, identity, clientId, grant, origin, uaa, store } = context;
  const api = context.isApiUnconfirmed === true ? undefined : context.api;
  const details = {
    name,
    identity,
    clientId,
    grant,
    origin,
    uaa,
    api,
    hasCaCert: context.caCert !== undefined,
    skipTlsVerification: context.skipTlsVerification,
    store,
    ...(await readSession(context, deps)),
    ...more,
  };
  const { accessTokenExpiresAt: expiry, scopes } = details;
  const now = deps.clock.now();
  const rows: readonly (readonly [string, Span])[] = [
    ['Context', name],
    ['User or client', identity],
    ['Origin', origin ?? ''],
    ['Grant', `${grant} by client ${clientId}`],
    ['API', api ?? ''],
    ['UAA', uaa],
    ['TLS', verificationSpan(context)],
    ['CA certificate', details.hasCaCert ? 'given' : ''],
    ['Session store', store],
    ['Access token expires', expiry === null ? 'no token' : formatTime(new Date(expiry), now)],
    ['Scopes', scopes?.join(' ') ?? ''],
    ['PKS commands', more.identities?.pks ?? ''],
    ['tpks uaa', more.identities?.uaa ?? ''],
  ];
  await deps.terminal.show({
    json: details,
    text: await toYaml(details),
    screen: (width) => fitDetails(rows, width),
    name,
  });
}

/** If the session cannot be read, e.g. because the keychain is locked, the other details are still shown. */
async function readSession(context: Context, { session, terminal }: DetailsDeps) {
  try {
    const stored = await session(context).readStored();
    return {
      scopes: stored?.scope.split(' ').filter(Boolean) ?? null,
      accessTokenExpiresAt: stored?.expiresAt ?? null,
    };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    terminal.warn(`the session cannot be read: ${error.message}`);
    return { scopes: null, accessTokenExpiresAt: null };
  }
}

/** Creates the argument for the name of a stored context, with completion from the settings. */
export function contextName(
  { settings }: Pick<Services, 'settings'>,
  argument = '<name>',
  description = 'name of the context, as listed by `tpks contexts`',
): Argument {
  return withCompleter(withNoun(new Argument(argument, description), 'context name'), async () =>
    Object.keys((await settings.read()).contexts),
  );
}

type UseDeps = Pick<Services, 'terminal' | 'settings' | 'findContext' | 'readScopes'>;

const useCommand: Leaf = {
  description:
    'Use a context for the PKS commands, and make its installation the current one for all commands. ' +
    'A context whose token has no scope for the PKS API is used for `tpks uaa` instead. With -, ' +
    'switch back to the previous context.',
  examples: {
    'switch to another context': 'tpks context use cody@localhost',
    'switch back to the previous context': 'tpks context use -',
  },
  define(command, deps: UseDeps) {
    command
      .addArgument(contextName(deps, '<name>', 'name of the context, its identity, or -'))
      .action((name: string) => use({ name }, deps));
  },
};

async function use({ name: typed }: { name: string }, deps: UseDeps): Promise<void> {
  const settings = await deps.settings.read();
  const name = typed === '-' ? findPreviousContext(settings) : findContext(typed, settings);
  const isForPks = await isUsableForPks(name, settings, deps);
  await deps.settings.update((latest) => {
    const context = getOwnValue(latest.contexts, name);
    if (context === undefined) throw unknownContextError(name);
    return selectInstallation(latest, context.uaa, { role: isForPks ? 'pks' : 'uaa', name });
  });
  await deps.terminal.show({
    json: { current: name },
    text: [
      isForPks ? `The current context is now ${name}` : `tpks uaa now uses the context ${name}`,
    ],
  });
}

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

type RenameDeps = Pick<Services, 'renameContext' | 'settings'> & AffectedDeps;

const renameCommand: Leaf = {
  description:
    'Rename a context. Its session stays valid. Kubeconfig contexts that use it stop working, unless ' +
    '--prune-kubeconfig updates them.',
  examples: { 'rename a context': 'tpks context rename cody@localhost sandbox' },
  define(command, deps: RenameDeps) {
    command
      .addArgument(contextName(deps))
      .argument('<new-name>', 'new name of the context')
      .addOption(pruneOption('update the kubeconfig contexts that use this context'))
      .action((name: string, newName: string, flags: PruneFlags) =>
        rename({ name, newName, ...flags }, deps),
      );
  },
};

interface RenameInput extends PruneFlags {
  readonly name: string;
  readonly newName: string;
}

export async function rename(input: RenameInput, deps: RenameDeps): Promise<void> {
  const { newName, pruneKubeconfig = false } = input;
  const settings = await deps.settings.read();
  const name = findContext(input.name, settings);
  await deps.renameContext(name, newName);
  const hasKubernetesSession = Object.hasOwn(settings.kubernetesSessions ?? {}, name);
  const affected =
    hasKubernetesSession || pruneKubeconfig
      ? await changeKubeconfig(
          ({ sessionName }) => sessionName === name,
          input,
          deps,
          () => deps.kubeconfig().renameSession(name, newName),
        )
      : undefined;
  await deps.terminal.show({
    json: { old: name, new: newName, ...(affected && affectedJson(affected)) },
    text: [`Renamed context ${name} to ${newName}`],
  });
  if (affected) reportRenamed(newName, affected, deps);
}

const deleteCommand: Leaf = {
  description: 'Log out of a context and delete everything that tpks stores about it.',
  examples: { 'delete a context and its session': 'tpks context delete cody@localhost' },
  define(command, deps: LogoutDeps) {
    command
      .addArgument(contextName(deps))
      .addOption(pruneOption())
      .action((name: string, flags: PruneFlags) => deleteContext({ name, ...flags }, deps));
  },
};

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
