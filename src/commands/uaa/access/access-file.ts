import * as v from 'valibot';
import {
  problemsOf,
  readInputFile,
  type InputFile,
  type Place,
  type Problem,
} from '../../../input/input-file.js';
import type { AccessClient, AccessUser, AttributeValue, External } from './access.js';
import { clientSchema, groupSchema, userSchema } from './entry-schemas.js';

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

/** @throws {TpksError} `usage` with every line that is wrong. */
function toAccessFile({ path, value, lineOf }: InputFile): AccessFile {
  const problems: Problem[] = [];
  const note = (place: Place, text: string): void => {
    problems.push({ line: lineOf(place), text });
  };
  const file = {
    path,
    lineOf,
    groups: section(value, 'groups', note).map((entry) => toGroup(entry, note)),
    users: section(value, 'users', note).flatMap((entry) => toUsers(entry, note)),
    clients: section(value, 'clients', note).map((entry) => toClient(entry, note)),
  };
  if (isKeyed(value)) {
    for (const key of Object.keys(value).filter((name) => !sections.includes(name))) {
      note([key], `${key} is unknown; known here: ${sections.join(', ')}`);
    }
  } else if (value !== null) {
    note([], `the file must hold ${sections.join(', ')}`);
  }
  if (problems.length > 0) throw problemsOf(path, problems);
  return file;
}

const sections: readonly string[] = ['groups', 'users', 'clients'];

type Note = (place: Place, text: string) => void;

interface Entry extends Placed {
  readonly name: string;
  readonly value: unknown;
}

/** What stands below one of the words at the left margin. */
function section(file: unknown, word: string, note: Note): Entry[] {
  const found = isKeyed(file) && Object.hasOwn(file, word) ? (file[word] ?? {}) : {};
  if (isKeyed(found)) {
    return Object.entries(found).map(([name, value]) => ({
      name,
      // A name with nothing after it is a name all the same.
      value: value ?? {},
      place: [word, name],
    }));
  }
  note([word], `${word} must be names, each with what it is to have`);
  return [];
}

function toGroup({ name, value, place }: Entry, note: Note): FileGroup {
  const found = fitting(groupSchema, value, { place, who: `group ${name}`, note });
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
function toUsers({ name, value, place }: Entry, note: Note): FileUser[] {
  if (!Array.isArray(value)) return [toUser({ name, value, place }, note)];
  return value.map((one: unknown, index) =>
    toUser({ name, value: one, place: [...place, index] }, note),
  );
}

function toUser({ name, value, place }: Entry, note: Note): FileUser {
  const found = fitting(userSchema, value, { place, who: `user ${name}`, note });
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

function toClient({ name: id, value, place }: Entry, note: Note): FileClient {
  const found = fitting(clientSchema, value, { place, who: `client ${id}`, note });
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
  { place, who, note }: Placed & { readonly who: string; readonly note: Note },
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  for (const { path = [], message } of result.issues) {
    const inner = path.map(({ key }) => (typeof key === 'number' ? key : String(key)));
    note([...place, ...inner], `${who}: ${dotted(inner)}${message}`);
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
