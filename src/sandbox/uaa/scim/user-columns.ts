import type { Table } from '../store/columns.js';
import type { User } from '../store/users.js';

/** Columns for filters and orders of users. */
export const userTable: Table<User> = {
  columns: {
    id: { type: 'text', of: ({ id }) => id, indexed: true },
    version: { type: 'number', of: ({ version }) => version },
    created: { type: 'time', of: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', of: ({ modifiedAt }) => modifiedAt },
    username: { type: 'name', of: ({ userName }) => userName, indexed: true },
    email: { type: 'text', of: ({ email }) => email, indexed: true },
    givenname: { type: 'text', of: ({ givenName }) => givenName },
    familyname: { type: 'text', of: ({ familyName }) => familyName },
    active: { type: 'boolean', of: ({ active }) => active },
    phonenumber: { type: 'text', of: ({ phoneNumber }) => phoneNumber },
    verified: { type: 'boolean', of: ({ verified }) => verified },
    origin: { type: 'text', of: ({ origin }) => origin },
    identity_zone_id: { type: 'text', of: () => 'uaa' },
    passwd_lastmodified: { type: 'time', of: ({ passwordModifiedAt }) => passwordModifiedAt },
    passwd_change_required: {
      type: 'boolean',
      of: ({ passwordChangeRequired }) => passwordChangeRequired,
    },
    last_logon_success_time: { type: 'number', of: ({ lastLogonAt }) => lastLogonAt },
    previous_logon_success_time: { type: 'number', of: ({ previousLogonAt }) => previousLogonAt },
    password: {
      type: 'text',
      of: ({ passwordHash }) => passwordHash,
      secret: true,
      unsortable: true,
    },
    // From before there were groups; empty for new users.
    authorities: { type: 'text', of: () => '' },
  },
  aliases: {
    'emails.value': 'email',
    'phonenumbers.value': 'phonenumber',
    'groups.display': 'authorities',
  },
};

/** For releases that can find users by `external_id`. */
export const laterUserTable: Table<User> = {
  ...userTable,
  columns: {
    ...userTable.columns,
    external_id: { type: 'text', of: ({ externalId }) => externalId, indexed: true },
  },
};
