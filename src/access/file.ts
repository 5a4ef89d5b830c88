import * as v from 'valibot';
import { readInputFile, type InputFile } from '../input/input-file.js';
import { createProblems, type Place, type Report } from '../input/problems.js';
import type { AccessClient, AccessUser, AttributeValue, External } from './model.js';
import { clientSchema, groupSchema, userSchema } from './schemas.js';

/** A part of the file, and where it stands there. */
interface Placed {
  readonly place: Place;
}

/** A member as it is written: without an origin it is the user of that name, if there is one. */
export type FileMember = Placed &
  ({ readonly user: string; readonly origin?: string | undefined } | { readonly group: string });

export interface FileGroup extends Placed {
  readonly name: string;
  readonly description?: string | undefined;
  readonly members?: readonly FileMember[] | undefined;
  readonly external?: readonly External[] | undefined;
}

export interface FileUser extends Placed, AccessUser {}

export interface FileClient extends Placed, AccessClient {}

/** A file of access whose shape is right; whether its names exist only the UAA knows. */
export interface AccessFile extends Pick<InputFile, 'path' | 'lineOf'> {
  readonly groups: readonly FileGroup[];
  readonly users: readonly FileUser[];
  readonly clients: readonly FileClient[];
}

/** Enough for an export of several hundred thousand users. */
const maximumFileBytes = 64 * 1024 * 1024;

/** @throws {TpksError} `usage` with every line that is wrong. */
export async function readAccessFile(path: string): Promise<AccessFile> {
  return toAccessFile(await readInputFile(path, { maximumBytes: maximumFileBytes }));
}

function toAccessFile(input: InputFile): AccessFile {
  const { path, value, lineOf } = input;
  const { report, throwIfAny } = createProblems(input);
  const file = {
    path,
    lineOf,
    groups: section(value, 'groups', report).map((entry) => toGroup(entry, report)),
    users: section(value, 'users', report).flatMap((entry) => toUsers(entry, report)),
    clients: section(value, 'clients', report).map((entry) => toClient(entry, report)),
  };
  if (isKeyed(value)) {
    for (const key of Object.keys(value).filter((name) => !sections.includes(name))) {
      report([key], `${key} is unknown; known here: ${sections.join(', ')}`);
    }
  } else if (value !== null) {
    report([], `the file must hold ${sections.join(', ')}`);
  }
  throwIfAny();
  return file;
}

const sections: readonly string[] = ['groups', 'users', 'clients'];

interface Entry extends Placed {
  readonly name: string;
  readonly value: unknown;
}

/** What stands below one of the words at the left margin. */
function section(file: unknown, word: string, report: Report): Entry[] {
  const found = isKeyed(file) && Object.hasOwn(file, word) ? (file[word] ?? {}) : {};
  if (isKeyed(found)) {
    return Object.entries(found).map(([name, value]) => ({
      name,
      // A name with nothing after it is a name all the same.
      value: value ?? {},
      place: [word, name],
    }));
  }
  report([word], `${word} must be names, each with what it is to have`);
  return [];
}

function toGroup({ name, value, place }: Entry, report: Report): FileGroup {
  const found = fitting(groupSchema, value, { place, who: `group ${name}`, report });
  const { description, members, external } = found ?? {};
  return {
    name,
    place,
    description,
    external,
    members: members?.map((member, index) => ({ ...member, place: [...place, 'members', index] })),
  };
}

/** A name that exists in several origins has a list. */
function toUsers({ name, value, place }: Entry, report: Report): FileUser[] {
  if (!Array.isArray(value)) return [toUser({ name, value, place }, report)];
  return value.map((one: unknown, index) =>
    toUser({ name, value: one, place: [...place, index] }, report),
  );
}

function toUser({ name, value, place }: Entry, report: Report): FileUser {
  const found = fitting(userSchema, value, { place, who: `user ${name}`, report });
  const { emails, phones, given_name, family_name, origin = 'uaa', password_from } = found ?? {};
  return {
    user: name,
    origin,
    place,
    emails,
    phones,
    givenName: given_name,
    familyName: family_name,
    passwordFrom: password_from,
  };
}

function toClient({ name: id, value, place }: Entry, report: Report): FileClient {
  const found = fitting(clientSchema, value, { place, who: `client ${id}`, report });
  const { secret_from: secretFrom, ...rest } = found ?? {};
  const attributes = Object.entries<AttributeValue | undefined>(rest);
  return {
    id,
    place,
    attributes: Object.fromEntries(
      attributes.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    secretFrom,
  };
}

/** @returns `undefined` where something was wrong, which has been noted. */
function fitting<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  { place, who, report }: Placed & { readonly who: string; readonly report: Report },
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  for (const { path = [], message } of result.issues) {
    const inner = path.map(({ key }) => (typeof key === 'number' ? key : String(key)));
    report([...place, ...inner], `${who}: ${dotted(inner)}${message}`);
  }
  return undefined;
}

/** E.g. `members[0].origin `. */
function dotted(place: Place): string {
  if (place.length === 0) return '';
  const words = place.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`));
  return `${words.join('').replace(/^\./, '')} `;
}

function isKeyed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
