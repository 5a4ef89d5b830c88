import { isAbsolute, resolve } from 'node:path';
import { errorMessage } from '../../base/errors.js';
import { isObject, toPlainText, type JsonObject } from '../../base/json-value.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import type { ValuePath } from '../../platform/input/parsed-text.js';
import { hideCredentials, normalizeUaaUrl } from '../contexts/installation.js';
import { formatTrustTargetCommand, type UaaTarget } from '../contexts/targets.js';
import {
  invalidFileError,
  readOwner,
  readToken,
  type OldFile,
  type OldSession,
  type OldTarget,
  type OldTokens,
  type UnusableEntry,
} from './old-session.js';

interface UaacDocument {
  /** The path for messages. */
  readonly path: string;
  readonly value: JsonObject;
  readonly lineOf: (valuePath: ValuePath) => number;
  /** Used as the issue time of opaque tokens. */
  readonly now: Date;
}

/** A document, and what was found in it. */
interface Reader extends UaacDocument {
  readonly sessions: OldSession[];
  readonly unusable: UnusableEntry[];
  readonly notes: string[];
}

/** An object in the file. */
interface Entry {
  readonly valuePath: ValuePath;
  readonly members: JsonObject;
}

/**
 * Reads the content of `~/.uaac.yml`: all targets, and all contexts with their tokens.
 * @throws {TpksError} `usage` with the file and the line if it does not have the format of `uaac`.
 * @see uaac, section 2.1
 */
export function parseUaacFile(document: UaacDocument): OldFile {
  const reader: Reader = { ...document, sessions: [], unusable: [], notes: [] };
  const { sessions, unusable, notes } = reader;
  const targets = Object.keys(document.value).flatMap((url) => readTarget(url, reader) ?? []);
  const current = targets.find(({ isCurrent }) => isCurrent);
  return {
    targets: targets.map((target) => ({ ...target, isCurrent: target === current })),
    sessions,
    unusable,
    notes,
  };
}

/** @returns `undefined` for a target that cannot be imported, which has been reported. */
function readTarget(url: string, reader: Reader): OldTarget | undefined {
  const { path, value, lineOf, sessions, unusable } = reader;
  const line = lineOf([url]);
  const target = readEntry({ valuePath: [], members: value }, url, reader);
  const contexts = readEntry(target, 'contexts', reader);
  const labels = Object.keys(contexts.members);
  const { uaa, reason } = parseUrl(url);
  if (uaa === undefined) {
    const label = hideCredentials(url);
    unusable.push({ file: path, line, label, reason, hasSessions: labels.length > 0 });
    return undefined;
  }
  const caCert = readCa(uaa, target, reader);
  // As in `uaa target`, a CA turns off an earlier --skip-ssl-validation, which uaac never removes.
  const skipTlsVerification =
    target.members['skip_ssl_validation'] === true && caCert === undefined;
  let currentSession: OldSession | undefined;
  for (const label of labels) {
    const context = readEntry(contexts, label, reader);
    const session = readSession({ uaa, caCert, skipTlsVerification }, label, context, reader);
    if (session === undefined) continue;
    sessions.push(session);
    if (context.members['current'] === true) currentSession ??= session;
  }
  const isCurrent = target.members['current'] === true;
  return { uaa, caCert, skipTlsVerification, line, isCurrent, currentSession };
}

/** @returns the object under a key; an empty one if it is absent or null. */
function readEntry({ valuePath, members }: Entry, key: string, { path, lineOf }: Reader): Entry {
  const entryPath = [...valuePath, key];
  const value = Object.hasOwn(members, key) ? (members[key] ?? {}) : {};
  if (isObject(value)) return { valuePath: entryPath, members: value };
  const name = valuePath.length === 0 ? 'a target' : key === 'contexts' ? key : 'a context';
  throw invalidFileError(path, lineOf(entryPath), `${name} must be an object`);
}

function parseUrl(
  url: string,
): { readonly uaa: string; readonly reason?: undefined } | { uaa?: undefined; reason: string } {
  if (/^http:\/\//i.test(url)) return { reason: 'only https is supported' };
  try {
    return { uaa: normalizeUaaUrl(url) };
  } catch {
    return { reason: 'this is not the URL of a UAA' };
  }
}

/** @returns `undefined` if the target has no CA, or if the CA cannot be read, which a note reports. */
function readCa(uaa: string, target: Entry, reader: Reader): string | undefined {
  const value = readText(target, 'ca_cert', reader);
  if (value === undefined) return undefined;
  const isRelative = !value.includes('-----BEGIN') && !isAbsolute(value);
  const line = reader.lineOf([...target.valuePath, 'ca_cert']);
  const addNote = (text: string) =>
    reader.notes.push(
      `${reader.path}, line ${String(line)}: ${text}: ${formatTrustTargetCommand(uaa)}`,
    );
  try {
    const caCert = readCaCert(value);
    if (isRelative) {
      addNote(
        `ca_cert is a relative path; the CA was read from ${resolve(value)}. ` +
          'If this is another file, run',
      );
    }
    return caCert;
  } catch (error) {
    const relative = isRelative ? ' (ca_cert is a relative path)' : '';
    addNote(`the CA of ${uaa} was not imported: ${errorMessage(error)}${relative}. Import it with`);
    return undefined;
  }
}

/** @returns `undefined` for a context without a token, which has been reported. */
function readSession(
  server: UaaTarget,
  label: string,
  context: Entry,
  reader: Reader,
): OldSession | undefined {
  const { path, lineOf, now, unusable } = reader;
  const line = lineOf(context.valuePath);
  const accessToken = readText(context, 'access_token', reader);
  if (accessToken === undefined) {
    unusable.push({ file: path, line, label, reason: 'it has no access token' });
    return undefined;
  }
  const { scope, expires_in: expiresIn, user_id: userId } = context.members;
  const tokens: OldTokens = {
    accessToken,
    refreshToken: readText(context, 'refresh_token', reader),
    idToken: readText(context, 'id_token', reader),
    scope: Array.isArray(scope) ? scope.map(toPlainText).join(' ') : toText(scope),
    expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : undefined,
  };
  const clientId = readText(context, 'client_id', reader);
  return {
    ...server,
    ...readOwner(tokens, { label, clientId, hasUserId: userId !== undefined }),
    file: path,
    line,
    label,
    api: undefined,
    token: readToken(tokens, now),
  };
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** @returns `undefined` if the text is absent or empty. */
function readText(
  { valuePath, members }: Entry,
  name: string,
  { path, lineOf }: Reader,
): string | undefined {
  const value = members[name];
  if (value === undefined || value === null || value === '') return undefined;
  const line = lineOf([...valuePath, name]);
  if (typeof value !== 'string') throw invalidFileError(path, line, `${name} must be a string`);
  // Spaces or line breaks could add a header to a request. @see RFC 6750, section 2.1
  if (!name.endsWith('_token') || /^[\x21-\x7e]*$/.test(value)) return value;
  const text = `${name} contains characters that are not allowed in a token`;
  throw invalidFileError(path, line, text);
}
