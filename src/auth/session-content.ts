import * as v from 'valibot';
import { readBytes } from '../disk/bounded-read.js';
import { unlessMissing, withDiskErrors } from '../disk/disk-error.js';
import { newerFormatError, parseStoredJson } from '../disk/stored-json.js';
import { errorMessage, TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import { findNewerFormat } from './session-envelope.js';

/** The tokens of one identity, as stored in encrypted form. */
export interface StoredSession {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret | undefined;
  readonly idToken?: Secret | undefined;
  /** Only with `--save-secret`. */
  readonly clientSecret?: Secret | undefined;
  /** Granted scopes, blank-separated. */
  readonly scope: string;
  /** End of the access token by the server's clock, ISO 8601. */
  readonly expiresAt: string;
  /** The lifetime that the server stated when it issued the access token. */
  readonly lifetimeSeconds: number;
  /** Seconds that the server's clock was ahead of this machine's when the token arrived. */
  readonly clockOffsetSeconds: number;
  /** When the UAA rejected the refresh token, ISO 8601. No other refresh is sent until a new login. */
  readonly refreshRejectedAt?: string | undefined;
}

/** Size limit of a session file; tokens need far less. */
export const maximumBytes = 32 * 1024 * 1024;

/**
 * Reads a session file without decrypting it.
 * @returns its text, which may be damaged; `undefined` if the file does not exist.
 * @throws {TpksError} `storage` for a file that must not be overwritten: not a regular file, too
 *   large, or written by a newer version.
 */
export async function readSessionFile(path: string): Promise<string | undefined> {
  const text = await withDiskErrors('read', path, () =>
    unlessMissing(() =>
      // Bytes that are not UTF-8 are damage: decryption reports it, and a login may overwrite it.
      Promise.resolve(readBytes(path, { maximumBytes }).toString('utf8')),
    ),
  );
  const newer = text === undefined ? undefined : findNewerFormat(text);
  if (newer === undefined) return text;
  throw newerFormatError(path, newer);
}

const date = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'not a date'),
);

/** More than any lifetime or clock offset, but small enough that sums are valid dates. */
const maximumSeconds = 1e12;

const seconds = v.pipe(v.number(), v.minValue(-maximumSeconds), v.maxValue(maximumSeconds));

const secret = v.pipe(
  v.string(),
  v.transform((text) => new Secret(text)),
);

/** Unknown members are kept: a newer version of tpks may have written them. */
const sessionSchema = v.looseObject({
  accessToken: secret,
  refreshToken: v.optional(secret),
  idToken: v.optional(secret),
  clientSecret: v.optional(secret),
  scope: v.string(),
  expiresAt: date,
  // A server may issue a token that has already expired.
  lifetimeSeconds: seconds,
  clockOffsetSeconds: seconds,
  refreshRejectedAt: v.optional(date),
});

/** The content of a session file, with the secrets as text, to be encrypted. */
export function formatSession(session: StoredSession): string {
  const { accessToken, refreshToken, idToken, clientSecret } = session;
  return JSON.stringify({
    ...session,
    accessToken: accessToken.open(),
    refreshToken: refreshToken?.open(),
    idToken: idToken?.open(),
    clientSecret: clientSecret?.open(),
  });
}

/**
 * Checks the decrypted content of a session file.
 * @param path - for the error.
 * @param hint - the command that replaces the session, for the error.
 * @throws {TpksError} `storage` if a value is missing or out of range.
 */
export function parseSession(plain: string, path: string, hint: string): StoredSession {
  const invalid = (why: string, cause?: unknown): TpksError =>
    new TpksError('storage', `The session file ${path} has an invalid value: ${why}`, {
      hint,
      cause,
    });
  let value: unknown;
  try {
    value = parseStoredJson(plain);
  } catch (error) {
    throw invalid(errorMessage(error), error);
  }
  const result = v.safeParse(sessionSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalid(`${v.getDotPath(issue) ?? 'the content'}: ${issue.message}`);
}
