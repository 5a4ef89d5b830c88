import { readInputFile, type FileInput, type InputFile } from '../input/input-file.js';
import { createProblems, type ValuePath, type Report } from '../input/problems.js';
import { convertPart } from '../input/validate.js';
import { isObject } from '../json-value.js';
import type { AttributeValue } from '../uaa/client-attributes.js';
import type { AccessClient, AccessUser, ExternalGroup } from './model.js';
import { clientSchema, groupSchema, userSchema } from './schemas.js';

/** A part of the file and its position. */
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

/** Reads the entries of one section. */
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
