import type { Environment } from '../config/environment.js';
import { locatePksCreds, locateUaacFile } from '../config/folders.js';
import type { KnownInstallations } from '../contexts/installation.js';
import {
  formatBytes,
  isRejectedFileError,
  readTextAsync,
  userFileOptions,
} from '../disk/bounded-read.js';
import { describeDiskError, isMissing } from '../disk/disk-error.js';
import { TpksError } from '../errors.js';
import { createLineFinder } from '../input/input-file.js';
import type { ParsedText, TextProblem } from '../input/parsed-text.js';
import { withoutExcerpt } from '../input/problems.js';
import { parseYaml } from '../input/yaml.js';
import { isObject, type JsonObject } from '../json-value.js';
import { importOtherHint, invalidFileError, type OldFile } from './old-file.js';
import { parsePksFile } from './pks-file.js';
import { parseUaacFile } from './uaac-file.js';

/** A file that was read. The content is kept to detect later changes to the file. */
export interface FileText {
  readonly path: string;
  /** Whether it was read from stdin. */
  readonly isStdin: boolean;
  readonly content: string;
}

export interface FileSource {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly readStdin: () => Promise<string>;
}

/**
 * Reads files of the original CLIs.
 * @param paths - `-` is stdin; if empty, the files that exist at the default locations.
 * @throws {TpksError} `usage` if a path does not exist or is not a text file of limited size; `storage`
 *   if it cannot be read; `notFound` if `paths` is empty and no file exists at the default locations.
 */
export async function readFiles(
  paths: readonly string[],
  source: FileSource,
): Promise<readonly FileText[]> {
  if (paths.length > 0) {
    const files: FileText[] = [];
    for (const path of new Set(paths)) files.push(await readOne(path, source));
    return files;
  }
  const { env, platform } = source;
  const defaults = [locatePksCreds(env, platform), locateUaacFile(env, platform)];
  const found = await Promise.all(defaults.map((path) => readIfExists(path)));
  const files = found.filter((file) => file !== undefined);
  if (files.length > 0) return files;
  throw new TpksError('notFound', `Nothing to import: ${defaults.join(' and ')} do not exist`, {
    hint: 'name the file to import: tpks import FILE',
  });
}

async function readOne(path: string, { readStdin }: FileSource): Promise<FileText> {
  if (path !== '-') return { path, isStdin: false, content: await readContent(path) };
  const content = (await readStdin()).replace(/^\ufeff/, '');
  const { maximumBytes } = userFileOptions;
  if (Buffer.byteLength(content) <= maximumBytes) return { path: 'stdin', isStdin: true, content };
  throw readError('stdin', 'usage', `it is too large (limit ${formatBytes(maximumBytes)})`);
}

async function readIfExists(path: string): Promise<FileText | undefined> {
  try {
    return { path, isStdin: false, content: await readTextAsync(path, userFileOptions) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toReadError(path, error);
  }
}

async function readContent(path: string): Promise<string> {
  try {
    return await readTextAsync(path, userFileOptions);
  } catch (error) {
    throw toReadError(path, error);
  }
}

function toReadError(path: string, error: unknown): TpksError {
  const isUsage = isMissing(error) || isRejectedFileError(error);
  return readError(path, isUsage ? 'usage' : 'storage', describeDiskError(error), error);
}

function readError(
  path: string,
  kind: 'usage' | 'storage',
  reason: string,
  cause?: unknown,
): TpksError {
  const hint =
    kind === 'usage'
      ? importOtherHint
      : 'nothing was imported; change the permissions of the file, or import a copy: tpks import FILE';
  const name = path === '' ? 'a file with an empty name' : path;
  return new TpksError(kind, `Cannot read ${name}: ${reason}`, { hint, cause });
}

/**
 * Parses a file of `pks` or `uaac`. Its content determines which one it is.
 * @param known - known installations, used to look up the UAA of an API.
 * @param now - used as the issue time of opaque tokens.
 * @throws {TpksError} `usage` with the file and the line if it is neither.
 */
export function parseFile(
  { path, content }: FileText,
  known: KnownInstallations,
  now: Date,
): OldFile {
  const lineAt = createLineFinder(content);
  const { value, problems, offsetOf } = parseSafely(content);
  if (problems.length > 0) {
    const safe = problems.map(({ offset, text }) => ({
      line: lineAt(offset),
      text: withoutExcerpt(text),
    }));
    throw invalidFileError(path, safe);
  }
  const lineOf = (valuePath: readonly (string | number)[]) => lineAt(offsetOf(valuePath));
  if (value === null) throw invalidFileError(path, [{ line: 1, text: 'the file is empty' }]);
  const members = isObject(value) ? value : undefined;
  if (members !== undefined && hasAny(members, pksKeys)) {
    const tokenLine = lineOf(['access_token']);
    return parsePksFile({ path, content, tokenLine }, known, now);
  }
  if (members !== undefined && isUaacFile(members)) {
    return parseUaacFile({ path, value: members, lineOf }, now);
  }
  const [firstKey] = Object.keys(members ?? {});
  const line = lineOf(firstKey === undefined ? [] : [firstKey]);
  throw invalidFileError(path, [{ line, text: describeKind(members) }]);
}

const pksKeys = ['api', 'access_token', 'refresh_token', 'skip_ssl_verification'];

/** `uaac` writes an empty object at its first start. A key with a space means that the file is very old. */
function isUaacFile(members: JsonObject): boolean {
  const keys = Object.keys(members);
  return keys.length === 0 || keys.some((key) => /^:?https?:\/\//i.test(key) || /\s/.test(key));
}

/** Files of other programs, recognized by keys that are always present. */
const otherKinds: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['a Kubernetes file, such as a kubeconfig', ['apiVersion', 'kind']],
  ['the configuration of the cf CLI', ['AccessToken', 'ConfigVersion']],
  ['the configuration of the uaa CLI', ['Targets', 'ActiveTargetName']],
];

function describeKind(members: JsonObject | undefined): string {
  const [found] = otherKinds.find(([, keys]) => members && hasAll(members, keys)) ?? [];
  const kind = found === undefined ? '' : `this is ${found}; `;
  return `${kind}expected the creds.yml of pks or the .uaac.yml of uaac`;
}

function hasAny(members: JsonObject, keys: readonly string[]): boolean {
  return keys.some((key) => Object.hasOwn(members, key));
}

function hasAll(members: JsonObject, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(members, key));
}

/** Rejects binary data, which the parser does not support. */
function parseSafely(content: string): ParsedText {
  if (!content.includes('\0')) return parseYaml(content);
  const problem: TextProblem = { offset: content.indexOf('\0'), text: 'this is binary data' };
  return { value: undefined, problems: [problem], offsetOf: () => 0 };
}
