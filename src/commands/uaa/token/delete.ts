import type { Services } from '../../../app/services.js';
import { isTpksError, TpksError } from '../../../base/errors.js';
import type { LogoutResult } from '../../../domain/auth/logouts.js';
import { findContext } from '../../../domain/contexts/context-names.js';
import { withAllTargets } from '../../../domain/contexts/targets.js';
import type { Settings } from '../../../platform/config/settings.js';
import type { Leaf } from '../../command-table.js';
import type { DryRunOption } from '../../dry-run.js';
import { yesOption } from '../../global-options.js';
import { contextName } from '../../session/context.js';
import { confirmDeletion, type DeletionDeps } from '../deletions.js';
import { rejectZoneOptions } from '../options.js';

type Deps = DeletionDeps & Pick<Services, 'settings' | 'logouts' | 'identities'>;

interface Input extends DryRunOption {
  readonly contexts: readonly string[];
  readonly all?: true;
  readonly ifExists?: true;
}

export const remove: Leaf = {
  description:
    'Delete contexts and their tokens from this machine (default: the current context). Targets are ' +
    'kept. The tokens stay valid at the UAA until they expire; to revoke them, use `tpks uaa token ' +
    'revoke`, or use `tpks context delete` to do both. Asks for confirmation on a terminal.',
  examples: {
    'delete the token of the client admin from this machine': 'tpks uaa token delete admin',
  },
  define(command, deps: Deps) {
    rejectZoneOptions(command)
      .addArgument(
        contextName(
          deps,
          '[contexts...]',
          'names, numbers from `tpks uaa contexts`, or identities',
        ),
      )
      .option('--all', 'delete all contexts')
      .option('--if-exists', 'succeed if a context does not exist')
      .option('--dry-run', 'show what would be deleted, without deleting it')
      .addOption(yesOption())
      .action((contexts: string[], flags: Omit<Input, 'contexts'>) =>
        deleteTokens({ contexts, ...flags }, deps),
      );
  },
};

/** Deletes a context and its session. Its target is kept. */
export async function deleteContext(
  name: string,
  { settings, logouts, terminal }: Pick<Services, 'settings' | 'logouts' | 'terminal'>,
): Promise<void> {
  noteLogout(name, await logouts.removeLocally(name), terminal);
  await settings.update(withAllTargets);
  await logouts.removeContext(name);
}

/** Reports what else happened when a session was deleted. */
export function noteLogout(
  name: string,
  {
    problems,
    deletedKubernetesSession,
  }: Pick<LogoutResult, 'problems' | 'deletedKubernetesSession'>,
  { note }: Services['terminal'],
): void {
  for (const problem of problems) note(`${name}: ${problem}`);
  if (deletedKubernetesSession === true) note(`Deleted the Kubernetes session of ${name}`);
}

/** Deletes contexts and their sessions; none, if one of the names is unknown. */
export async function deleteTokens(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  // All numbers are resolved before the first deletion, which would change them.
  const names = await selectContexts(input, await deps.settings.read(), deps);
  const action = `delete the tokens of ${names.join(', ')} from this machine`;
  if (names.length > 0 && !(await confirmDeletion({ action, isLocal: true }, input, deps))) return;
  if (input.dryRun === true) {
    const json = names.map((context) => ({ context, deleted: false }));
    return terminal.show({ json, text: [] });
  }
  for (const name of names) await deleteContext(name, deps);
  const message = 'token deleted';
  const isNone = input.all === true && names.length === 0;
  await terminal.show({
    json: names.map((context) => ({ context, deleted: true, message })),
    text: isNone ? ['no contexts'] : names.map((name) => `${name}: ${message}`),
  });
}

/** Selects contexts by name, number or identity. @throws {TpksError} `notFound`, unless `ifExists` is set. */
async function selectContexts(
  { contexts, all, ifExists }: Input,
  settings: Settings,
  { identities, terminal }: Pick<Deps, 'identities' | 'terminal'>,
): Promise<readonly string[]> {
  if (all === true && contexts.length > 0) {
    throw new TpksError('usage', '--all cannot be used with the name of a context', {
      hint: 'omit either --all or the names',
    });
  }
  if (all === true) return Object.keys(settings.contexts);
  if (contexts.length === 0) {
    const { uaa: current } = await identities();
    if (current !== undefined) return [current];
    throw new TpksError('notFound', 'There is no current context', {
      hint: 'select one: tpks uaa context NAME',
    });
  }
  const names = contexts.flatMap((argument) => {
    try {
      return findContext(argument, settings, 'uaa');
    } catch (error) {
      if (ifExists !== true || !isTpksError(error) || error.kind !== 'notFound') throw error;
      terminal.note(`No changes: ${error.message}`);
      return [];
    }
  });
  return [...new Set(names)];
}
