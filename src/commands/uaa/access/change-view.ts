import type { AttributeValue } from '../../../uaa/client-attributes.js';
import type { Line, Tone } from '../../../terminal/terminal.js';
import {
  formatSecretSource,
  isUserName,
  type AccessClient,
  type AccessUser,
  type External,
  type Member,
  type UserName,
} from '../../../access/model.js';
import type { FieldChange } from '../../../access/client-changes.js';
import type { Change } from '../../../access/difference.js';

/** A change in one line: `+` adds, `~` changes, `-` removes. */
export function formatChangeLine(change: Change): Exclude<Line, string> {
  const { sign, tone } = signs[change.action];
  return [{ text: sign, tone }, ` ${describeChange(change)}`];
}

/** The same as plain text. */
export function formatChangeText(change: Change): string {
  return `${signs[change.action].sign} ${describeChange(change)}`;
}

const signs = {
  add: { sign: '+', tone: 'good' },
  change: { sign: '~', tone: 'strong' },
  remove: { sign: '-', tone: 'bad' },
} as const satisfies Record<Change['action'], { readonly sign: string; readonly tone: Tone }>;

/** The number of changes of each kind, as text. */
export function formatChangeCounts(changes: readonly Change[]): string {
  const { add, change, remove } = countChanges(changes);
  const all = changes.length === 1 ? '1 change' : `${String(changes.length)} changes`;
  const sorts = [
    ...(add > 0 ? [`+ ${String(add)}`] : []),
    ...(change > 0 ? [`~ ${String(change)}`] : []),
    ...(remove > 0 ? [`- ${String(remove)}`] : []),
  ];
  return `${all} (${sorts.join(', ')})`;
}

/** The number of changes of each kind. */
export function countChanges(
  changes: readonly Change[],
): Readonly<Record<Change['action'], number>> {
  const count = (wanted: Change['action']): number =>
    changes.filter(({ action }) => action === wanted).length;
  return { add: count('add'), change: count('change'), remove: count('remove') };
}

/** The text of a change after its sign. */
function describeChange(change: Change): string {
  switch (change.kind) {
    case 'user':
      return change.action === 'add'
        ? `user ${formatUser(change.user)}${formatDetails(userDetails(change.user))}`
        : `user ${formatUser(change.user)}${formatDetails(change.fields.map(formatField))}`;
    case 'group': {
      const { name, description } = change;
      return `group ${name}${formatDetails(description === undefined ? [] : [description])}`;
    }
    case 'member':
      return `group ${change.group}: member ${formatMember(change.member)}`;
    case 'external':
      return `group ${change.group}: external ${formatExternal(change.external)}`;
    case 'client':
      return change.action === 'add'
        ? `client ${change.client.id}${formatDetails(clientDetails(change.client))}`
        : `client ${change.id}${formatDetails(change.fields.map(formatField))}`;
  }
}

function formatDetails(details: readonly string[]): string {
  return details.length === 0 ? '' : `: ${details.join('; ')}`;
}

function userDetails({
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

function clientDetails({ attributes, secretFrom }: AccessClient): string[] {
  const given = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...given.map(([name, value]) => `${name} ${formatValue(value)}`),
    ...(secretFrom === undefined ? [] : [`secret from ${formatSecretSource(secretFrom)}`]),
  ];
}

/** For a list, the added and removed entries; otherwise the old and the new value. */
function formatField({ name, from, to }: FieldChange): string {
  if (typeof to !== 'object' || (from !== undefined && typeof from !== 'object')) {
    return `${name} ${from === undefined ? '' : `${formatValue(from)} -> `}${formatValue(to)}`;
  }
  const present = from ?? [];
  const gone = present.filter((entry) => !to.includes(entry)).map((entry) => `-${entry}`);
  const come = to.filter((entry) => !present.includes(entry)).map((entry) => `+${entry}`);
  return `${name} ${[...come, ...gone].join(' ')}`;
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

function formatExternal({ origin, name }: External): string {
  return `${name} (${origin})`;
}
