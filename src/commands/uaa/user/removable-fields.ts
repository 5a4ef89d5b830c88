import { TpksError } from '../../../errors.js';
import { getOwnValue } from '../../../own-value.js';
import type { RemovableField } from '../../../uaa/user-updates.js';

/** Maps typed names, in lower case and without separators, to fields. */
const removableFields: Readonly<Record<string, readonly RemovableField[]>> = {
  name: ['givenName', 'familyName'],
  givenname: ['givenName'],
  familyname: ['familyName'],
  phones: ['phoneNumbers'],
  phonenumbers: ['phoneNumbers'],
  externalid: ['externalId'],
};

const requiredFields: ReadonlySet<string> = new Set([
  'username',
  'email',
  'emails',
  'origin',
  'id',
]);

/**
 * Converts a name that the user typed to fields: `given_name`, `givenName` and `name.givenName` are
 * the same.
 * @throws {TpksError} `usage` for a required field or an unknown name.
 */
export function parseRemovableFields(word: string): readonly RemovableField[] {
  const normalized = word
    .toLowerCase()
    .replace(/^name\./, '')
    .replaceAll(/[_-]/g, '');
  const found = getOwnValue(removableFields, normalized);
  if (found !== undefined) return found;
  const reason = requiredFields.has(normalized) ? 'it is required' : 'users have no such field';
  throw new TpksError('usage', `${word} cannot be removed: ${reason}`, {
    hint: 'use given_name, family_name, name, phones or externalId',
  });
}
