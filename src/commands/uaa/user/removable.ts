import { TpksError } from '../../../errors.js';
import { ownValue } from '../../../own-value.js';
import type { RemovableField } from '../../../uaa/user-updates.js';

/** Spellings in lower case and without separators. */
const fields: Readonly<Record<string, readonly RemovableField[]>> = {
  name: ['givenName', 'familyName'],
  givenname: ['givenName'],
  familyname: ['familyName'],
  phones: ['phoneNumbers'],
  phonenumbers: ['phoneNumbers'],
  externalid: ['externalId'],
};

const needed: ReadonlySet<string> = new Set(['username', 'email', 'emails', 'origin', 'id']);

/**
 * Fields of a user to take away, as typed: `given_name`, `givenName` and `name.givenName` alike.
 * @throws {TpksError} `usage` for one that a user must have, or that the UAA does not keep.
 */
export function toRemovable(words: readonly string[]): readonly RemovableField[] {
  return [...new Set(words.flatMap(toFields))];
}

function toFields(word: string): readonly RemovableField[] {
  const plain = word
    .toLowerCase()
    .replace(/^name\./, '')
    .replaceAll(/[_-]/g, '');
  const found = ownValue(fields, plain);
  if (found !== undefined) return found;
  const why = needed.has(plain) ? 'a user must have it' : 'the UAA keeps no such field of a user';
  throw new TpksError('usage', `${word} cannot be taken away: ${why}`, {
    hint: '--del_attrs takes given_name, family_name, name, phones and externalId',
  });
}
