import { readClaims, readTextClaim } from '../auth/claims.js';
import { parsePksCreds } from '../auth/pks-creds-file.js';
import {
  findUaas,
  normalizeUaaUrl,
  parseInstallation,
  type Installation,
  type KnownInstallations,
} from '../contexts/installation.js';
import { isTpksError, rewordError } from '../errors.js';
import { importOtherHint, type OldFile } from './old-file.js';
import { readOwner, readToken, type OldTokens } from './old-session.js';

export interface PksDocument {
  /** The path for messages. */
  readonly path: string;
  readonly content: string;
  /** The line of the access token, counted from 1. */
  readonly tokenLine: number;
}

/**
 * Reads the content of `~/.pks/creds.yml`, which contains one session.
 * @param known - known installations, used to look up the UAA of an API.
 * @param now - used as the issue time of an opaque token.
 * @throws {TpksError} `usage` with the file and the line if it does not have the format of `pks`.
 */
export function parsePksFile(
  { path, content, tokenLine }: PksDocument,
  known: KnownInstallations,
  now: Date,
): OldFile {
  const creds = parse(content, path);
  const { accessToken, refreshToken, username, caCert, skipSslVerification } = creds;
  const label = username === '' ? 'unknown' : username;
  const file = { path, kind: 'pks', targets: [], notes: [] } as const;
  if (accessToken === undefined) {
    const reason = 'it has no access token';
    return { ...file, sessions: [], unusable: [{ file: path, line: tokenLine, label, reason }] };
  }
  const tokens: OldTokens = {
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal(),
    idToken: undefined,
    scope: undefined,
    expiresInSeconds: undefined,
  };
  const session = {
    ...findInstallation(creds.api, tokens.accessToken, known, path),
    caCert,
    skipTlsVerification: skipSslVerification,
    ...readOwner(tokens, { label, clientId: undefined, hasUserId: false }),
    file: path,
    line: tokenLine,
    label,
    token: readToken(tokens, now),
  };
  return { ...file, sessions: [session], unusable: [] };
}

function parse(content: string, path: string) {
  try {
    return parsePksCreds(content, path);
  } catch (error) {
    throw toImportError(error);
  }
}

function toImportError(error: unknown): unknown {
  if (!isTpksError(error)) return error;
  return rewordError(error, {
    message: `Cannot import ${error.message}`,
    hint: importOtherHint,
  });
}

/**
 * The original CLI always uses the UAA on port 8443 of the API's host. The token can name another port of
 * this host, but not another host: its claims are not verified, and tokens are sent to the UAA.
 */
function findInstallation(
  address: string,
  accessToken: string,
  known: KnownInstallations,
  path: string,
): Installation {
  const installation = parseAddress(address, path);
  const [knownUaa] = findUaas(installation.api, known);
  if (knownUaa !== undefined) return { ...installation, uaa: knownUaa };
  const issuer = findIssuer(accessToken);
  const isSameHost =
    issuer !== undefined && new URL(issuer).hostname === new URL(installation.api).hostname;
  return isSameHost ? { ...installation, uaa: issuer } : installation;
}

function parseAddress(address: string, path: string): Installation {
  try {
    return parseInstallation(address);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw rewordError(error, {
      message: `Cannot import ${path}: ${error.message}`,
      hint: importOtherHint,
    });
  }
}

/** @returns the base URL of the UAA that issued a token; `undefined` if the token does not name it. */
export function findIssuer(accessToken: string): string | undefined {
  const issuer = readTextClaim(readClaims(accessToken), 'iss');
  const url = issuer === undefined ? undefined : /^(https:.*)\/oauth\/token\/?$/i.exec(issuer)?.[1];
  if (url === undefined) return undefined;
  try {
    return normalizeUaaUrl(url);
  } catch {
    return undefined;
  }
}
