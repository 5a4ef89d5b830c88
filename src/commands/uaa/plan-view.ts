import type { AttributeValue } from '../../api/uaa/client-attributes.js';
import type { Outcome, Progress } from '../../domain/access-as-code/apply.js';
import type { Change, FieldChange } from '../../domain/access-as-code/difference.js';
import {
  type AccessClient,
  type AccessUser,
  formatSecretSource,
  isUserName,
  type Member,
  type UserName,
} from '../../domain/access-as-code/model.js';
import type { Plan } from '../../domain/access-as-code/plan.js';
import type { Line, Span, Tone } from '../../platform/terminal/lines.js';
import { fitLines } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { formatState } from '../format-state.js';

/** Shows the planned changes. `json` is `{ uaa, file, changes, summary }`. */
export function planView(plan: Plan): View {
  const { uaa, path, changes } = plan;
  const lines: readonly Line[] =
    changes.length === 0
      ? [noChangesMessage(plan)]
      : [...formatPlan(plan), formatChangeCounts(changes)];
  return {
    json: { uaa, file: path, changes: changes.map(changeToJson), summary: countChanges(changes) },
    text: lines,
    screen: (width) => fitLines(lines, width),
  };
}

/** Formats the planned changes, one line per change. */
export function formatPlan(plan: Plan): readonly Line[] {
  return [planHeading(plan), '', ...plan.changes.map((change) => formatChange(change)), ''];
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
  if (complete) {
    const text = [
      changes.length === 0 ? noChangesMessage(plan) : `Done: ${formatChangeCounts(changes)}`,
    ];
    return { json, text, screen: (width) => fitLines(text, width) };
  }
  const formatChanges = (format: (outcome: string) => Span): readonly Line[] =>
    changes.map((change, index) => {
      const outcome = outcomeTexts[outcomes[index] ?? 'notStarted'];
      return [format(outcome), ' '.repeat(outcomeWidth - outcome.length), ...formatChange(change)];
    });
  return {
    json,
    text: formatChanges((outcome) => outcome),
    screen: (width) => fitLines(formatChanges(formatState), width),
  };
}

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  done: 'done',
  failed: 'failed',
  notStarted: 'not started',
};

const outcomeWidth = 13;

/** Formats a change as a line that starts with `+` (add), `~` (change) or `-` (remove). */
function formatChange(change: Change): readonly Span[] {
  const { sign, tone } = signs[change.action];
  return [{ text: sign, tone }, ' ', describeChange(change)];
}

/** The sign of each kind of change, at the start of its line. */
export const signs = {
  add: { sign: '+', tone: 'good' },
  change: { sign: '~', tone: 'strong' },
  remove: { sign: '-', tone: 'bad' },
} as const satisfies Record<Change['action'], { readonly sign: string; readonly tone: Tone }>;

function formatChangeCounts(changes: readonly Change[]): string {
  const count = countChanges(changes);
  const total = changes.length === 1 ? '1 change' : `${String(changes.length)} changes`;
  const counts = (['add', 'change', 'remove'] as const)
    .filter((action) => count[action] > 0)
    .map((action) => `${signs[action].sign} ${String(count[action])}`);
  return `${total} (${counts.join(', ')})`;
}

function countChanges(changes: readonly Change[]): Readonly<Record<Change['action'], number>> {
  const count = (wantedAction: Change['action']): number =>
    changes.filter(({ action }) => action === wantedAction).length;
  return { add: count('add'), change: count('change'), remove: count('remove') };
}

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

interface ObjectDescription {
  readonly subject: string;
  readonly key: JsonFields;
  readonly details?: readonly (string | undefined)[];
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
