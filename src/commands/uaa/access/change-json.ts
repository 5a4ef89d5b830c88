import { formatSecretSource, isUserName, type Member } from '../../../access/model.js';
import type { FieldChange } from '../../../access/client-changes.js';
import type { Change } from '../../../access/difference.js';

/** Converts a change to the output of `--json`; absent values are null. */
export function changeToJson(change: Change): Readonly<Record<string, unknown>> {
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
