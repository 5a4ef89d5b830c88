import * as v from 'valibot';
import {
  choose,
  nonBlankText,
  flag,
  list,
  notAllowed,
  strictObject,
  wholeNumber,
} from '../input/schema.js';
import { isObject } from '../json-value.js';
import {
  attributeNames,
  clientAttributes,
  maximumLifetimeSeconds,
  type AttributeKind,
  type AttributeValue,
} from '../uaa/client-attributes.js';
import type { SecretSource, UserName } from './model.js';
import { parseSecretSource } from './secrets.js';

const texts = list(nonBlankText, '[one, two]');

const atLeastOne = v.pipe(
  texts,
  v.minLength(1, 'must have at least one entry: the UAA does not store an empty list'),
);

const exactlyOne = v.pipe(
  texts,
  v.length(1, 'must have exactly one entry, because the UAA stores only one'),
);

const seconds = wholeNumber({
  from: 0,
  to: maximumLifetimeSeconds,
  what: 'a whole number of seconds',
  hint: 'remove it to use the default of the UAA',
});

function secretSource(isEmptyAllowed: boolean) {
  const choices = `env:NAME or file:PATH${isEmptyAllowed ? ', or empty' : ''}`;
  const message = `must be ${choices} (the source of the secret, not the secret itself)`;
  return v.pipe(
    v.string(message),
    v.transform(parseSecretSource),
    v.custom<SecretSource>(
      (source) => isObject(source) && (isEmptyAllowed || source['kind'] !== 'empty'),
      message,
    ),
  );
}

/** @param instead - the key that names the source of the secret. */
function rejectSecret(instead: string) {
  return notAllowed(`is not allowed in a file; use ${instead} to specify where to read it`);
}

/** A member as written in a file. */
type UserMember = Pick<UserName, 'user'> & { readonly origin?: string | undefined };

const userName = v.pipe(
  nonBlankText,
  v.transform((user): UserMember => ({ user })),
);
const groupMember = strictObject({ group: nonBlankText }, {});
const userMember = strictObject({ user: nonBlankText, origin: v.optional(nonBlankText) }, {});

const member = choose((value) => {
  if (typeof value !== 'object' || value === null) return userName;
  return Object.hasOwn(value, 'group') ? groupMember : userMember;
});

const external = strictObject({ origin: v.optional(nonBlankText, 'ldap'), name: nonBlankText }, {});

/** The schema of a group in a file. */
export const groupSchema = strictObject(
  {
    description: v.optional(nonBlankText),
    members: v.optional(list(member, '[cody, {user: erin, origin: ldap}]')),
    external: v.optional(list(external, '[{origin: ldap, name: "cn=dev,dc=example,dc=com"}]')),
  },
  {},
);

/** The schema of a user in a file. */
export const userSchema = strictObject(
  {
    emails: v.optional(exactlyOne),
    phones: v.optional(exactlyOne),
    given_name: v.optional(nonBlankText),
    family_name: v.optional(nonBlankText),
    origin: v.optional(nonBlankText, 'uaa'),
    password_from: v.optional(secretSource(false)),
  },
  { password: rejectSecret('password_from') },
);

const attributeSchemas = {
  text: nonBlankText,
  list: texts,
  seconds,
  flag,
  approvals: choose((value) =>
    Array.isArray(value) ? texts : v.boolean('must be true, false, or a list of scopes'),
  ),
  origins: atLeastOne,
} satisfies Readonly<Record<AttributeKind, v.GenericSchema<unknown, AttributeValue>>>;

/** The schema of a client in a file, with the attribute names of `uaac`. */
export const clientSchema = strictObject(
  {
    ...createAttributeEntries(),
    authorized_grant_types: v.optional(atLeastOne),
    secret_from: v.optional(secretSource(true)),
  },
  { secret: rejectSecret('secret_from'), client_secret: rejectSecret('secret_from') },
);

function createAttributeEntries() {
  return Object.fromEntries(
    attributeNames.map((name) => [name, v.optional(attributeSchemas[clientAttributes[name]])]),
  );
}
