import type { JsonObject } from '../../body.js';
import { scimSchema } from '../errors.js';
import type { Realm } from '../realm.js';
import { hasText } from '../requests.js';
import { approvalToJson } from '../store/approvals.js';
import type { Table } from '../store/query.js';
import type { User } from '../store/users.js';

/** Converts a user for a response, without groups and approvals. Undefined fields are not sent. */
export function userToJson(user: User, { zone }: Realm): JsonObject {
  return {
    id: user.id,
    externalId: user.externalId,
    meta: {
      version: user.version,
      created: new Date(user.createdAt).toISOString(),
      lastModified: new Date(user.modifiedAt).toISOString(),
    },
    userName: user.userName,
    name: { familyName: user.familyName, givenName: user.givenName },
    emails: hasText(user.email) ? [{ value: user.email, primary: false }] : undefined,
    phoneNumbers: user.phoneNumber === undefined ? undefined : [{ value: user.phoneNumber }],
    active: user.active,
    verified: user.verified,
    origin: user.origin,
    zoneId: zone.id,
    salt: user.salt,
    passwordLastModified: new Date(user.passwordModifiedAt).toISOString(),
    previousLogonTime: user.previousLogonAt,
    lastLogonTime: user.lastLogonAt,
    schemas: [scimSchema],
  };
}

/** Returns the groups of a user for a response. */
export function listUserGroups({ id }: User, { state }: Realm): readonly JsonObject[] {
  return state.groups.findUserGroups(id).map(({ group, kind }) => ({
    value: group.id,
    display: group.displayName,
    type: kind,
  }));
}

/** Returns the approvals of a user for a response, except for those that have expired. */
export function listUserApprovals({ id }: User, { state }: Realm): readonly JsonObject[] {
  return state.approvals
    .findByUser(id)
    .filter(({ expiresAt }) => expiresAt > state.now())
    .map(approvalToJson);
}

const userName = {
  type: 'text',
  getValue: (user: User) => user.userName,
  isIndexed: true,
} as const;
const email = { type: 'text', getValue: (user: User) => user.email, isIndexed: true } as const;
const phoneNumber = { type: 'text', getValue: (user: User) => user.phoneNumber } as const;

/** Columns by which users can be filtered and sorted. */
export const userTable: Table<User> = {
  id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
  version: { type: 'number', getValue: ({ version }) => version },
  created: { type: 'time', getValue: ({ createdAt }) => createdAt },
  lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
  username: userName,
  email,
  'emails.value': email,
  givenname: { type: 'text', getValue: ({ givenName }) => givenName },
  familyname: { type: 'text', getValue: ({ familyName }) => familyName },
  active: { type: 'boolean', getValue: ({ active }) => active },
  phonenumber: phoneNumber,
  'phonenumbers.value': phoneNumber,
  verified: { type: 'boolean', getValue: ({ verified }) => verified },
  origin: { type: 'text', getValue: ({ origin }) => origin },
  // As in the real server, this is an obsolete column, and not the user's groups.
  'groups.display': { type: 'text', getValue: () => 'uaa.user' },
  // The zones of the sandbox have separate lists.
  identity_zone_id: { type: 'text', getValue: () => 'uaa' },
  passwd_lastmodified: { type: 'time', getValue: ({ passwordModifiedAt }) => passwordModifiedAt },
  last_logon_success_time: { type: 'number', getValue: ({ lastLogonAt }) => lastLogonAt },
  previous_logon_success_time: {
    type: 'number',
    getValue: ({ previousLogonAt }) => previousLogonAt,
  },
};

/** For UAA releases in which users can be found by `external_id`. */
export const userTableWithExternalId: Table<User> = {
  ...userTable,
  external_id: { type: 'text', getValue: ({ externalId }) => externalId, isIndexed: true },
};
