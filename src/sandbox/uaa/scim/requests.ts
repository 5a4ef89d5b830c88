import * as v from 'valibot';
import { isObject, validate, type JsonObject } from '../../json.js';
import type { SandboxRequest } from '../../router.js';
import { badScimRequestError, statusError, unexpectedScimError } from '../errors.js';
import { readJsonObject, readScimObject, scalar } from '../requests.js';

/** URN of the schema of users, groups and their lists. */
export const scimSchema = 'urn:scim:schemas:core:1.0';

/** Treats null as missing. */
const optional = <Output>(schema: v.GenericSchema<unknown, Output>) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

const text = optional(scalar);

/** A string that fits into its database column. */
const column = (maxLength = 255) =>
  optional(v.pipe(scalar, v.maxLength(maxLength, '{name} is too long')));

const flag = optional(
  v.union([
    v.boolean(),
    v.pipe(
      v.number(),
      v.integer(),
      v.transform((value) => value !== 0),
    ),
    v.pipe(
      v.string(),
      v.regex(/^\s*(true|false)\s*$/i),
      v.transform((value) => value.trim().toLowerCase() === 'true'),
    ),
  ]),
);

const integer = optional(
  v.pipe(
    scalar,
    v.regex(/^-?\d{0,9}(\.\d+)?$/),
    v.transform((value) => Math.trunc(Number(value))),
  ),
);

const date = optional(v.pipe(scalar, v.regex(/^\d+-\d+-\d+T[\d:]+\.\d+Z/)));

/** A list. Items that are null are removed. */
const list = <Output>(item: v.GenericSchema<unknown, Output>) =>
  optional(
    v.pipe(
      v.array(optional(item)),
      v.transform((items) => items.filter((value) => value !== undefined)),
    ),
  );

const anything = v.optional(v.unknown());

/** An object. Other members are ignored. */
const record = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<JsonObject>(isObject), v.object(entries));

const meta = optional(
  record({ version: integer, created: date, lastModified: date, attributes: list(scalar) }),
);

const schemas = v.optional(
  v.strictTuple([v.literal(scimSchema)], `Only schema '${scimSchema}' is currently supported`),
);

const user = v.strictObject({
  userName: column(),
  name: optional(record({ givenName: column(), familyName: column() })),
  emails: list(record({ value: v.optional(v.pipe(scalar, v.maxLength(255))), primary: flag })),
  phoneNumbers: list(record({ value: column() })),
  externalId: column(),
  password: text,
  origin: column(36),
  salt: column(36),
  active: flag,
  verified: flag,
  meta,
  schemas,
  // These members are in responses, so clients send them back, but a request cannot set them.
  id: text,
  zoneId: text,
  groups: list(record({})),
  approvals: list(record({})),
  passwordLastModified: date,
  lastLogonTime: anything,
  previousLogonTime: anything,
  // These members are not stored.
  displayName: text,
  nickName: text,
  title: text,
  userType: text,
  profileUrl: text,
  preferredLanguage: text,
  locale: text,
  timezone: text,
  aliasId: text,
  aliasZid: text,
});

const member = record({
  value: text,
  type: optional(v.picklist(['USER', 'GROUP'])),
  origin: v.optional(v.pipe(scalar, v.maxLength(36))),
  operation: text,
});

/** A member, or only the ID of a user. */
const groupMember = v.union([
  member,
  v.pipe(
    v.string(),
    v.transform((value): MemberInput => ({ value })),
  ),
]);

const group = record({
  displayName: column(),
  description: column(),
  members: list(groupMember),
  meta,
  schemas,
  id: text,
  zoneId: text,
  externalId: text,
});

const mapping = record({
  groupId: text,
  displayName: text,
  externalGroup: column(),
  origin: column(36),
  schemas,
});

const passwordChange = record({ oldPassword: text, password: text });

const accountStatus = record({ locked: flag, passwordChangeRequired: flag });

export type UserInput = v.InferOutput<typeof user>;
export type GroupInput = v.InferOutput<typeof group>;
/** A member in a request. By default, it is a user of the internal store. */
export type MemberInput = v.InferOutput<typeof member>;
export type MappingInput = v.InferOutput<typeof mapping>;

/** @throws ErrorResponse 400 `scim` for an invalid member. */
const parse = <const Schema extends v.GenericSchema>(
  schema: Schema,
  value: JsonObject,
): v.InferOutput<Schema> =>
  validate(schema, value, (message) => badScimRequestError(`JSON parse error: ${message}`));

/**
 * Creates a function that reads the body of a request.
 * @throws ErrorResponse 400 `scim` for a body that is not JSON or has an invalid member.
 */
const createReader =
  <const Schema extends v.GenericSchema>(schema: Schema) =>
  (request: SandboxRequest): v.InferOutput<Schema> =>
    parse(schema, readScimObject(request));

export const readGroup = createReader(group);
export const readMember = createReader(member);
export const readMapping = createReader(mapping);
export const readAccountStatus = createReader(accountStatus);

/** @throws ErrorResponse 415 for another type, or 400, both without a description. */
export function readPasswordChange(request: SandboxRequest): v.InferOutput<typeof passwordChange> {
  return validate(passwordChange, readJsonObject(request), () => statusError(request, 400));
}

const userMembers = new Map(Object.keys(user.entries).map((name) => [name.toLowerCase(), name]));

/**
 * Reads a user. The names of its members are case-insensitive.
 * @throws ErrorResponse 400 `scim` for an invalid member, or 500 for null, like the real server.
 */
export function readUser(request: SandboxRequest): UserInput {
  const entries = Object.entries(readScimObject(request)).map(
    ([name, value]) => [userMembers.get(name.toLowerCase()) ?? name, value] as const,
  );
  const members = Object.fromEntries(entries);
  const required = ['active', 'verified', 'meta', 'emails', 'groups', 'approvals'];
  if (required.some((name) => members[name] === null)) throw unexpectedScimError();
  return parse(user, members);
}
