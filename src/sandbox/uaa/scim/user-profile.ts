import type { JsonObject } from '../../json.js';
import { ErrorResponse, json } from '../../router.js';
import { invalidScimResourceError, scimError, scimNotFoundError } from '../errors.js';
import type { Realm } from '../realm.js';
import { hasText } from '../requests.js';
import { approvalToJson } from '../store/approvals.js';
import type { User } from '../store/identities.js';
import type { Table } from '../store/query.js';
import type { State } from '../store/state.js';
import { scimSchema, type UserInput } from './requests.js';

/** @throws ErrorResponse 404 if the user does not exist. */
export function findUser({ users }: State, id: string): User {
  const user = users.get(id);
  if (!user) throw scimNotFoundError('User', id);
  return user;
}

/** The fields of a user that a request can set, except the password. */
type Profile = Pick<
  User,
  | 'userName'
  | 'givenName'
  | 'familyName'
  | 'email'
  | 'phoneNumber'
  | 'externalId'
  | 'origin'
  | 'salt'
  | 'active'
  | 'verified'
>;

/**
 * Checks the members of a user in a request.
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 * @see UAA 77 `ScimUtils`
 */
export function readProfile(input: UserInput, origin: string): Profile {
  const { userName, name, emails, externalId } = input;
  if (!hasText(userName)) throw invalidScimResourceError('A username must be provided.');
  if (origin === 'uaa' && !/^[\p{L}0-9+\-_.@'!]+$/u.test(userName)) {
    throw invalidScimResourceError(String.raw`Username must match pattern: [\p{L}+0-9+\-_.@'!]+`);
  }
  if (emails?.length !== 1) throw invalidScimResourceError('Exactly one email must be provided.');
  const email = emails[0]?.value;
  if (!email) throw invalidScimResourceError('An email must be provided.');
  return {
    userName,
    givenName: name?.givenName,
    familyName: name?.familyName,
    email,
    phoneNumber: findPhoneNumber(input),
    externalId: hasText(externalId) ? externalId : undefined,
    origin,
    salt: input.salt,
    active: input.active ?? true,
    verified: input.verified ?? true,
  };
}

function findPhoneNumber({ phoneNumbers = [] }: UserInput): string | undefined {
  return phoneNumbers.map(({ value }) => value).find(hasText);
}

/**
 * Checks a password against UAA's default policy: 1 to 255 characters.
 * @throws ErrorResponse 400 `invalid_password`.
 */
export function checkPassword(password: string): void {
  if (password === '') {
    throw invalidPasswordError('Password must be at least 1 characters in length.');
  }
  if (password.length > 255) {
    throw invalidPasswordError('Password must be no more than 255 characters in length.');
  }
}

export function invalidPasswordError(message: string, status = 400): ErrorResponse {
  return scimError(status, 'invalid_password', message);
}

/** Converts a stored user to the format of a request. */
function toUserInput(user: User): UserInput {
  return {
    ...user,
    name: { givenName: user.givenName, familyName: user.familyName },
    emails: [{ value: user.email }],
    phoneNumbers: [{ value: user.phoneNumber }],
  };
}

/**
 * Applies a PATCH to a user. The attributes in `meta.attributes` are cleared first, then the other
 * members are merged. As on the real server, `active` and `verified` become true if the PATCH does
 * not contain them, and the email address is replaced only if the new one is primary.
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 * @see UAA 77 `ScimUser.patch`
 */
export function applyUserPatch(user: User, patch: UserInput): UserInput {
  const clearedNames = (patch.meta?.attributes ?? []).map((name) => name.toLowerCase());
  const unknown = clearedNames.find((name) => !clearableAttributes.includes(name));
  if (unknown !== undefined) {
    throw invalidScimResourceError(
      `Attribute ${unknown} cannot be removed using "Meta.attributes"`,
    );
  }
  if (clearedNames.includes('username') && !hasText(patch.userName)) {
    throw invalidScimResourceError('Can not drop username, field is required.');
  }
  const { name, phoneNumbers, emails, userName, externalId, salt } = toUserInput(user);
  const isCleared = (attribute: string) => clearedNames.includes(attribute);
  const getOldName = (part: 'givenName' | 'familyName') =>
    isCleared('name') || isCleared(`name.${part.toLowerCase()}`) ? undefined : name?.[part];
  const allEmails = [...(isCleared('emails') ? [] : (emails ?? [])), ...(patch.emails ?? [])];
  const email = findPrimaryEmail(allEmails);
  return {
    userName: patch.userName ?? userName,
    name: {
      givenName: patch.name?.givenName ?? getOldName('givenName'),
      familyName: patch.name?.familyName ?? getOldName('familyName'),
    },
    emails: email && [email],
    phoneNumbers: [
      ...(patch.phoneNumbers ?? []),
      ...(isCleared('phonenumbers') ? [] : (phoneNumbers ?? [])),
    ],
    externalId,
    salt,
    origin: user.origin,
    active: patch.active,
    verified: patch.verified,
  };
}

const clearableAttributes: readonly string[] = [
  'username',
  'name',
  'name.familyname',
  'name.givenname',
  'emails',
  'phonenumbers',
  // These attributes are not stored.
  'name.formatted',
  'name.honorificprefix',
  'name.honorificsuffix',
  'name.middlename',
  'displayname',
  'nickname',
  'profileurl',
  'title',
  'locale',
  'timezone',
  'preferredlanguage',
];

function findPrimaryEmail(emails: NonNullable<UserInput['emails']>) {
  return emails.find(({ primary }) => primary) ?? emails[0];
}

/**
 * Checks that users who edit their own account without another permission change only their names.
 * @throws ErrorResponse 403 `invalid_self_edit`.
 * @see UAA 77 `ScimUserUpdateDiff`
 */
export function checkSelfEdit(user: User, input: UserInput): void {
  const isUnchanged =
    user.origin === 'uaa' &&
    (input.origin || 'uaa') === user.origin &&
    findPrimaryEmail(input.emails ?? [])?.value === user.email &&
    findPhoneNumber(input) === user.phoneNumber &&
    (input.externalId || undefined) === user.externalId &&
    input.salt === user.salt &&
    input.userName === user.userName &&
    (input.verified ?? true) === user.verified &&
    (input.active ?? true) === user.active;
  if (isUnchanged) return;
  const body = {
    error: 'invalid_self_edit',
    error_description: 'Users may change only their own givenName and familyName.',
  };
  throw new ErrorResponse(json(403, body));
}

/** Formats a user for a response, without groups and approvals. Undefined fields are not sent. */
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

export function listUserGroups({ id }: User, { state }: Realm): readonly JsonObject[] {
  return state.groups
    .findUserGroups(id)
    .map(({ group, kind }) => ({ value: group.id, display: group.displayName, type: kind }));
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
  // Each zone has its own list.
  identity_zone_id: { type: 'text', getValue: () => 'uaa' },
  passwd_lastmodified: { type: 'time', getValue: ({ passwordModifiedAt }) => passwordModifiedAt },
  last_logon_success_time: { type: 'number', getValue: ({ lastLogonAt }) => lastLogonAt },
  previous_logon_success_time: {
    type: 'number',
    getValue: ({ previousLogonAt }) => previousLogonAt,
  },
};

/** For UAA releases that can filter users by `external_id`. */
export const userTableWithExternalId: Table<User> = {
  ...userTable,
  external_id: { type: 'text', getValue: ({ externalId }) => externalId, isIndexed: true },
};
