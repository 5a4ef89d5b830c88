import { Argument, Option, type Command } from 'commander';
import { isTpksError, TpksError } from '../../errors.js';
import type { Importer, ImportPlan } from '../../import/importer.js';
import type { PlannedContext } from '../../import/plan-import.js';
import type { Services } from '../../services.js';
import { quoteForShell } from '../../shell-quote.js';
import { confirm } from '../confirm.js';
import { withInputFile } from '../stdin-inputs.js';
import { importView, type ContextOutcome, type ImportResult } from './import-view.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'importer'>;

interface Flags {
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
  /** `false` after `--no-verify`. */
  readonly verify: boolean;
  readonly deleteFiles?: boolean;
  readonly store?: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Import the sessions in ~/.pks/creds.yml and ~/.uaac.yml as contexts, with their targets, CAs and ' +
        'tokens. PKS_HOME and UAAC_HOME select other folders. Offers to delete the files if run on a ' +
        'terminal; otherwise leaves them unchanged. Replaces an existing context only after ' +
        'confirmation or with --overwrite; without a terminal, skips it and exits with 1. ' +
        'Imports nothing and exits with 2 if a file has an unknown format.',
    )
    .addArgument(
      withInputFile(new Argument('[file...]', 'files of pks or uaac to import; - for stdin')),
    )
    .addOption(new Option('--dry-run', 'show what would be imported, without storing anything'))
    .option('--overwrite', 'replace the sessions of existing contexts')
    .option('--no-verify', 'do not verify the tokens; sends no requests')
    .option('--delete-files', 'delete each file whose sessions have all been imported')
    .addOption(
      new Option('--store <store>', 'where to store the session key [TPKS_STORE]').choices([
        'keychain',
        'file',
      ]),
    )
    .addHelpText('after', '\nExamples:\n  $ tpks import --dry-run\n  $ tpks import creds.yml')
    .action((paths: string[], flags: Flags) => importFiles({ paths, ...flags }, deps));
}

interface Input extends Flags {
  /** If empty, the files at the default locations. */
  readonly paths: readonly string[];
}

/**
 * Imports the sessions of the original CLIs.
 * @throws {TpksError} `conflict` if contexts exist and the user cannot be prompted; see also
 *   {@link Importer}.
 */
export async function importFiles(input: Input, deps: Deps): Promise<void> {
  const { paths, verify, store, dryRun = false, overwrite = false, deleteFiles = false } = input;
  const { terminal } = deps;
  const importer = await deps.importer();
  const plan = await importer.plan({ paths, verify, store });
  for (const note of plan.notes) terminal.note(note);
  for (const warning of plan.warnings) terminal.warn(warning);
  if (dryRun) {
    const outcomes = plan.contexts.map((context) => ({
      context,
      result: toResult(context, overwrite),
    }));
    return terminal.show(importView({ plan, outcomes, isDryRun: true, deletedFiles: [] }));
  }
  const importable = plan.contexts.filter(({ state }) => canBeImported(state, overwrite));
  await importer.testStores(importable);
  const outcomes = await confirmOutcomes(plan.contexts, overwrite, deps);
  const selected = outcomes
    .filter(({ result }) => result === 'imported' || result === 'overwritten')
    .map(({ context }) => context);
  const saved = await importer.save(plan, selected);
  const deletion = await deleteImported({ plan, outcomes, deleteFiles }, importer, deps);
  const { deletedFiles } = deletion;
  await terminal.show(importView({ plan, outcomes, saved, isDryRun: false, deletedFiles }));
  if (deletion.failure !== undefined) throw deletion.failure;
  const conflicts = outcomes.filter(({ result }) => result === 'exists');
  if (conflicts.length > 0) throw conflictError(conflicts, paths);
}

function canBeImported(state: PlannedContext['state'], overwrite: boolean): boolean {
  return state === 'new' || state === 'conflict' || (state === 'newer' && overwrite);
}

/** Determines what happens to a context without prompting the user. */
function toResult({ state }: PlannedContext, overwrite: boolean): ContextOutcome['result'] {
  if (state === 'new') return 'imported';
  if (state === 'same') return 'unchanged';
  if (overwrite) return 'overwritten';
  return state === 'newer' ? 'newer' : 'exists';
}

/** Prompts for each context that would be overwritten, if there is a terminal. */
async function confirmOutcomes(
  contexts: readonly PlannedContext[],
  overwrite: boolean,
  deps: Deps,
): Promise<readonly ContextOutcome[]> {
  const outcomes: ContextOutcome[] = [];
  for (const context of contexts) {
    const result = toResult(context, overwrite);
    const mustConfirm = result === 'exists' && deps.terminal.canPrompt();
    outcomes.push({ context, result: mustConfirm ? await confirmOne(context, deps) : result });
  }
  return outcomes;
}

async function confirmOne(
  { name, session: { file } }: PlannedContext,
  deps: Deps,
): Promise<ContextOutcome['result']> {
  const question = `Context ${name} exists. Replace its session with the one in ${file}? (y/n): `;
  return (await confirm(question, deps)) ? 'overwritten' : 'declined';
}

interface DeletionInput {
  readonly plan: ImportPlan;
  readonly outcomes: ImportResult['outcomes'];
  readonly deleteFiles: boolean;
}

interface Deletion {
  readonly deletedFiles: readonly string[];
  /**
   * Why a file was not deleted. Ctrl-C at the prompt is returned here as well, because the sessions have
   * already been imported and must be shown.
   */
  readonly failure: TpksError | undefined;
}

/** Deletes the files that the user no longer needs, with `--delete-files` or after confirmation. */
async function deleteImported(
  { plan, outcomes, deleteFiles }: DeletionInput,
  importer: Pick<Importer, 'deleteFile'>,
  deps: Deps,
): Promise<Deletion> {
  const deletedFiles: string[] = [];
  for (const file of plan.files) {
    const { path, isStdin } = file;
    const hasSkipped =
      plan.unusable.some(({ file, hasSessions }) => file === path && hasSessions === true) ||
      outcomes.some(
        ({ context, result }) =>
          context.session.file === path && (result === 'exists' || result === 'declined'),
      );
    if (isStdin || (!deleteFiles && !deps.terminal.canPrompt())) continue;
    if (hasSkipped) {
      if (deleteFiles)
        deps.terminal.warn(`${path} was not deleted: it contains sessions that were not imported`);
      continue;
    }
    const question = `Delete ${path}? It contains tokens in plain text. (y/n): `;
    try {
      if (!deleteFiles && !(await confirm(question, deps))) continue;
      await importer.deleteFile(file);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      return { deletedFiles, failure: error };
    }
    deletedFiles.push(path);
  }
  return { deletedFiles, failure: undefined };
}

function conflictError(conflicts: readonly ContextOutcome[], paths: readonly string[]): TpksError {
  const names = conflicts.map(({ context }) => context.name).join(', ');
  const [subject, verb] = conflicts.length === 1 ? ['Context', 'exists'] : ['Contexts', 'exist'];
  return new TpksError('conflict', `${subject} ${names} already ${verb}`, {
    hint: `replace the existing sessions: tpks ${['import', ...paths, '--overwrite'].map(quoteForShell).join(' ')}`,
  });
}
