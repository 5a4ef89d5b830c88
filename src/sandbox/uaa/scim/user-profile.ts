import { invalidScimResourceError } from './error.js';
import type { UserInput } from './user-json.js';
import type { User } from '../store/users.js';

/** The fields of a user that a request can set, except the password. */
export type Profile = Pick<
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
 * Parses the profile in a POST or PUT. By default, `active` and `verified` are true, the origin is the
 * internal store, and the other optional fields are empty.
 *
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 */
export function parseProfile(input: UserInput): Profile {
  const { userName = '', emails = [], active = true, verified = true } = input;
  const origin = input.origin || 'uaa';
  if (userName === '') throw invalidScimResourceError('A username must be provided.');
  if (origin === 'uaa' && !userNamePattern.test(userName)) {
    throw invalidScimResourceError(
      `Username must match pattern: ${String.raw`[\p{L}+0-9+\-_.@'!]+`}`,
    );
  }
  const [email] = emails;
  if (!email || emails.length > 1) {
    throw invalidScimResourceError('Exactly one email must be provided.');
  }
  if (!email.value) throw invalidScimResourceError('An email must be provided.');
  return {
    userName,
    givenName: input.name?.givenName,
    familyName: input.name?.familyName,
    email: email.value,
    phoneNumber: input.phoneNumber || undefined,
    externalId: input.externalId || undefined,
    origin,
    salt: input.salt,
    active,
    verified,
  };
}

const userNamePattern = /^[\p{L}0-9+\-_.@'!]+$/u;

/**
 * Applies a PATCH to a user. The attributes in `meta.attributes` are cleared first, then the other
 * fields are merged. As on the real server, `active` and `verified` become true if the PATCH does not
 * contain them, and the email address is replaced only if the new one is primary.
 *
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 */
export function applyUserPatch(user: User, patch: UserInput): UserInput {
  const cleared = new Set(patch.clearedAttributes.map((name) => name.toLowerCase()));
  const notClearable = patch.clearedAttributes.find(
    (name) => !clearableAttributes.has(name.toLowerCase()),
  );
  if (notClearable !== undefined) {
    throw invalidScimResourceError(
      `Attribute ${notClearable} cannot be removed using "Meta.attributes"`,
    );
  }
  if (cleared.has('username') && patch.userName === undefined) {
    throw invalidScimResourceError('Can not drop username, field is required.');
  }
  const isNameCleared = cleared.has('name');
  const givenName = isNameCleared || cleared.has('name.givenname') ? undefined : user.givenName;
  const familyName = isNameCleared || cleared.has('name.familyname') ? undefined : user.familyName;
  const emails = cleared.has('emails') ? [] : [{ value: user.email, primary: false }];
  return {
    userName: patch.userName ?? user.userName,
    name: {
      givenName: patch.name?.givenName ?? givenName,
      familyName: patch.name?.familyName ?? familyName,
    },
    emails: selectEmail([...emails, ...(patch.emails ?? [])]),
    phoneNumber: patch.phoneNumber ?? (cleared.has('phonenumbers') ? undefined : user.phoneNumber),
    externalId: user.externalId,
    password: undefined,
    origin: user.origin,
    salt: user.salt,
    active: patch.active,
    verified: patch.verified,
    clearedAttributes: [],
  };
}

type Emails = NonNullable<UserInput['emails']>;

function selectEmail(emails: Emails): Emails {
  const email = emails.find(({ primary }) => primary) ?? emails[0];
  return email ? [email] : [];
}

const clearableAttributes = new Set([
  ...['username', 'name', 'name.familyname', 'name.givenname', 'name.formatted'],
  ...['name.honorificprefix', 'name.honorificsuffix', 'name.middlename', 'displayname'],
  ...['nickname', 'profileurl', 'title', 'locale', 'timezone', 'emails', 'phonenumbers'],
  ...['usertype', 'preferredlanguage'],
]);
