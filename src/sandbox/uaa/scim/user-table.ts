import type { Table } from '../store/columns.js';
import type { User } from '../store/users.js';

/** Columns by which users can be filtered and sorted. */
export const userTable: Table<User> = {
  columns: {
    id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
    version: { type: 'number', getValue: ({ version }) => version },
    created: { type: 'time', getValue: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
    username: { type: 'name', getValue: ({ userName }) => userName, isIndexed: true },
    email: { type: 'text', getValue: ({ email }) => email, isIndexed: true },
    givenname: { type: 'text', getValue: ({ givenName }) => givenName },
    familyname: { type: 'text', getValue: ({ familyName }) => familyName },
    active: { type: 'boolean', getValue: ({ active }) => active },
    phonenumber: { type: 'text', getValue: ({ phoneNumber }) => phoneNumber },
    verified: { type: 'boolean', getValue: ({ verified }) => verified },
    origin: { type: 'text', getValue: ({ origin }) => origin },
    identity_zone_id: { type: 'text', getValue: () => 'uaa' },
    passwd_lastmodified: { type: 'time', getValue: ({ passwordModifiedAt }) => passwordModifiedAt },
    passwd_change_required: {
      type: 'boolean',
      getValue: ({ passwordChangeRequired }) => passwordChangeRequired,
      isUnsortable: true,
    },
    last_logon_success_time: {
      type: 'number',
      getValue: ({ lastLogonAt }) => lastLogonAt,
      isLarge: true,
    },
    previous_logon_success_time: {
      type: 'number',
      getValue: ({ previousLogonAt }) => previousLogonAt,
      isLarge: true,
    },
    password: {
      type: 'text',
      getValue: ({ passwordHash }) => passwordHash,
      isSecret: true,
      isUnsortable: true,
    },
    // Obsolete, because UAA uses groups instead. Every row has the default of the database.
    authorities: {
      type: 'text',
      getValue: () => 'uaa.user',
      isUnsortable: true,
      isUnfilterable: 'except by alias',
    },
    external_id: {
      type: 'text',
      getValue: ({ externalId }) => externalId,
      isUnfilterable: true,
    },
    salt: { type: 'text', getValue: ({ salt }) => salt, isUnfilterable: true },
  },
  aliases: {
    'emails.value': 'email',
    'phoneNumbers.value': 'phonenumber',
    'groups.display': 'authorities',
  },
  database: {
    table: 'users',
    columns: [
      ...['id', 'version', 'created', 'lastModified', 'username', 'email', 'givenName'],
      ...['familyName', 'active', 'phoneNumber', 'verified', 'origin', 'external_id'],
      ...['identity_zone_id', 'salt', 'passwd_lastmodified', 'last_logon_success_time'],
      'previous_logon_success_time',
    ],
  },
};

/** For UAA releases in which users can be found by `external_id`. */
export const userTableWithExternalId: Table<User> = {
  ...userTable,
  columns: {
    ...userTable.columns,
    external_id: { type: 'text', getValue: ({ externalId }) => externalId, isIndexed: true },
  },
};
