import * as v from 'valibot';
import {
  type AttributeKind,
  attributeNames,
  type AttributeValue,
  clientAttributes,
  maximumLifetimeSeconds,
} from '../../api/uaa/client-attributes.js';
import { isObject } from '../../base/json-value.js';
import { type FileInput, readInputFile } from '../../platform/input/input-file.js';
import type { ValuePath } from '../../platform/input/parsed-text.js';
import { createProblems, type InputFile, type Report } from '../../platform/input/problems.js';
import {
  choose,
  flag,
  list,
  nonBlankText,
  notAllowed,
  strictObject,
  wholeNumber,
  convertPart,
} from '../../platform/input/schema.js';
import {
  parseSecretSource,
  type AccessClient,
  type AccessUser,
  type ExternalGroup,
  type SecretSource,
  type UserName,
} from './model.js';

interface Located {
  readonly valuePath: ValuePath;
}

/** A member as written in the file. The origin may be left out if only one user has the name. */
export type FileMember = Located &
  ({ readonly user: string; readonly origin?: string | undefined } | { readonly group: string });

export interface FileGroup extends Located {
  readonly name: string;
  readonly description?: string | undefined;
  readonly members?: readonly FileMember[] | undefined;
  readonly external?: readonly ExternalGroup[] | undefined;
}

export interface FileUser extends Located, AccessUser {}

export interface FileClient extends Located, AccessClient {}

/** An access file that matches the schema. Its names have not been checked against the UAA. */
export interface AccessFile extends Pick<InputFile, 'path' | 'lineOf'> {
  readonly groups: readonly FileGroup[];
  readonly users: readonly FileUser[];
  readonly clients: readonly FileClient[];
}

/** Large enough for an export of several hundred thousand users. */
const maximumFileBytes = 64 * 1024 * 1024;

/** @throws {TpksError} `usage` with every problem in the file, sorted by line */
export async function readAccessFile(file: FileInput): Promise<AccessFile> {
  return toAccessFile(await readInputFile(file, { maximumBytes: maximumFileBytes }));
}

function toAccessFile(input: InputFile): AccessFile {
  const { path, value, lineOf } = input;
  const { report, throwIfAny } = createProblems(input);
  const file = {
    path,
    lineOf,
    groups: readSection(value, 'groups', report).map((entry) => toGroup(entry, report)),
    users: readSection(value, 'users', report).flatMap((entry) => toUsers(entry, report)),
    clients: readSection(value, 'clients', report).map((entry) => toClient(entry, report)),
  };
  if (isObject(value)) {
    for (const key of Object.keys(value).filter((name) => !sections.includes(name))) {
      report([key], `unknown section ${key} (choose from ${sections.join(', ')})`);
    }
  } else if (value !== null) {
    report([], `the file must be an object with ${sections.join(', ')}`);
  }
  throwIfAny();
  return file;
}

const sections: readonly string[] = ['groups', 'users', 'clients'];

interface Entry extends Located {
  readonly name: string;
  readonly value: unknown;
}

function readSection(file: unknown, key: string, report: Report): Entry[] {
  const found = isObject(file) && Object.hasOwn(file, key) ? (file[key] ?? {}) : {};
  if (isObject(found)) {
    return Object.entries(found).map(([name, value]) => ({
      name,
      // An entry can have a name only, without attributes.
      value: value ?? {},
      valuePath: [key, name],
    }));
  }
  report([key], `${key} must be an object whose keys are names`);
  return [];
}

function toGroup({ name, value, valuePath }: Entry, report: Report): FileGroup {
  const part = { valuePath, name: `group ${name}`, report };
  const { description, members, external } = convertPart(groupSchema, value, part) ?? {};
  return {
    name,
    valuePath,
    description,
    external,
    members: members?.map((member, index) => ({
      ...member,
      valuePath: [...valuePath, 'members', index],
    })),
  };
}

/** The value is a list if users with this name exist in several origins. */
function toUsers({ name, value, valuePath }: Entry, report: Report): FileUser[] {
  if (!Array.isArray(value)) return [toUser({ name, value, valuePath }, report)];
  return value.map((one: unknown, index) =>
    toUser({ name, value: one, valuePath: [...valuePath, index] }, report),
  );
}

function toUser({ name, value, valuePath }: Entry, report: Report): FileUser {
  const found = convertPart(userSchema, value, { valuePath, name: `user ${name}`, report });
  const { emails, phones, given_name, family_name, origin = 'uaa', password_from } = found ?? {};
  return {
    user: name,
    origin,
    valuePath,
    emails,
    phones,
    givenName: given_name,
    familyName: family_name,
    passwordFrom: password_from,
  };
}

function toClient({ name: id, value, valuePath }: Entry, report: Report): FileClient {
  const found = convertPart(clientSchema, value, { valuePath, name: `client ${id}`, report });
  const { secret_from: secretFrom, ...rest } = found ?? {};
  const attributes = Object.entries<AttributeValue | undefined>(rest);
  return {
    id,
    valuePath,
    attributes: Object.fromEntries(
      attributes.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    secretFrom,
  };
}

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

const groupSchema = strictObject(
  {
    description: v.optional(nonBlankText),
    members: v.optional(list(member, '[cody, {user: erin, origin: ldap}]')),
    external: v.optional(list(external, '[{origin: ldap, name: "cn=dev,dc=example,dc=com"}]')),
  },
  {},
);

const userSchema = strictObject(
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
const clientSchema = strictObject(
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
