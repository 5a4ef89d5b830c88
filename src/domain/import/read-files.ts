import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { isObject } from '../../base/json-value.js';
import {
  locatePksCreds,
  locateUaacFile,
  type Environment,
} from '../../platform/config/environment.js';
import {
  isRejectedFileError,
  readTextAsync,
  userFileOptions,
} from '../../platform/disk/bounded-read.js';
import { describeDiskError, isMissing } from '../../platform/disk/disk-error.js';
import {
  createLineFinder,
  withoutExcerpt,
  type ValuePath,
} from '../../platform/input/parsed-text.js';
import { parseYaml } from '../../platform/input/yaml.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import { parsePksCreds } from '../auth/pks-creds-file.js';
import {
  findUaas,
  normalizeUaaUrl,
  parseInstallation,
  type Installation,
  type KnownInstallations,
} from '../contexts/installation.js';
import {
  importOtherHint,
  invalidFileError,
  readOwner,
  readToken,
  type OldFile,
} from './old-session.js';
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
  const { env, platform, readStdin } = source;
  const files: FileText[] = [];
  for (const path of new Set(paths)) {
    if (path !== '-') files.push(await readFile(path));
    else {
      const content = (await readStdin()).replace(/^\ufeff/, '');
      files.push({ path: 'stdin', isStdin: true, content });
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
          : 'nothing was imported; change the permissions of the file, or import a copy: tpks import FILE',
        cause: error,
      },
    );
  }
}

/**
 * Parses a file of `pks` or `uaac`. Its content determines which one it is.
 * @param known - known installations, used to look up the UAA of an API.
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
    throw invalidFileError(path, lineAt(problem.offset), withoutExcerpt(problem.text));
  }
  if (value === null) throw invalidFileError(path, 1, 'the file is empty');
  const lineOf = (valuePath: ValuePath) => lineAt(offsetOf(valuePath));
  if (isObject(value)) {
    const keys = Object.keys(value);
    if (keys.some((key) => pksKeys.has(key))) {
      return parsePksFile({ path, content, tokenLine: lineOf(['access_token']) }, known, now);
    }
    // `uaac` writes an empty object at its first start.
    if (keys.length === 0 || keys.some((key) => /^https?:\/\//i.test(key))) {
      return parseUaacFile({ path, value, lineOf, now });
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

/** Reads the content of `~/.pks/creds.yml`, which contains one session. */
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
  const tokens = {
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal(),
    ...{ idToken: undefined, scope: undefined, expiresInSeconds: undefined },
  };
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
