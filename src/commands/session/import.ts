import { Argument, Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { findIdentities, findSelection } from '../../domain/contexts/current-installation.js';
import type { ImportedTarget } from '../../domain/import/imported-targets.js';
import type { Importer, ImportPlan } from '../../domain/import/importer.js';
import { expiryOf } from '../../domain/import/original-session.js';
import type { PlannedContext } from '../../domain/import/plan-import.js';
import type { Settings } from '../../platform/config/settings.js';
import { type Line, formatTable } from '../../platform/terminal/lines.js';
import { fitLines, fitTable } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { confirm } from '../confirm.js';
import { withInputFile } from '../stdin-inputs.js';
import { storeOption } from './login-options.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'link' | 'importer'>;

interface Flags {
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
  readonly deleteFiles?: boolean;
  readonly store?: string;
}

export const description =
  'Import the sessions in ~/.pks/creds.yml and ~/.uaac.yml as contexts, with their targets, CAs and ' +
  'tokens. PKS_HOME and UAAC_HOME select other folders. On a terminal, offers to delete the ' +
  'files. Asks before it replaces an existing context, unless --overwrite is given. If it cannot ask, ' +
  'skips the context and exits with 1. Sends no requests. Imports nothing and exits with 2 if a ' +
  'file has an unknown format.';

export const examples = {
  'show what would be imported from the default files': 'tpks import --dry-run',
  'import the session from a file': 'tpks import creds.yml',
};

export function define(command: Command, deps: Deps): void {
  command
    .addArgument(
      withInputFile(new Argument('[file...]', 'session files of pks or uaac; - for stdin')),
    )
    .addOption(new Option('--dry-run', 'show what would be imported, without storing anything'))
    .option('--overwrite', 'replace the sessions of existing contexts')
    .option('--delete-files', 'delete each file whose sessions have all been imported')
    .addOption(storeOption())
    .action((paths: string[], flags: Flags) => importFiles(paths, flags, deps));
}

/**
 * Imports the sessions of the original CLIs.
 * @param paths - if empty, the files at the default locations.
 * @throws {TpksError} `conflict` if contexts exist and the user cannot be prompted; see also
 *   {@link Importer}.
 */
async function importFiles(
  paths: readonly string[],
  { store, dryRun = false, overwrite = false, deleteFiles = false }: Flags,
  deps: Deps,
): Promise<void> {
  const { terminal } = deps;
  const plan = await deps.importer.plan({ paths, store });
  for (const note of plan.notes) terminal.note(note);
  for (const warning of plan.warnings) terminal.warn(warning);
  const planned = plan.contexts.map((context) => ({
    context,
    result: toResult(context, overwrite),
  }));
  if (dryRun) {
    return terminal.show(importView({ plan, outcomes: planned, isDryRun: true, deletedFiles: [] }));
  }
  await deps.importer.testStores(selectContexts(planned, ['imported', 'overwritten', 'exists']));
  const outcomes: ContextOutcome[] = [];
  for (const outcome of planned) outcomes.push(await confirmReplacement(outcome, deps));
  const saved = await deps.importer.save(
    plan,
    selectContexts(outcomes, ['imported', 'overwritten']),
  );
  const { deletedFiles, failure } = await deleteImported(
    { plan, outcomes, deleteFiles },
    deps.importer,
    deps,
  );
  await terminal.show(importView({ plan, outcomes, saved, isDryRun: false, deletedFiles }));
  if (failure !== undefined) throw failure;
  const conflicts = selectContexts(outcomes, ['exists']);
  if (conflicts.length > 0) throw conflictError(conflicts, paths);
}

function toResult({ state }: PlannedContext, overwrite: boolean): ContextOutcome['result'] {
  if (state === 'new') return 'imported';
  if (state === 'same') return 'unchanged';
  if (overwrite) return 'overwritten';
  return state === 'newer' ? 'newer' : 'exists';
}

function selectContexts(
  outcomes: readonly ContextOutcome[],
  results: readonly ContextOutcome['result'][],
): readonly PlannedContext[] {
  return outcomes.filter(({ result }) => results.includes(result)).map(({ context }) => context);
}

/** Asks whether to replace the session of an existing context, if there is a terminal. */
async function confirmReplacement(outcome: ContextOutcome, deps: Deps): Promise<ContextOutcome> {
  const { context, result } = outcome;
  if (result !== 'exists' || !deps.terminal.canPrompt()) return outcome;
  const question = `Context ${context.name} exists. Replace its session with the one in ${context.session.file}?`;
  return { context, result: (await confirm(question, deps)) ? 'overwritten' : 'declined' };
}

/**
 * Deletes the files that the user no longer needs, with `--delete-files` or after confirmation.
 * @returns why a file was not deleted. Ctrl-C at the prompt is returned as well, because the sessions
 *   have already been imported and must be shown.
 */
async function deleteImported(
  {
    plan,
    outcomes,
    deleteFiles,
  }: Pick<ImportResult, 'plan' | 'outcomes'> & Pick<Flags, 'deleteFiles'>,
  importer: Pick<Importer, 'deleteFile'>,
  deps: Deps,
): Promise<{ readonly deletedFiles: readonly string[]; readonly failure?: TpksError }> {
  const deletedFiles: string[] = [];
  const skipped = selectContexts(outcomes, ['exists', 'declined']).map(({ session }) => session);
  const remaining = [...plan.unusable.filter(({ hasSessions }) => hasSessions), ...skipped];
  for (const file of plan.files) {
    const { path, isStdin } = file;
    if (isStdin || (!deleteFiles && !deps.terminal.canPrompt())) continue;
    if (remaining.some((each) => each.file === path)) {
      if (deleteFiles)
        deps.terminal.warn(`${path} was not deleted: it contains sessions that were not imported`);
      continue;
    }
    const question = `Delete ${path}? It contains tokens in plain text.`;
    try {
      if (!deleteFiles && !(await confirm(question, deps))) continue;
      await importer.deleteFile(file);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      return { deletedFiles, failure: error };
    }
    deletedFiles.push(path);
  }
  return { deletedFiles };
}

function conflictError(conflicts: readonly PlannedContext[], paths: readonly string[]): TpksError {
  const names = conflicts.map(({ name }) => name).join(', ');
  const message =
    conflicts.length === 1 ? `Context ${names} already exists` : `Contexts ${names} already exist`;
  return new TpksError('conflict', message, {
    hint: `replace the existing sessions: tpks ${['import', ...paths, '--overwrite'].map((word) => quoteForShell(word)).join(' ')}`,
  });
}

interface ContextOutcome {
  readonly context: PlannedContext;
  readonly result: keyof typeof resultTexts;
}

interface ImportResult {
  readonly plan: ImportPlan;
  readonly outcomes: readonly ContextOutcome[];
  readonly isDryRun: boolean;
  /** `undefined` for a dry run. */
  readonly saved?: { readonly before: Settings; readonly after: Settings } | undefined;
  readonly deletedFiles: readonly string[];
}

const resultTexts = {
  imported: 'imported',
  overwritten: 'replaced the existing session',
  unchanged: 'unchanged: tpks has this session',
  newer: 'skipped: tpks has a newer session',
  exists: 'skipped: the context exists',
  declined: 'skipped: not confirmed',
} as const;

const plannedTexts: Record<ContextOutcome['result'], string> = {
  ...resultTexts,
  imported: 'will be imported',
  overwritten: 'will replace the existing session',
};

function importView(imported: ImportResult): View {
  const { plan, outcomes, isDryRun, saved, deletedFiles } = imported;
  const { unusable, newTargets } = plan;
  const texts = isDryRun ? plannedTexts : resultTexts;
  const columns = ['Context', 'Result', 'Server', 'Source'];
  const rows: string[][] = [
    ...outcomes.map(({ context, result }) => [
      context.name,
      texts[result],
      context.settings.api ?? context.settings.uaa,
      formatPosition(context.session),
    ]),
    ...unusable.map((entry) => [entry.label, 'not imported', '', formatPosition(entry)]),
  ];
  const terminalColumns = columns.map((head, rank) => ({
    head: head.toUpperCase(),
    rank,
    isWhole: head === 'Result' || head === 'Source',
  }));
  const details = detailLines(imported);
  return {
    json: {
      dryRun: isDryRun,
      contexts: outcomes.map(contextJson),
      targets: newTargets.map(targetJson),
      unusable: unusable.map(({ file, line, label, reason }) => ({ file, line, label, reason })),
      notes: plan.notes,
      current: (saved && findIdentities(saved.after).pks) ?? null,
      uaaTarget: (saved && findSelection(saved.after).uaa) ?? null,
      deletedFiles,
    },
    text: [...(rows.length === 0 ? [] : formatTable(columns, rows)), ...details],
    screen: (width) => [
      ...(rows.length === 0 ? [] : fitTable(terminalColumns, rows, { width })),
      ...fitLines(details, width),
    ],
  };
}

/** `FILE:LINE` without the folder. */
function formatPosition({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.replace(/^.*[\\/]/, '')}:${String(line)}`;
}

/** The lines below the table. Reasons are not in the table, because they can be long. */
function detailLines({ plan, isDryRun, saved, deletedFiles }: ImportResult): Line[] {
  const { newTargets, contexts, unusable } = plan;
  const findChange = (read: (settings: Settings) => string | undefined): string | undefined =>
    saved === undefined || read(saved.after) === read(saved.before) ? undefined : read(saved.after);
  const current = findChange((settings) => findIdentities(settings).pks);
  const target = findChange((settings) => findSelection(settings).uaa);
  const lines = [
    ...unusable.map(
      (entry) => `${entry.label} (${formatPosition(entry)}) was not imported: ${entry.reason}`,
    ),
    ...newTargets.map(
      ({ target: { uaa } }) =>
        `${isDryRun ? 'UAA target that will be added' : 'Added UAA target'}: ${uaa}`,
    ),
    ...(current === undefined ? [] : [`Current context: ${current}`]),
    ...(target === undefined ? [] : [`Current UAA target: ${target}`]),
    ...deletedFiles.map((path) => `Deleted ${path}`),
  ];
  const isEmpty = contexts.length + unusable.length + newTargets.length === 0;
  if (isEmpty) return ['No changes: the files contain no sessions', ...lines];
  return contexts.length + unusable.length === 0 || lines.length === 0 ? lines : ['', ...lines];
}

function contextJson({ context, result }: ContextOutcome) {
  const { name, settings, session } = context;
  const { identity, clientId, grant, api, uaa, skipTlsVerification, store } = settings;
  const { token, file, line } = session;
  return {
    name,
    identity,
    clientId,
    grant,
    api: api ?? null,
    uaa,
    hasCaCert: settings.caCert !== undefined,
    skipTlsVerification,
    store,
    accessTokenExpiresAt: formatInstant(expiryOf(token)),
    hasRefreshToken: token.refreshToken !== undefined,
    file,
    line,
    result,
  };
}

function targetJson({ target: { uaa, caCert, skipTlsVerification, line } }: ImportedTarget) {
  return { uaa, hasCaCert: caCert !== undefined, skipTlsVerification, line };
}
