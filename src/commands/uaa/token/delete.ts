import type { Command } from 'commander';
import type { Settings } from '../../../config/settings.js';
import { isTpksError, TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { contextName } from '../../session/context-name.js';
import { findContext } from '../../../contexts/find-context.js';
import { currentUaaContext, withTargetsKept } from '../../../contexts/targets.js';
import { withoutZone } from '../zone-options.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts'>;

interface Flags {
  readonly all?: true;
  readonly ifExists?: true;
}

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Deletes tokens from this machine and forgets their contexts, the current one if none is ' +
        'named. The UAA is not asked: what it issued works until it ends (see `tpks uaa token ' +
        'revoke`, and `tpks logout`, which does both). Targets are kept.',
    )
    .addArgument(
      contextName(
        deps,
        '[contexts...]',
        'contexts, their numbers in `tpks uaa contexts`, or who they are',
      ),
    )
    .option('--all', 'every context')
    .option('--if-exists', 'an unknown context is none too many')
    .addHelpText('after', '\nExample:\n  $ tpks uaa token delete admin')
    .action((contexts: string[], flags: Flags) => remove({ contexts, ...flags }, deps));
}

interface Input extends Flags {
  readonly contexts: readonly string[];
}

/** Deletes what is stored of contexts, one by one; says what became of each. */
export async function remove(input: Input, deps: Deps): Promise<void> {
  const [file, logouts] = await Promise.all([deps.settings(), deps.logouts()]);
  const outcomes: Outcome[] = [];
  // Numbers mean what they meant when they were typed.
  for (const chosen of choose(input, await file.read())) {
    if (isTpksError(chosen.found)) {
      outcomes.push({ name: chosen.typed, failure: chosen.found });
      continue;
    }
    const { found: name } = chosen;
    try {
      const { problems } = await logouts.drop(name);
      for (const problem of problems) deps.terminal.note(`${name}: ${problem}`);
      await file.update(withTargetsKept);
      await logouts.forget(name);
      outcomes.push({ name });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      outcomes.push({ name, failure: error });
    }
  }
  await show(outcomes, input, deps);
}

interface Chosen {
  readonly typed: string;
  readonly found: string | TpksError;
}

interface Outcome {
  readonly name: string;
  readonly failure?: TpksError;
}

function choose({ contexts, all }: Input, settings: Settings): readonly Chosen[] {
  if (all === true && contexts.length > 0) {
    throw new TpksError('usage', '--all means every context, and some are named', {
      hint: 'leave out --all, or the names',
    });
  }
  const names = all === true ? Object.keys(settings.contexts) : contexts;
  if (all !== true && names.length === 0) {
    const current = currentUaaContext(settings);
    if (current !== undefined) return [{ typed: current, found: current }];
    throw new TpksError('notFound', 'There is no current context', { hint: 'tpks uaa contexts' });
  }
  const chosen = names.map((typed) => ({ typed, found: find(typed, settings) }));
  return chosen.filter(
    ({ found }, index) => chosen.findIndex((other) => other.found === found) === index,
  );
}

function find(typed: string, settings: Settings): string | TpksError {
  try {
    return findContext(typed, settings, { forUaa: true });
  } catch (error) {
    if (isTpksError(error)) return error;
    throw error;
  }
}

async function show(
  outcomes: readonly Outcome[],
  { ifExists }: Flags,
  { terminal }: Deps,
): Promise<void> {
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  const serious = failures.filter(({ kind }) => ifExists !== true || kind !== 'notFound');
  const [first, ...more] = serious;
  if (first !== undefined && outcomes.length === 1) throw first;
  const words = ({ failure }: Outcome) => failure?.message ?? 'token deleted';
  await terminal.show({
    json: outcomes.map((outcome) => ({
      context: outcome.name,
      deleted: outcome.failure === undefined,
      message: words(outcome),
    })),
    text:
      outcomes.length === 0
        ? ['no contexts']
        : outcomes.map((outcome) => `${outcome.name}: ${words(outcome)}`),
  });
  if (first === undefined) return;
  if (more.length === 0) throw first;
  throw new TpksError(
    'failed',
    `${String(serious.length)} of ${String(outcomes.length)} contexts were not deleted`,
    { hint: first.hint ?? 'tpks uaa contexts', cause: first },
  );
}
