import { type Command, Option } from 'commander';
import type { AttributeValue } from '../../api/uaa/client-attributes.js';
import type { Services } from '../../app/services.js';
import { exitCodes, rewordError, TpksError } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Progress, Outcome } from '../../domain/access-as-code/apply.js';
import type { Change, FieldChange } from '../../domain/access-as-code/difference.js';
import {
  type AccessClient,
  type AccessUser,
  formatSecretSource,
  isUserName,
  type Member,
  type UserName,
} from '../../domain/access-as-code/model.js';
import type { Plan, PlanInput } from '../../domain/access-as-code/plan.js';
import type {
  GroupProviderMember,
  UnmanagedMembers,
} from '../../domain/access-as-code/uaa-content.js';
import { problemsError } from '../../platform/input/problems.js';
import { toYaml, type Tone, type Line } from '../../platform/terminal/lines.js';
import type { View } from '../../platform/terminal/terminal.js';
import { confirm } from '../confirm.js';
import type { Leaf } from '../contents.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';
import { missingMembersWarning, unknownSourceWarning } from './members.js';

/** The flags of commands that read an access file. */
interface FileFlags {
  readonly file: string;
  readonly prune?: boolean;
}

function addFileOptions(command: Command): Command {
  return command
    .addOption(
      withInputFile(
        new Option(
          '-f, --file <path>',
          'access file (YAML or JSON), see `tpks uaa export`; - for stdin',
        ),
      ).makeOptionMandatory(),
    )
    .option('--prune', 'also remove entries that the lists in the file omit (never users)');
}

/** Warns about members that could not be checked or that no longer exist. */
function warnAboutUnmanaged(
  { unknown, missing }: Pick<UnmanagedMembers, 'unknown' | 'missing'>,
  { warn }: Services['terminal'],
): void {
  if (unknown.length > 0) warn(unknownSourceWarning(unknown));
  for (const [group, members] of groupBy(missing, (member) => member.group)) {
    const ids = members.map(({ id }) => id);
    warn(missingMembersWarning(group, ids));
  }
}

type PlanDeps = Pick<Services, 'terminal' | 'access'>;

interface PlanFlags extends FileFlags {
  readonly exitCode?: boolean;
}

export const plan: Leaf = {
  define(command, deps: PlanDeps) {
    addFileOptions(command)
      .description(
        'Show the changes that `tpks uaa apply` would make so that the UAA matches an access file: + add, ' +
          '~ change, - remove. Does not need the secrets that the file refers to. Requires the scopes ' +
          'scim.read and, for clients, clients.read.',
      )
      .option('--exit-code', 'exit with 3 if there are changes')
      .addHelpText('after', '\nExample:\n  $ tpks uaa plan -f access.yml --exit-code')
      .action(({ file, prune = false, exitCode = false }: PlanFlags) =>
        showPlan({ file: toFileInput(file, '--file', deps.terminal), prune, exitCode }, deps),
      );
  },
};

/**
 * Shows the changes that make the UAA match an access file.
 * @throws {TpksError} `changes` if `exitCode` is set and there are changes.
 */
export async function showPlan(
  { exitCode, ...input }: PlanInput & { readonly exitCode: boolean },
  deps: PlanDeps,
): Promise<void> {
  const result = await deps.access.plan(input);
  await deps.terminal.show(planView(result));
  warnAboutUnmanaged(result.unmanaged, deps.terminal);
  for (const { line, text } of result.missingSecrets) {
    deps.terminal.warn(`${result.path}, line ${String(line)}: ${text}; uaa apply needs it`);
  }
  if (exitCode && result.changes.length > 0) throw new TpksError('changes', 'There are changes');
}

type ApplyDeps = Pick<Services, 'terminal' | 'options' | 'access' | 'noteUaaIdentity'>;

interface ApplyFlags extends FileFlags {
  readonly yes?: boolean;
}

export const apply: Leaf = {
  define(command, deps: ApplyDeps) {
    addFileOptions(command)
      .description(
        'Check an access file, show the changes that make the UAA match it, ask for confirmation ' +
          '(unless --yes), and apply them, up to 16 at the same time. After a failure, no further ' +
          'changes are started; run the command again to apply the rest. Requires the scopes scim.read ' +
          'and scim.write, and for clients clients.read and clients.write (clients.admin to remove an ' +
          'attribute).',
      )
      .option('-y, --yes', 'do not ask for confirmation')
      .addHelpText('after', '\nExample:\n  $ tpks uaa apply -f access.yml --yes')
      .action(({ file, prune = false, yes = false }: ApplyFlags) =>
        applyAccessFile({ file: toFileInput(file, '--file', deps.terminal), prune, yes }, deps),
      );
  },
};

/**
 * Applies the changes that make the UAA match an access file.
 * @throws {TpksError} of a kind with exit code 1 if a change failed; `cancelled` after Ctrl-C.
 */
export async function applyAccessFile(
  { yes, ...input }: PlanInput & { readonly yes: boolean },
  deps: ApplyDeps,
): Promise<void> {
  const { access } = deps;
  const plan = await access.plan(input);
  if (plan.missingSecrets.length > 0) throw problemsError(plan.path, plan.missingSecrets);
  warnAboutUnmanaged(plan.unmanaged, deps.terminal);
  if (plan.changes.length > 0) {
    await deps.noteUaaIdentity();
    for (const line of planLines(plan)) deps.terminal.note(line);
    if (!yes && !(await confirmChanges(plan, deps))) return showCancelled(plan, deps);
  }
  const progress = await access.apply(plan, (inFlight) => {
    const requests = inFlight === 1 ? '1 request' : `${String(inFlight)} requests`;
    deps.terminal.note(
      `Interrupted: waiting for ${requests} to finish; press Ctrl-C again to stop immediately`,
    );
  });
  await deps.terminal.show(appliedView(plan, progress));
  const [failure] = progress.failures;
  if (failure !== undefined) throw stoppedError(failure, progress);
  if (progress.isInterrupted) throw interruptedError(progress);
}

const yesHint = 'add --yes to skip the confirmation';

function confirmChanges({ changes }: Plan, deps: ApplyDeps): Promise<boolean> {
  const changesText =
    changes.length === 1 ? 'this change' : `these ${String(changes.length)} changes`;
  return confirm(`Apply ${changesText}? (y/n): `, deps, { alternative: yesHint });
}

/** Reports that the user did not confirm. Prints no text on stdout, only JSON with `--json`. */
async function showCancelled(plan: Plan, { terminal }: ApplyDeps): Promise<void> {
  terminal.note('Cancelled: no changes were applied');
  const outcomes = plan.changes.map(() => 'notStarted' as const);
  const { json } = appliedView(plan, { outcomes });
  await terminal.show({ json, text: [] });
}

const runAgainHint = 'run the same command again to apply the rest';

/** The error after a failed change. The exit code is always 1, because changes may have been applied. */
function stoppedError(error: TpksError, { outcomes, failures }: Progress): TpksError {
  const others = failures.length - 1;
  const othersText = others > 0 ? ` (and ${String(others)} more failed)` : '';
  const next = `fix the problem, then ${runAgainHint}`;
  return rewordError(error, {
    kind: exitCodes[error.kind] === exitCodes.failed ? error.kind : 'failed',
    message: `Stopped after ${formatDoneCount(outcomes)}: ${error.message}${othersText}`,
    hint: error.hint === undefined ? next : `${error.hint}\n${next}`,
  });
}

function interruptedError({ outcomes }: Progress): TpksError {
  return new TpksError('cancelled', `Interrupted after ${formatDoneCount(outcomes)}`, {
    hint: runAgainHint,
  });
}

function formatDoneCount(outcomes: Progress['outcomes']): string {
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  return `${String(done)} of ${String(outcomes.length)} changes`;
}

type ExportDeps = Pick<Services, 'terminal' | 'uaaContext' | 'access'>;

export const exportCommand: Leaf = {
  define(command, deps: ExportDeps) {
    command
      .description(
        'Print the users, groups, members, mappings and clients of the UAA as an access file for ' +
          '`tpks uaa plan` and `tpks uaa apply`. The file contains no secrets, and its names are ' +
          'sorted, so that exports can be compared. Memberships that come from an identity provider are ' +
          'omitted. Requires the scopes scim.read and clients.read.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa export > access.yml')
      .action(() => exportAccess(deps));
  },
};

export async function exportAccess(deps: ExportDeps): Promise<void> {
  const { uaa } = await deps.uaaContext();
  const { value, unmanaged } = await deps.access.export();
  await deps.terminal.show({
    json: value,
    text: [...fileHeader(uaa), '', ...(await toYaml(value))],
  });
  for (const member of [...unmanaged.unmapped, ...unmanaged.unknown]) {
    deps.terminal.warn(notExportedWarning(member));
  }
  warnAboutUnmanaged(unmanaged, deps.terminal);
}

function fileHeader(uaa: string): string[] {
  return [
    `# Exported from ${uaa}`,
    '# Compare a UAA with this file: tpks uaa plan -f FILE. Apply this file: tpks uaa apply -f FILE.',
    '# This file contains no secrets: new users need password_from and new clients need secret_from',
    '# (env:NAME or file:PATH).',
  ];
}

/** Names a membership that an export omits, with the reason. */
function notExportedWarning({ group, member, origin, source }: GroupProviderMember): string {
  const notExported = `Not exported: the membership of ${member.user} in ${group}`;
  if (source === 'unknown') return `${notExported}, because its origin ${origin} cannot be checked`;
  const words = [group, member.user, '--origin', member.origin].map((word) => quoteForShell(word));
  return (
    `${notExported}, because its origin ${origin} has no mapping to this group; the next login may ` +
    `delete the membership; to keep it: tpks uaa member add ${words.join(' ')}`
  );
}

/** Shows the planned changes. `json` is `{ uaa, file, changes, summary }`. */
export function planView(plan: Plan): View {
  const { uaa, path, changes } = plan;
  return {
    json: { uaa, file: path, changes: changes.map(changeToJson), summary: countChanges(changes) },
    text:
      changes.length === 0
        ? [noChangesMessage(plan)]
        : [
            planHeading(plan),
            '',
            ...changes.map(formatChangeLine),
            '',
            formatChangeCounts(changes),
          ],
  };
}

/** Formats the planned changes as lines without colors. */
function planLines(plan: Plan): string[] {
  const lines = plan.changes.map(
    (change) => `${signs[change.action].sign} ${describeChange(change)}`,
  );
  return [planHeading(plan), '', ...lines, ''];
}

function planHeading({ uaa, path }: Plan): string {
  return `Changes that make ${uaa} match ${path}:`;
}

function noChangesMessage({ uaa, path }: Plan): string {
  return `No changes: ${uaa} matches ${path}`;
}

/**
 * Shows a summary if all changes were applied, otherwise the outcome of each change in plan order.
 * `json` is `{ uaa, file, changes, complete }`, each change with its `outcome`.
 */
export function appliedView(plan: Plan, { outcomes }: Pick<Progress, 'outcomes'>): View {
  const { uaa, path, changes } = plan;
  const complete = outcomes.every((outcome) => outcome === 'done');
  const json = {
    uaa,
    file: path,
    changes: changes.map((change, index) => ({
      ...changeToJson(change),
      outcome: outcomes[index],
    })),
    complete,
  };
  if (changes.length === 0) return { json, text: [noChangesMessage(plan)] };
  if (complete) return { json, text: [`Done: ${formatChangeCounts(changes)}`] };
  const text = changes.map((change, index): Line => [
    outcomeTexts[outcomes[index] ?? 'notStarted'].padEnd(outcomeWidth),
    ...formatChangeLine(change),
  ]);
  return { json, text };
}

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notStarted: 'not started',
};
const outcomeWidth = 13;

/** Formats a change as one line that starts with `+` (add), `~` (change) or `-` (remove). */
function formatChangeLine(change: Change): Exclude<Line, string> {
  const { sign, tone } = signs[change.action];
  return [{ text: sign, tone }, ` ${describeChange(change)}`];
}

const signs = {
  add: { sign: '+', tone: 'good' },
  change: { sign: '~', tone: 'strong' },
  remove: { sign: '-', tone: 'bad' },
} as const satisfies Record<Change['action'], { readonly sign: string; readonly tone: Tone }>;

/** Formats the number of changes, e.g. `3 changes (+ 2, - 1)`. */
function formatChangeCounts(changes: readonly Change[]): string {
  const count = countChanges(changes);
  const total = changes.length === 1 ? '1 change' : `${String(changes.length)} changes`;
  const counts = (['add', 'change', 'remove'] as const)
    .filter((action) => count[action] > 0)
    .map((action) => `${signs[action].sign} ${String(count[action])}`);
  return `${total} (${counts.join(', ')})`;
}

/** Counts the changes by action. */
function countChanges(changes: readonly Change[]): Readonly<Record<Change['action'], number>> {
  const count = (wantedAction: Change['action']): number =>
    changes.filter(({ action }) => action === wantedAction).length;
  return { add: count('add'), change: count('change'), remove: count('remove') };
}

/** Formats a change without its sign. */
function describeChange(change: Change): string {
  const { subject, details = [] } = describeObject(change);
  const label = change.kind === 'member' ? 'membership ' : '';
  const texts =
    change.action === 'change'
      ? change.fields.map((field) => label + formatField(field))
      : details.filter((detail) => detail !== undefined);
  return texts.length === 0 ? subject : `${subject}: ${texts.join('; ')}`;
}

type JsonFields = Readonly<Record<string, unknown>>;

/** Converts a change to the output of `--json`; absent values are null. */
function changeToJson(change: Change): JsonFields {
  const { action, kind } = change;
  const { key, values } = describeObject(change);
  const fields = change.action === 'change' && { fields: change.fields.map(fieldToJson) };
  return { action, kind, ...key, ...(fields || values) };
}

/** Describes the object that a change adds, changes or removes. */
interface ObjectDescription {
  readonly subject: string;
  /** Identifies the object in JSON. */
  readonly key: JsonFields;
  /** The values of an added object as text. */
  readonly details?: readonly (string | undefined)[];
  /** The values of an added object as JSON. */
  readonly values?: JsonFields;
}

function describeObject(change: Change): ObjectDescription {
  switch (change.kind) {
    case 'user':
      return describeUser(change.user);
    case 'group': {
      const { name: group, description } = change;
      return {
        subject: `group ${group}`,
        key: { group },
        details: [description],
        values: { description: description ?? null },
      };
    }
    case 'member': {
      const { group, member } = change;
      const subject = `group ${group}: member ${formatMember(member)}`;
      return { subject, key: { group, member: memberToJson(member) } };
    }
    case 'external': {
      const { group, external } = change;
      const { origin, name } = external;
      return {
        subject: `group ${group}: external ${name} (${origin})`,
        key: { group, origin, name },
      };
    }
    case 'client':
      return change.action === 'add'
        ? describeClient(change.client)
        : { subject: `client ${change.id}`, key: { client: change.id } };
  }
}

function describeUser(added: AccessUser): ObjectDescription {
  const { user, origin, emails = [], phones = [], givenName, familyName, passwordFrom } = added;
  const name = [givenName, familyName].filter((part) => part !== undefined).join(' ');
  const source = passwordFrom && formatSecretSource(passwordFrom);
  return {
    subject: `user ${formatUser(added)}`,
    key: { user, origin },
    details: [...emails, ...phones, name || undefined, source && `password from ${source}`],
    values: {
      emails,
      phones,
      givenName: givenName ?? null,
      familyName: familyName ?? null,
      passwordFrom: source ?? null,
    },
  };
}

function describeClient({ id, attributes, secretFrom }: AccessClient): ObjectDescription {
  const entries = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  const source = secretFrom && formatSecretSource(secretFrom);
  return {
    subject: `client ${id}`,
    key: { client: id },
    details: [
      ...entries.map(([name, value]) => `${name} ${formatValue(value)}`),
      source && `secret from ${source}`,
    ],
    values: { attributes, secretFrom: source ?? null },
  };
}

/** Formats a list as its added and removed entries, and any other field as its old and new value. */
function formatField({ name, from, to }: FieldChange): string {
  if (typeof to !== 'object' || (from !== undefined && typeof from !== 'object')) {
    return `${name} ${from === undefined ? '' : `${formatValue(from)} -> `}${formatValue(to)}`;
  }
  const previous = from ?? [];
  const removed = previous.filter((entry) => !to.includes(entry)).map((entry) => `-${entry}`);
  const added = to.filter((entry) => !previous.includes(entry)).map((entry) => `+${entry}`);
  return `${name} ${[...added, ...removed].join(' ')}`;
}

function formatValue(value: AttributeValue): string {
  return typeof value === 'object' ? value.join(' ') || '(none)' : String(value);
}

function formatMember(member: Member): string {
  return isUserName(member) ? formatUser(member) : `group ${member.group}`;
}

function formatUser({ user, origin }: UserName): string {
  return origin === 'uaa' ? user : `${user} (${origin})`;
}

function memberToJson(member: Member): Member {
  return isUserName(member)
    ? { user: member.user, origin: member.origin }
    : { group: member.group };
}

function fieldToJson({ name, from, to }: FieldChange): JsonFields {
  return { name, from: from ?? null, to };
}
