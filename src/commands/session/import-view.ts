import { findIdentities, findSelection } from '../../domain/contexts/current-installation.js';
import type { ImportPlan } from '../../domain/import/importer.js';
import type { ImportedTarget, PlannedContext } from '../../domain/import/plan-import.js';
import type { Settings } from '../../platform/config/settings.js';
import { formatTable, type Line, type Span } from '../../platform/terminal/lines.js';
import type { View } from '../../platform/terminal/terminal.js';
import { formatInstant } from '../format-time.js';

/** What happened, or would happen, with a context. */
export interface ContextOutcome {
  readonly context: PlannedContext;
  readonly result: keyof typeof resultTexts;
}

export interface ImportResult {
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

/** Shows what was or would be imported, without tokens and certificates. */
export function importView(imported: ImportResult): View {
  const { plan, outcomes, isDryRun, saved, deletedFiles } = imported;
  const { unusable, newTargets } = plan;
  const texts = isDryRun ? plannedTexts : resultTexts;
  const rows: Span[][] = [
    ...outcomes.map(({ context, result }) => [
      context.name,
      context.settings.api ?? context.settings.uaa,
      formatPosition(context.session),
      verificationSpan(context),
      texts[result],
    ]),
    ...unusable.map((entry) => [
      entry.label,
      '',
      formatPosition(entry),
      '',
      `not imported: ${entry.reason}`,
    ]),
  ];
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
    text: [
      ...(rows.length === 0
        ? []
        : formatTable(['Context', 'Server', 'Source', 'Verified', 'Result'], rows)),
      ...detailLines(imported),
    ],
  };
}

/** `FILE:LINE` without the folder. */
function formatPosition({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.replace(/^.*[\\/]/, '')}:${String(line)}`;
}

function verificationSpan({ verification: { result } }: PlannedContext): Span {
  if (result === 'verified') return { text: 'yes', tone: 'good' };
  return { text: 'no', tone: result === 'rejected' ? 'bad' : 'muted' };
}

function detailLines({ plan, outcomes, isDryRun, saved, deletedFiles }: ImportResult): Line[] {
  const { newTargets, contexts, unusable } = plan;
  const unverified = outcomes.filter(
    ({ context }) => context.verification.result !== 'verified' && context.state !== 'same',
  );
  const findChange = (read: (settings: Settings) => string | undefined): string | undefined =>
    saved === undefined || read(saved.after) === read(saved.before) ? undefined : read(saved.after);
  const current = findChange((settings) => findIdentities(settings).pks);
  const target = findChange((settings) => findSelection(settings).uaa);
  const lines = [
    ...unverified.map(
      ({ context: { name, verification } }) => `${name} was not verified: ${verification.text}`,
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
  const { name, settings, session, verification } = context;
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
    accessTokenExpiresAt: formatInstant(
      new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000),
    ),
    hasRefreshToken: token.refreshToken !== undefined,
    verification: verification.result,
    verificationText: verification.text,
    file,
    line,
    result,
  };
}

function targetJson({ target: { uaa, caCert, skipTlsVerification, line } }: ImportedTarget) {
  return { uaa, hasCaCert: caCert !== undefined, skipTlsVerification, line };
}
