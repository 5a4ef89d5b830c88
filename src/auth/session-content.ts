import * as v from 'valibot';
import { readBytes } from '../disk/bounded-read.js';
import { ignoreMissing, withDiskErrors } from '../disk/disk-error.js';
import { newerFormatError, parseStoredJson } from '../disk/stored-json.js';
import { errorMessage, TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import { findNewerFormat } from './session-envelope.js';

/** The tokens of one identity, as stored in an encrypted file. */
export interface StoredSession {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret | undefined;
  readonly idToken?: Secret | undefined;
  /** Only with `--save-secret`. */
  readonly clientSecret?: Secret | undefined;
  /** Granted scopes, space-separated. */
  readonly scope: string;
  /** When the access token expires according to the server's clock, ISO 8601. */
  readonly expiresAt: string;
  /** The lifetime that the server stated when it issued the access token. */
  readonly lifetimeSeconds: number;
  /** Seconds that the server's clock was ahead of this machine's when the token arrived. */
  readonly clockOffsetSeconds: number;
  /** When the UAA rejected the refresh token, ISO 8601. It is not sent again; a new login is needed. */
  readonly refreshRejectedAt?: string | undefined;
}

/** Size limit of a session file; tokens are much smaller. */
export const maximumBytes = 32 * 1024 * 1024;

/**
 * Reads a session file without decrypting it.
 * @returns its text, which may be damaged; `undefined` if the file does not exist.
 * @throws {TpksError} `storage` for a file that must not be overwritten: not a regular file, too
 *   large, or written by a newer version.
 */
export async function readSessionFile(path: string): Promise<string | undefined> {
  const text = await withDiskErrors('read', path, () =>
    ignoreMissing(() =>
      // Invalid UTF-8 means that the file is damaged: decryption reports it, and a login overwrites it.
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

/** Larger than any lifetime or clock offset, but small enough that sums are valid dates. */
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

/** Formats the content of a session file before it is encrypted, with the secrets in plain text. */
export function formatSession(session: StoredSession): string {
  const { accessToken, refreshToken, idToken, clientSecret } = session;
  return JSON.stringify({
    ...session,
    accessToken: accessToken.reveal(),
    refreshToken: refreshToken?.reveal(),
    idToken: idToken?.reveal(),
    clientSecret: clientSecret?.reveal(),
  });
}

/**
 * Parses the decrypted content of a session file.
 * @param path - for the error message.
 * @param hint - the command that replaces the session, for the hint.
 * @throws {TpksError} `storage` if a value is missing or out of range.
 */
export function parseSession(plain: string, path: string, hint: string): StoredSession {
  const invalidValueError = (reason: string, cause?: unknown): TpksError =>
    new TpksError('storage', `The session file ${path} has an invalid value: ${reason}`, {
      hint,
      cause,
    });
  let value: unknown;
  try {
    value = parseStoredJson(plain);
  } catch (error) {
    throw invalidValueError(errorMessage(error), error);
  }
  const result = v.safeParse(sessionSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalidValueError(`${v.getDotPath(issue) ?? 'the content'}: ${issue.message}`);
}
