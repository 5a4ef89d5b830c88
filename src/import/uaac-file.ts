import { isAbsolute, resolve } from 'node:path';
import { readCaCert } from '../config/ca-cert.js';
import { hideCredentials, normalizeUaaUrl } from '../contexts/installation.js';
import { formatTrustTargetCommand, type UaaTarget } from '../contexts/targets.js';
import { errorMessage } from '../errors.js';
import { isObject, toPlainText } from '../json-value.js';
import {
  findMember,
  readText,
  stripSymbol,
  type Entry,
  type Member,
  type Reader,
  type UaacDocument,
} from './uaac-members.js';
import { invalidFileError, type OldFile, type OldTarget } from './old-file.js';
import { readOwner, readToken, type OldSession, type OldTokens } from './old-session.js';

/**
 * Reads the content of `~/.uaac.yml`: all targets, and all contexts with their tokens.
 * @param now - used as the issue time of opaque tokens.
 * @throws {TpksError} `usage` with the file and the line if it does not have the format of `uaac`.
 * @see uaac, section 2.1
 */
export function parseUaacFile(document: UaacDocument, now: Date): OldFile {
  const reader: Reader = { ...document, now, problems: [], unusable: [], notes: [] };
  const { path, problems, unusable, notes } = reader;
  const found = Object.entries(document.value).map(([key, value]) =>
    readTarget(key, value, reader),
  );
  if (problems.length > 0) throw invalidFileError(path, problems);
  const usable = found.filter((each) => each !== undefined);
  const current = usable.find(({ target }) => target.isCurrent)?.target;
  return {
    path,
    kind: 'uaac',
    targets: usable.map(({ target }) => ({ ...target, isCurrent: target === current })),
    sessions: usable.flatMap(({ sessions }) => sessions),
    unusable,
    notes,
  };
}

interface FoundTarget {
  readonly target: OldTarget;
  readonly sessions: readonly OldSession[];
}

/** @returns `undefined` for a target that cannot be imported, which has been reported. */
function readTarget(key: string, value: unknown, reader: Reader): FoundTarget | undefined {
  const { path, lineOf, problems, unusable } = reader;
  const line = lineOf([key]);
  const url = stripSymbol(key);
  if (/\s/.test(url)) {
    const text =
      'this key contains a space: a very old version of uaac wrote this file, and later versions cannot read it';
    problems.push({ line, text });
    return undefined;
  }
  if (!isObject(value)) {
    problems.push({ line, text: 'expected the URL of a UAA with its settings' });
    return undefined;
  }
  const entry = { valuePath: [key], members: value };
  const contexts = findMember(entry, 'contexts');
  const { uaa, reason } = parseUrl(url);
  if (uaa === undefined) {
    const hasSessions = isObject(contexts.value) && Object.keys(contexts.value).length > 0;
    unusable.push({ file: path, line, label: hideCredentials(url), reason, hasSessions });
    return undefined;
  }
  const server = readServer(uaa, entry, reader);
  const sessions = readContexts(server, contexts, reader);
  const { session: currentSession } = sessions.find(({ isCurrent }) => isCurrent) ?? {};
  return {
    target: {
      ...server,
      line,
      isCurrent: findMember(entry, 'current').value === true,
      currentSession,
    },
    sessions: sessions.map(({ session }) => session),
  };
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

function readServer(uaa: string, entry: Entry, reader: Reader): UaaTarget {
  const isSkipped = findMember(entry, 'skip_ssl_validation').value === true;
  const caCert = readCa(uaa, findMember(entry, 'ca_cert'), reader);
  // As in `uaa target`, a CA turns off an earlier --skip-ssl-validation, which uaac never removes.
  const skipTlsVerification = isSkipped && caCert === undefined;
  return { uaa, caCert, skipTlsVerification };
}

/** @returns `undefined` if the target has no CA, or if the CA cannot be read, which a note reports. */
function readCa(
  uaa: string,
  { value, valuePath }: Member,
  { path, lineOf, problems, notes }: Reader,
): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const line = lineOf(valuePath);
  if (typeof value !== 'string') {
    problems.push({ line, text: 'ca_cert must be the path of a file' });
    return undefined;
  }
  const isPath = !value.includes('-----BEGIN');
  const position = `${path}, line ${String(line)}`;
  const command = formatTrustTargetCommand(uaa);
  try {
    const caCert = readCaCert(isPath ? resolve(value) : value);
    if (isPath && !isAbsolute(value)) {
      notes.push(
        `${position}: ca_cert is a relative path; the CA was read from ${resolve(value)}. ` +
          `If this is another file, run: ${command}`,
      );
    }
    return caCert;
  } catch (error) {
    const relative = isPath && !isAbsolute(value) ? ' (ca_cert is a relative path)' : '';
    notes.push(
      `${position}: the CA of ${uaa} was not imported: ${errorMessage(error)}${relative}. ` +
        `Import it with: ${command}`,
    );
    return undefined;
  }
}

interface FoundContext {
  readonly session: OldSession;
  readonly isCurrent: boolean;
}

function readContexts(
  server: UaaTarget,
  contexts: Member,
  reader: Reader,
): readonly FoundContext[] {
  const { value, valuePath } = contexts;
  if (value === undefined || value === null) return [];
  if (!isObject(value)) {
    reader.problems.push({ line: reader.lineOf(valuePath), text: 'contexts must be an object' });
    return [];
  }
  return Object.entries(value).flatMap(([key, members]) => {
    const contextPath = [...valuePath, key];
    if (isObject(members)) return readContext(server, { valuePath: contextPath, members }, reader);
    reader.problems.push({ line: reader.lineOf(contextPath), text: 'a context must be an object' });
    return [];
  });
}

function readContext(server: UaaTarget, entry: Entry, reader: Reader): readonly FoundContext[] {
  const { path, lineOf, now, problems, unusable } = reader;
  const label = stripSymbol(String(entry.valuePath.at(-1)));
  const line = lineOf(entry.valuePath);
  const before = problems.length;
  const text = (name: string) => readText(findMember(entry, name), name, reader);
  const accessToken = text('access_token');
  const refreshToken = text('refresh_token');
  const idToken = text('id_token');
  const clientId = text('client_id');
  if (problems.length > before) return [];
  if (accessToken === undefined) {
    unusable.push({ file: path, line, label, reason: 'it has no access token' });
    return [];
  }
  const expiresIn = findMember(entry, 'expires_in').value;
  const tokens: OldTokens = {
    accessToken,
    refreshToken,
    idToken,
    scope: readScope(findMember(entry, 'scope').value),
    expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : undefined,
  };
  const owner = { label, clientId, hasUserId: findMember(entry, 'user_id').value !== undefined };
  const session: OldSession = {
    ...server,
    ...readOwner(tokens, owner),
    file: path,
    line,
    label,
    api: undefined,
    token: readToken(tokens, now),
  };
  return [{ session, isCurrent: findMember(entry, 'current').value === true }];
}

function readScope(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(toPlainText).join(' ');
  return typeof value === 'string' ? value : undefined;
}
