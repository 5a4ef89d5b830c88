import type { Outcome, Progress } from '../../access/apply.js';
import type { Change, FieldChange } from '../../access/difference.js';
import {
  type AccessClient,
  type AccessUser,
  type ExternalGroup,
  formatSecretSource,
  isUserName,
  type Member,
  type UserName,
} from '../../access/model.js';
import type { Plan } from '../../access/access.js';
import type { Line, Tone, View } from '../../terminal/terminal.js';
import type { AttributeValue } from '../../uaa/client-attributes.js';

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
export function planLines(plan: Plan): string[] {
  return [planHeading(plan), '', ...plan.changes.map(formatChangeText), ''];
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

/** The same line without colors. */
function formatChangeText(change: Change): string {
  return `${signs[change.action].sign} ${describeChange(change)}`;
}

const signs = {
  add: { sign: '+', tone: 'good' },
  change: { sign: '~', tone: 'strong' },
  remove: { sign: '-', tone: 'bad' },
} as const satisfies Record<Change['action'], { readonly sign: string; readonly tone: Tone }>;

/** Formats the number of changes, e.g. `3 changes (+ 2, - 1)`. */
function formatChangeCounts(changes: readonly Change[]): string {
  const { add, change, remove } = countChanges(changes);
  const total = changes.length === 1 ? '1 change' : `${String(changes.length)} changes`;
  const counts = [
    ...(add > 0 ? [`+ ${String(add)}`] : []),
    ...(change > 0 ? [`~ ${String(change)}`] : []),
    ...(remove > 0 ? [`- ${String(remove)}`] : []),
  ];
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
  switch (change.kind) {
    case 'user':
      return change.action === 'add'
        ? `user ${formatUser(change.user)}${formatDetails(listUserDetails(change.user))}`
        : `user ${formatUser(change.user)}${formatDetails(change.fields.map(formatField))}`;
    case 'group': {
      const { name, description } = change;
      return `group ${name}${formatDetails(description === undefined ? [] : [description])}`;
    }
    case 'member': {
      const details = change.action === 'change' ? change.fields.map(formatField) : [];
      const text = `group ${change.group}: member ${formatMember(change.member)}`;
      return text + formatDetails(details.map((detail) => `membership ${detail}`));
    }
    case 'external':
      return `group ${change.group}: external ${formatExternalGroup(change.external)}`;
    case 'client':
      return change.action === 'add'
        ? `client ${change.client.id}${formatDetails(listClientDetails(change.client))}`
        : `client ${change.id}${formatDetails(change.fields.map(formatField))}`;
  }
}

function formatDetails(details: readonly string[]): string {
  return details.length === 0 ? '' : `: ${details.join('; ')}`;
}

function listUserDetails({
  emails,
  phones,
  givenName,
  familyName,
  passwordFrom,
}: AccessUser): string[] {
  const name = [givenName, familyName].filter((part) => part !== undefined).join(' ');
  return [
    ...(emails ?? []),
    ...(phones ?? []),
    ...(name === '' ? [] : [name]),
    ...(passwordFrom === undefined ? [] : [`password from ${formatSecretSource(passwordFrom)}`]),
  ];
}

function listClientDetails({ attributes, secretFrom }: AccessClient): string[] {
  const entries = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...entries.map(([name, value]) => `${name} ${formatValue(value)}`),
    ...(secretFrom === undefined ? [] : [`secret from ${formatSecretSource(secretFrom)}`]),
  ];
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

function formatExternalGroup({ origin, name }: ExternalGroup): string {
  return `${name} (${origin})`;
}

/** Converts a change to the output of `--json`; absent values are null. */
function changeToJson(change: Change): Readonly<Record<string, unknown>> {
  const { action, kind } = change;
  switch (kind) {
    case 'user': {
      const { user, origin } = change.user;
      const base = { action, kind, user, origin };
      if (change.action === 'change') return { ...base, fields: change.fields.map(fieldToJson) };
      const { emails, phones, givenName, familyName, passwordFrom } = change.user;
      return {
        ...base,
        emails: emails ?? [],
        phones: phones ?? [],
        givenName: givenName ?? null,
        familyName: familyName ?? null,
        passwordFrom: passwordFrom === undefined ? null : formatSecretSource(passwordFrom),
      };
    }
    case 'group':
      return { action, kind, group: change.name, description: change.description ?? null };
    case 'member': {
      const base = { action, kind, group: change.group, member: memberToJson(change.member) };
      return change.action === 'change'
        ? { ...base, fields: change.fields.map(fieldToJson) }
        : base;
    }
    case 'external': {
      const { origin, name } = change.external;
      return { action, kind, group: change.group, origin, name };
    }
    case 'client': {
      if (change.action === 'change') {
        return { action, kind, client: change.id, fields: change.fields.map(fieldToJson) };
      }
      const { id, attributes, secretFrom } = change.client;
      const source = secretFrom === undefined ? null : formatSecretSource(secretFrom);
      return { action, kind, client: id, attributes, secretFrom: source };
    }
  }
}

function memberToJson(member: Member): Member {
  return isUserName(member)
    ? { user: member.user, origin: member.origin }
    : { group: member.group };
}

function fieldToJson({ name, from, to }: FieldChange): Readonly<Record<string, unknown>> {
  return { name, from: from ?? null, to };
}
