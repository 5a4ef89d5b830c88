import * as v from 'valibot';
import { isObject, validate, type JsonObject } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import {
  badScimRequestError,
  scimError,
  scimSchema,
  statusError,
  unexpectedScimError,
} from '../errors.js';
import { readJsonObject, readScimObject } from '../requests.js';

/** Null counts as missing. */
const optional = <Output>(schema: v.GenericSchema<unknown, Output>) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

/** A string. Like the real server, converts numbers and booleans to strings. */
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
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

/** A list, without items that are null. */
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

/** The members of a group can also be given as ids of users. */
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
 *
 * @throws ErrorResponse 400 `scim` for a body that is not JSON or has an invalid member.
 */
const reader =
  <const Schema extends v.GenericSchema>(schema: Schema) =>
  (request: SandboxRequest): v.InferOutput<Schema> =>
    parse(schema, readScimObject(request));

export const readGroup = reader(group);
export const readMember = reader(member);
export const readMapping = reader(mapping);

/** @throws ErrorResponse 415 for another type, or 400, both without a description. */
export function readPasswordChange(request: SandboxRequest): v.InferOutput<typeof passwordChange> {
  return validate(passwordChange, readJsonObject(request), () => statusError(request, 400));
}
export const readAccountStatus = reader(accountStatus);

const userMembers = new Map(Object.keys(user.entries).map((name) => [name.toLowerCase(), name]));

/**
 * Reads a user. The names of its members are case-insensitive.
 *
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

/**
 * Reads the version in the header `If-Match`: a number, with or without quotes.
 *
 * @returns `any` for `*`; undefined if the header is missing.
 * @throws ErrorResponse 400 `scim` for anything else.
 */
export function readIfMatch({ headers }: SandboxRequest): number | 'any' | undefined {
  const header = headers['if-match'];
  if (!header) return undefined;
  const value = header.trim().replace(/^"+|"+$/g, '');
  if (value === '*') return 'any';
  if (/^[+-]?\d{1,9}$/.test(value)) return Number(value);
  throw badScimRequestError(`Invalid version match header (should be a version number): ${header}`);
}

/**
 * Like {@link readIfMatch}, but the header is required.
 *
 * @throws ErrorResponse 400 `scim`.
 */
export function readRequiredIfMatch(request: SandboxRequest): number | 'any' {
  const version = readIfMatch(request);
  if (version === undefined) throw badScimRequestError('Missing If-Match for PUT');
  return version;
}

/** Whether a request is for another version of a resource. */
export function isOtherVersion(
  version: number | 'any' | undefined,
  resource: { readonly version: number },
): boolean {
  return typeof version === 'number' && version !== resource.version;
}

/** @returns the `ETag` of a versioned resource. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${String(version)}"`;
}

/** Creates the error for a request with an outdated version of a user. */
export function staleUserError(
  status: number,
  error: string,
  { id, version }: { readonly id: string; readonly version: number },
  found: number | 'any' | undefined,
): ErrorResponse {
  const versions = `expected=${String(version)} but found=${String(found)}`;
  const message = `Attempt to update a user (${id}) with wrong version: ${versions}`;
  return scimError(status, error, message);
}
