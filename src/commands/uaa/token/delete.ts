import type { Services } from '../../../app/services.js';
import { isTpksError, TpksError } from '../../../base/errors.js';
import type { LogoutResult } from '../../../domain/auth/logouts.js';
import { findContext } from '../../../domain/contexts/context-names.js';
import { withAllTargets } from '../../../domain/contexts/targets.js';
import type { Settings } from '../../../platform/config/settings.js';
import type { Leaf } from '../../contents.js';
import type { DryRunOption } from '../../dry-run.js';
import { yesOption } from '../../global-options.js';
import { contextName } from '../../session/context.js';
import { confirmDeletion, type DeletionDeps } from '../deletions.js';
import { rejectZoneOptions } from '../options.js';
import { type Outcome, processEach, type Selection } from '../process-each.js';

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
    'revoke`, or use `tpks logout` to do both. Asks for confirmation on a terminal.',
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

/** Deletes contexts one by one, continues after a failure, and reports the outcome of each. */
export async function deleteTokens(input: Input, deps: Deps): Promise<void> {
  const settings = await deps.settings.read();
  const selections = await selectContexts(input, settings, deps);
  if (!(await isConfirmed(selections, input, deps))) return;
  // All numbers are resolved before the first deletion, which would change them.
  const { outcomes } = await processEach(selections, async (name) => {
    await deleteContext(name, deps);
    return 'token deleted';
  });
  await showOutcomes(outcomes, input, deps);
}

/** Contexts that do not exist are reported afterwards, without a prompt. */
async function isConfirmed(
  selections: readonly Selection<string>[],
  input: Input,
  deps: Deps,
): Promise<boolean> {
  const names = selections.flatMap(({ match }) => (isTpksError(match) ? [] : match));
  if (names.length === 0) return true;
  const action = `delete the tokens of ${names.join(', ')} from this machine`;
  if (!(await confirmDeletion({ action, isLocal: true }, input, deps))) return false;
  if (input.dryRun !== true) return true;
  await deps.terminal.show({
    json: names.map((context) => ({ context, deleted: false })),
    text: [],
  });
  return false;
}

/** Selects contexts by their full names, or by the arguments that match no context. */
async function selectContexts(
  { contexts, all }: Input,
  settings: Settings,
  { identities }: Pick<Deps, 'identities'>,
): Promise<readonly Selection<string>[]> {
  if (all === true && contexts.length > 0) {
    throw new TpksError('usage', '--all cannot be used with the name of a context', {
      hint: 'omit either --all or the names',
    });
  }
  const names = all === true ? Object.keys(settings.contexts) : contexts;
  if (all !== true && names.length === 0) {
    const { uaa: current } = await identities();
    if (current !== undefined) return [{ name: current, match: current }];
    throw new TpksError('notFound', 'There is no current context', {
      hint: 'select one: tpks uaa context NAME',
    });
  }
  const selections = names.map((argument) => {
    try {
      const name = findContext(argument, settings, 'uaa');
      return { name, match: name };
    } catch (error) {
      if (!isTpksError(error)) throw error;
      return { name: argument, match: error };
    }
  });
  return selections.filter(
    ({ match }, index) => selections.findIndex((other) => other.match === match) === index,
  );
}

async function showOutcomes(
  outcomes: readonly Outcome[],
  { ifExists }: Input,
  { terminal }: Deps,
): Promise<void> {
  const failures = outcomes.flatMap(({ error }) => error ?? []);
  const unexpectedFailures = failures.filter(
    ({ kind }) => ifExists !== true || kind !== 'notFound',
  );
  const [first, ...more] = unexpectedFailures;
  if (first !== undefined && outcomes.length === 1) throw first;
  await terminal.show({
    json: outcomes.map(({ name, message, error }) => ({
      context: name,
      deleted: error === undefined,
      message,
    })),
    text:
      outcomes.length === 0
        ? ['no contexts']
        : outcomes.map(({ name, message }) => `${name}: ${message}`),
  });
  if (first === undefined) return;
  if (more.length === 0) throw first;
  throw new TpksError(
    'failed',
    `Failed to delete ${String(unexpectedFailures.length)} of ${String(outcomes.length)} contexts`,
    { hint: first.hint ?? 'list the contexts: tpks uaa contexts', cause: first },
  );
}
