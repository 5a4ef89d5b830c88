import { isAbsolute, resolve } from 'node:path';
import { errorMessage, isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { isObject, toPlainText, type JsonObject } from '../../base/json-value.js';
import {
  type Environment,
  locatePksCreds,
  locateUaacFile,
} from '../../platform/config/environment.js';
import {
  isRejectedFileError,
  readTextAsync,
  userFileOptions,
} from '../../platform/disk/bounded-read.js';
import { describeDiskError, isMissing } from '../../platform/disk/disk-error.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import { type ValuePath, createLineFinder } from '../../platform/input/parsed-text.js';
import { parseYaml } from '../../platform/input/yaml.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import { parsePksCreds } from '../auth/pks-creds-file.js';
import {
  findUaas,
  hideCredentials,
  normalizeUaaUrl,
  parseInstallation,
  type Installation,
  type KnownInstallations,
} from '../contexts/installation.js';
import { formatTrustTargetCommand } from '../contexts/login-command.js';
import type { UaaTarget } from '../contexts/targets.js';
import {
  importOtherHint,
  invalidFileError,
  readOwner,
  readToken,
  type OldFile,
  type OldSession,
  type OldTarget,
  type OldTokens,
  type UnusableEntry,
} from './original-session.js';

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
 * @param paths - `-` is stdin; if empty, the files that exist at the default locations.
 * @throws {TpksError} `usage` for a missing path or one that is not a text file of limited size;
 *   `storage`; `notFound` if `paths` is empty and no file exists at the default locations.
 */
export async function readFiles(
  paths: readonly string[],
  source: FileSource,
): Promise<readonly FileText[]> {
  const { env, platform, readStdin } = source;
  const files: FileText[] = [];
  for (const path of new Set(paths)) {
    if (path === '-') {
      const content = (await readStdin()).replace(/^\ufeff/, '');
      files.push({ path: 'stdin', isStdin: true, content });
    } else {
      files.push(await readFile(path));
    }
  }
  if (paths.length > 0) return files;
  const defaults = [locatePksCreds(env, platform), locateUaacFile(env, platform)];
  for (const path of defaults) {
    try {
      files.push(await readFile(path));
    } catch (error) {
      if (!isTpksError(error) || !isMissing(error.cause)) throw error;
    }
  }
  if (files.length > 0) return files;
  throw new TpksError('notFound', `Nothing to import: ${defaults.join(' and ')} do not exist`, {
    hint: 'name the file to import: tpks import FILE',
  });
}

async function readFile(path: string): Promise<FileText> {
  try {
    return { path, isStdin: false, content: await readTextAsync(path, userFileOptions) };
  } catch (error) {
    const isUsage = isMissing(error) || isRejectedFileError(error);
    throw new TpksError(
      isUsage ? 'usage' : 'storage',
      `Cannot read ${path || 'a file with an empty name'}: ${describeDiskError(error)}`,
      {
        hint: isUsage
          ? importOtherHint
          : 'change the permissions of the file, or import a copy: tpks import FILE; nothing was imported',
        cause: error,
      },
    );
  }
}

/**
 * Parses a file of `pks` or `uaac`. Its content determines which one it is.
 * @param now - used as the issue time of opaque tokens.
 * @throws {TpksError} `usage` with the file and the line if it is neither, or has a wrong format.
 */
export function parseFile(
  { path, content }: FileText,
  known: KnownInstallations,
  now: Date,
): OldFile {
  // Ruby writes a symbol as `:name`.
  const text = content.replace(/^( *):(?=\w)/gm, '$1');
  const lineAt = createLineFinder(text);
  const nul = text.indexOf('\0');
  if (nul !== -1) throw invalidFileError(path, lineAt(nul), 'this is binary data');
  const { value, problems, offsetOf } = parseYaml(text);
  const [problem] = [...problems].sort((one, other) => one.offset - other.offset);
  if (problem !== undefined) {
    throw invalidFileError(path, lineAt(problem.offset), problem.safeText);
  }
  if (value === null) throw invalidFileError(path, 1, 'the file is empty');
  const lineOf = (valuePath: ValuePath) => lineAt(offsetOf(valuePath));
  if (isObject(value)) {
    const keys = Object.keys(value);
    if (keys.some((key) => pksKeys.has(key))) {
      return parsePksFile({ path, content, tokenLine: lineOf(['access_token']) }, known, now);
    }
    // `uaac` writes an empty object when it first runs.
    if (keys.length === 0 || keys.some((key) => /^https?:\/\//i.test(key))) {
      return new UaacFileReader({ path, value, lineOf, now }).read();
    }
  }
  const expected = 'expected the creds.yml of pks or the .uaac.yml of uaac';
  throw invalidFileError(path, lineOf([]), expected);
}

const pksKeys: ReadonlySet<string> = new Set([
  'api',
  'access_token',
  'refresh_token',
  'skip_ssl_verification',
]);

interface PksDocument {
  readonly path: string;
  readonly content: string;
  readonly tokenLine: number;
}

function parsePksFile(
  { path, content, tokenLine: line }: PksDocument,
  known: KnownInstallations,
  now: Date,
): OldFile {
  const creds = withImportHint('', () => parsePksCreds(content, path));
  const { accessToken, refreshToken, username, caCert, skipSslVerification } = creds;
  const label = username === '' ? 'unknown' : username;
  const file = { targets: [], notes: [] } as const;
  if (accessToken === undefined) {
    const reason = 'it has no access token';
    return { ...file, sessions: [], unusable: [{ file: path, line, label, reason }] };
  }
  const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken?.reveal() };
  const session = {
    ...withImportHint(`${path}: `, () => findInstallation(creds.api, tokens.accessToken, known)),
    caCert,
    skipTlsVerification: skipSslVerification,
    ...readOwner(tokens, { label, clientId: undefined, hasUserId: false }),
    file: path,
    line,
    label,
    token: readToken(tokens, now),
  };
  return { ...file, sessions: [session], unusable: [] };
}

function withImportHint<T>(prefix: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const message = `Cannot import ${prefix}${error.message}`;
    throw rewordError(error, { message, hint: importOtherHint });
  }
}

/**
 * The original CLI always uses the UAA on port 8443 of the API's host. The token can name another port of
 * this host, but not another host: its claims are not verified, and tokens are sent to the UAA.
 */
function findInstallation(
  address: string,
  accessToken: string,
  known: KnownInstallations,
): Installation {
  const installation = parseInstallation(address);
  const [knownUaa] = findUaas(installation.api, known);
  if (knownUaa !== undefined) return { ...installation, uaa: knownUaa };
  const issuer = findIssuer(accessToken);
  const isSameHost =
    issuer !== undefined && new URL(issuer).hostname === new URL(installation.api).hostname;
  return isSameHost ? { ...installation, uaa: issuer } : installation;
}

/** @returns the base URL of the UAA that issued a token; `undefined` if the token does not name it. */
function findIssuer(accessToken: string): string | undefined {
  const issuer = readTextClaim(readClaims(accessToken), 'iss');
  const url = issuer === undefined ? undefined : /^(https:.*)\/oauth\/token\/?$/i.exec(issuer)?.[1];
  if (url === undefined) return undefined;
  try {
    return normalizeUaaUrl(url);
  } catch {
    return undefined;
  }
}

interface UaacDocument {
  readonly path: string;
  readonly value: JsonObject;
  readonly lineOf: (valuePath: ValuePath) => number;
  /** Used as the issue time of opaque tokens. */
  readonly now: Date;
}

interface Entry {
  readonly valuePath: ValuePath;
  readonly members: JsonObject;
}

/** Reads all targets, contexts and tokens of `~/.uaac.yml`. @see docs/contributing/servers/uaac.md#configuration-file */
class UaacFileReader {
  private readonly document: UaacDocument;
  private readonly sessions: OldSession[] = [];
  private readonly unusable: UnusableEntry[] = [];
  private readonly notes: string[] = [];

  constructor(document: UaacDocument) {
    this.document = document;
  }

  /** @throws {TpksError} `usage` with the file and the line if it does not have the format of `uaac`. */
  read(): OldFile {
    const { value } = this.document;
    const targets = Object.keys(value).flatMap((url) => this.readTarget(url) ?? []);
    const current = targets.find(({ isCurrent }) => isCurrent);
    return {
      targets: targets.map((target) => ({ ...target, isCurrent: target === current })),
      sessions: this.sessions,
      unusable: this.unusable,
      notes: this.notes,
    };
  }

  /** @returns `undefined` for a target that cannot be imported, which has been reported. */
  private readTarget(url: string): OldTarget | undefined {
    const target = this.readEntry({ valuePath: [], members: this.document.value }, url);
    const contexts = this.readEntry(target, 'contexts');
    const labels = Object.keys(contexts.members);
    const line = this.document.lineOf(target.valuePath);
    const parsed = parseTargetUrl(url);
    if ('problem' in parsed) {
      this.unusable.push({
        file: this.document.path,
        line,
        label: hideCredentials(url),
        reason: parsed.problem,
        hasSessions: labels.length > 0,
      });
      return undefined;
    }
    const { uaa } = parsed;
    const caCert = this.readCa(uaa, target);
    // As in `uaa target`, a CA turns off an earlier --skip-ssl-validation, which uaac never removes.
    const skipTlsVerification =
      target.members['skip_ssl_validation'] === true && caCert === undefined;
    let currentSession: OldSession | undefined;
    for (const label of labels) {
      const context = this.readEntry(contexts, label);
      const session = this.readSession({ uaa, caCert, skipTlsVerification }, label, context);
      if (session === undefined) continue;
      this.sessions.push(session);
      if (context.members['current'] === true) currentSession ??= session;
    }
    const isCurrent = target.members['current'] === true;
    return { uaa, caCert, skipTlsVerification, line, isCurrent, currentSession };
  }

  /** @returns `undefined` for a context without a token, which has been reported. */
  private readSession(server: UaaTarget, label: string, context: Entry): OldSession | undefined {
    const { path, lineOf, now } = this.document;
    const line = lineOf(context.valuePath);
    const accessToken = this.readText(context, 'access_token');
    if (accessToken === undefined) {
      this.unusable.push({ file: path, line, label, reason: 'it has no access token' });
      return undefined;
    }
    const { scope, expires_in: expiresIn, user_id: userId } = context.members;
    const tokens: OldTokens = {
      accessToken,
      refreshToken: this.readText(context, 'refresh_token'),
      idToken: this.readText(context, 'id_token'),
      scope: Array.isArray(scope) ? scope.map(toPlainText).join(' ') : toText(scope),
      expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : undefined,
    };
    const clientId = this.readText(context, 'client_id');
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

  /** @returns `undefined` if the target has no CA, or if the CA cannot be read, which a note reports. */
  private readCa(uaa: string, target: Entry): string | undefined {
    const value = this.readText(target, 'ca_cert');
    if (value === undefined) return undefined;
    const { path, lineOf } = this.document;
    const isRelative = !value.includes('-----BEGIN') && !isAbsolute(value);
    const line = lineOf([...target.valuePath, 'ca_cert']);
    const addNote = (text: string) =>
      this.notes.push(`${path}, line ${String(line)}: ${text}: ${formatTrustTargetCommand(uaa)}`);
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
      addNote(
        `the CA of ${uaa} was not imported: ${errorMessage(error)}${relative}. Import it with`,
      );
      return undefined;
    }
  }

  /** @returns the object under a key; an empty one if it is absent or null. */
  private readEntry({ valuePath, members }: Entry, key: string): Entry {
    const entryPath = [...valuePath, key];
    const value = Object.hasOwn(members, key) ? (members[key] ?? {}) : {};
    if (isObject(value)) return { valuePath: entryPath, members: value };
    const name = valuePath.length === 0 ? 'a target' : key === 'contexts' ? key : 'a context';
    throw this.invalidValueError(entryPath, `${name} must be an object`);
  }

  /** @returns `undefined` if the text is absent or empty. */
  private readText({ valuePath, members }: Entry, name: string): string | undefined {
    const value = members[name];
    if (value === undefined || value === null || value === '') return undefined;
    const textPath = [...valuePath, name];
    if (typeof value !== 'string') {
      throw this.invalidValueError(textPath, `${name} must be a string`);
    }
    // Spaces or line breaks could add a header to a request. @see RFC 6750, section 2.1
    if (!name.endsWith('_token') || /^[\x21-\x7e]*$/.test(value)) return value;
    throw this.invalidValueError(
      textPath,
      `${name} contains characters that are not allowed in a token`,
    );
  }

  private invalidValueError(valuePath: ValuePath, text: string): TpksError {
    const { path, lineOf } = this.document;
    return invalidFileError(path, lineOf(valuePath), text);
  }
}

function parseTargetUrl(url: string): { readonly uaa: string } | { readonly problem: string } {
  if (/^http:\/\//i.test(url)) return { problem: 'only https is supported' };
  try {
    return { uaa: normalizeUaaUrl(url) };
  } catch {
    return { problem: 'this is not the URL of a UAA' };
  }
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
