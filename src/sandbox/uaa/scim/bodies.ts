import * as v from 'valibot';
import { validate } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { badScimRequestError, scimSchema } from '../errors.js';
import { readScimObject } from '../requests.js';

/** Null counts as missing. */
const optional = <Output>(schema: v.GenericSchema<unknown, Output>) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

/** A text. As in the real server, numbers and booleans are converted to a text. */
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const text = optional(scalar);

/** A text that fits into its database column. */
const column = (maxLength = 255) =>
  optional(v.pipe(scalar, v.maxLength(maxLength, '{name} is too long')));

const flag = optional(
  v.union([
    v.boolean(),
    v.pipe(
      v.string(),
      v.regex(/^(true|false)$/i),
      v.transform((value) => value.toLowerCase() === 'true'),
    ),
  ]),
);

const list = <Output>(item: v.GenericSchema<unknown, Output>) => optional(v.array(item));

const meta = optional(v.object({ version: optional(v.number()), attributes: list(v.string()) }));

const schemas = v.optional(
  v.strictTuple([v.literal(scimSchema)], `Only schema '${scimSchema}' is currently supported`),
);

const user = v.strictObject({
  userName: column(),
  name: optional(v.object({ givenName: column(), familyName: column() })),
  emails: list(v.object({ value: column(), primary: flag })),
  phoneNumbers: list(v.object({ value: column() })),
  externalId: column(),
  password: text,
  origin: column(36),
  salt: column(36),
  active: flag,
  verified: flag,
  meta,
  schemas,
  // These members are in responses, so clients send them back, but a request cannot set them.
  ...Object.fromEntries(
    [
      ...['id', 'groups', 'approvals', 'zoneId', 'passwordLastModified', 'lastLogonTime'],
      ...['previousLogonTime', 'displayName', 'nickName', 'title', 'userType', 'profileUrl'],
      ...['preferredLanguage', 'locale', 'timezone', 'aliasId', 'aliasZid'],
    ].map((name) => [name, v.optional(v.unknown())]),
  ),
});

const member = v.object({
  value: text,
  type: optional(v.picklist(['USER', 'GROUP'])),
  origin: column(36),
  operation: text,
});

/** In a group, the id of a user stands for a member. */
const groupMember = v.union([
  member,
  v.pipe(
    v.string(),
    v.transform((value): MemberInput => ({ value })),
  ),
]);

const group = v.object({
  displayName: column(),
  description: column(),
  members: list(groupMember),
  meta,
  schemas,
});

const mapping = v.object({
  groupId: text,
  displayName: text,
  externalGroup: column(),
  origin: column(36),
  schemas,
});

const passwordChange = v.object({ oldPassword: text, password: text });

const accountStatus = v.object({ locked: flag, passwordChangeRequired: flag });

export type UserInput = v.InferOutput<typeof user>;
export type GroupInput = v.InferOutput<typeof group>;
/** A member in a request. By default, it is a user of the internal store. */
export type MemberInput = v.InferOutput<typeof member>;
export type MappingInput = v.InferOutput<typeof mapping>;

/**
 * Creates a function that reads the body of a request.
 *
 * @throws ErrorResponse 400 `scim` for a body that is not JSON or has an invalid member.
 */
const reader =
  <const Schema extends v.GenericSchema>(schema: Schema) =>
  (request: SandboxRequest): v.InferOutput<Schema> =>
    validate(schema, readScimObject(request), (message) =>
      badScimRequestError(`JSON parse error: ${message}`),
    );

export const readGroup = reader(group);
export const readMember = reader(member);
export const readMapping = reader(mapping);
export const readPasswordChange = reader(passwordChange);
export const readAccountStatus = reader(accountStatus);
export const readUser = reader(user);
