import { invalidScimResourceError, unexpectedScimError } from '../errors.js';
import { hasText } from '../requests.js';
import type { UserInput } from './user-body.js';
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
 * Parses the profile in a request. A missing or blank origin means the internal store.
 *
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 */
export function parseProfile(input: UserInput): Profile {
  validateUser(input);
  return {
    userName: input.userName ?? '',
    givenName: input.name?.givenName ?? undefined,
    familyName: input.name?.familyName ?? undefined,
    email: input.emails?.[0]?.value ?? '',
    phoneNumber: findPhoneNumbers(input)[0]?.value ?? undefined,
    externalId: hasText(input.externalId) ? input.externalId : undefined,
    origin: hasText(input.origin) ? input.origin : 'uaa',
    salt: input.salt ?? undefined,
    active: input.active,
    verified: input.verified,
  };
}

/**
 * Checks the required members of a user.
 *
 * @throws ErrorResponse 400 `invalid_scim_resource`.
 * @see UAA 4.30.0 `ScimUtils`
 */
export function validateUser({ userName, origin, emails }: UserInput): void {
  if (!hasText(userName)) throw invalidScimResourceError('A username must be provided.');
  if (origin === 'uaa' && !userNamePattern.test(userName)) {
    throw invalidScimResourceError(
      `Username must match pattern: ${String.raw`[\p{L}+0-9+\-_.@'!]+`}`,
    );
  }
  if (emails?.length !== 1) throw invalidScimResourceError('Exactly one email must be provided.');
  if (!emails[0]?.value) throw invalidScimResourceError('An email must be provided.');
}

const userNamePattern = /^[\p{L}0-9+\-_.@'!]+$/u;

type PhoneNumber = NonNullable<NonNullable<UserInput['phoneNumbers']>[number]>;

/** @returns the phone numbers that have a value. */
export function findPhoneNumbers(input: Pick<UserInput, 'phoneNumbers'>): readonly PhoneNumber[] {
  return (input.phoneNumbers ?? [])
    .filter((phoneNumber) => phoneNumber !== null)
    .filter(({ value }) => hasText(value));
}

/** Converts a stored user to the form of a request. */
function toUserInput(user: User): UserInput {
  return {
    userName: user.userName,
    name: { givenName: user.givenName ?? null, familyName: user.familyName ?? null },
    emails: hasText(user.email) ? [{ value: user.email, primary: false }] : null,
    phoneNumbers: user.phoneNumber === undefined ? null : [{ value: user.phoneNumber }],
    externalId: user.externalId ?? null,
    password: null,
    origin: user.origin,
    salt: user.salt ?? null,
    displayName: null,
    active: user.active,
    verified: user.verified,
    meta: {},
    approvals: [],
    hasAlias: false,
  };
}

/**
 * Applies a PATCH to a user. The attributes in `meta.attributes` are cleared first, then the other
 * members are merged. As on the real server, `active` and `verified` become true if the PATCH does
 * not contain them, and the email address is replaced only if the new one is primary.
 *
 * @throws ErrorResponse 400 `invalid_scim_resource`; 500 for null in some lists.
 * @see UAA 4.30.0 `ScimUser.patch`
 */
export function applyUserPatch(user: User, patch: UserInput): UserInput {
  if (!patch.meta) throw unexpectedScimError();
  const input = toUserInput(user);
  for (const attribute of patch.meta.attributes ?? []) clearAttribute(input, attribute, patch);
  return {
    ...input,
    userName: patch.userName ?? input.userName,
    name: {
      givenName: patch.name?.givenName ?? input.name?.givenName ?? null,
      familyName: patch.name?.familyName ?? input.name?.familyName ?? null,
    },
    displayName: patch.displayName,
    emails: selectEmail([...(input.emails ?? []), ...(patch.emails ?? [])]),
    phoneNumbers: [...findPhoneNumbers(patch), ...(input.phoneNumbers ?? [])],
    active: patch.active,
    verified: patch.verified,
    hasAlias: patch.hasAlias,
  };
}

function clearAttribute(input: UserInput, attribute: string | null, patch: UserInput): void {
  if (attribute === null) throw unexpectedScimError();
  const name = attribute.toLowerCase();
  if (!clearableAttributes.has(name)) {
    throw invalidScimResourceError(
      `Attribute ${attribute} cannot be removed using "Meta.attributes"`,
    );
  }
  if (name === 'username' && !hasText(patch.userName)) {
    throw invalidScimResourceError('Can not drop username, field is required.');
  }
  if (name === 'emails') input.emails = [];
  if (name === 'phonenumbers') input.phoneNumbers = [];
  if (name === 'name' || name === 'name.givenname') input.name = { ...input.name, givenName: null };
  if (name === 'name' || name === 'name.familyname') {
    input.name = { ...input.name, familyName: null };
  }
}

type Emails = NonNullable<UserInput['emails']>;

/** @returns the primary email, or the first one if none is primary. */
export function findPrimaryEmail(emails: Emails): Emails[number] | undefined {
  return emails.find((email) => email?.primary) ?? emails[0];
}

/** Selects one email if there are several. */
function selectEmail(emails: Emails): Emails {
  if (emails.length < 2) return emails;
  if (emails.includes(null)) throw unexpectedScimError();
  const email = findPrimaryEmail(emails);
  if (email?.value === undefined) {
    throw invalidScimResourceError(
      '[Assertion failed] - this argument is required; it must not be null',
    );
  }
  return [email];
}

const clearableAttributes = new Set([
  ...['username', 'name', 'name.familyname', 'name.givenname', 'name.formatted'],
  ...['name.honorificprefix', 'name.honorificsuffix', 'name.middlename', 'displayname'],
  ...['nickname', 'profileurl', 'title', 'locale', 'timezone', 'emails', 'phonenumbers'],
  ...['preferredlanguage'],
]);
