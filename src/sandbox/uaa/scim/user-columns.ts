import { rejectedValueError, tooLongProblem } from './database-error.js';
import type { Profile } from './user-profile.js';

const fields =
  'id,version,created,lastModified,username,email,givenName,familyName,active,phoneNumber,' +
  'verified,origin,external_id,identity_zone_id,salt,passwd_lastmodified,' +
  'last_logon_success_time,previous_logon_success_time';

/** The statement that creates a user. */
export const insertStatement = `insert into users (${fields},password) values (${Array(19).fill('?').join(',')})`;

/** The statement that updates a user. */
export const updateStatement =
  'update users set version=?, lastModified=?, userName=?, email=?, givenName=?, familyName=?, ' +
  'active=?, phoneNumber=?, verified=?, origin=?, external_id=?, salt=? ' +
  'where id=? and version=? and identity_zone_id=?';

/** In the order of the database table, because only the first text that is too long is reported. */
const columns: readonly (readonly [name: string, field: keyof Profile, maxLength: number])[] = [
  ['USERNAME', 'userName', 255],
  ['EMAIL', 'email', 255],
  ['GIVENNAME', 'givenName', 255],
  ['FAMILYNAME', 'familyName', 255],
  ['PHONENUMBER', 'phoneNumber', 255],
  ['ORIGIN', 'origin', 36],
  ['EXTERNAL_ID', 'externalId', 255],
  ['SALT', 'salt', 36],
];

/**
 * Checks that the database can store a user.
 *
 * @throws ErrorResponse 400 `scim` for a text that is longer than its column.
 */
export function checkColumns(profile: Profile, statement: string): void {
  for (const [column, field, maxLength] of columns) {
    if (String(profile[field] ?? '').length <= maxLength) continue;
    const isInsert = statement === insertStatement;
    throw rejectedValueError(statement, tooLongProblem('USERS', isInsert ? column : undefined));
  }
}
