import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { errorMessage, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import {
  readBytes,
  newerFormatError,
  parseStoredJson,
  readFormatVersion,
} from '../../platform/disk/bounded-read.js';
import { diskError, isMissing } from '../../platform/disk/disk-error.js';

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
  /** The UAA's message when it rejected the refresh token. */
  readonly refreshRejection?: string | undefined;
}

/** Size limit of a session file; tokens are much smaller. */
export const maximumBytes = 32 * 1024 * 1024;

/**
 * Reads a session file, which may be damaged; `undefined` if it does not exist.
 * @throws {TpksError} `storage` for a file that must not be overwritten: not a regular file, too large,
 *   or written by a newer version.
 */
export function readSessionFile(path: string): string | undefined {
  let text: string;
  try {
    // Invalid UTF-8 means that the file is damaged: decryption reports it, and a login overwrites it.
    text = readBytes(path, { maximumBytes }).toString('utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(error, 'read', path);
  }
  const newer = findNewerFormat(text);
  if (newer === undefined) return text;
  throw newerFormatError(path, newer);
}

/** @returns the format version of a session file; `undefined` if this tpks supports it. */
function findNewerFormat(text: string): number | undefined {
  try {
    const storedVersion = readFormatVersion(parseStoredJson(text));
    return storedVersion !== undefined && storedVersion > version ? storedVersion : undefined;
  } catch {
    return undefined;
  }
}

const version = 1;
const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

export function createKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

export function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === keyBytes && bytes.toString('base64') === text;
}

/**
 * Encrypts and authenticates a session, bound to the format version and the file, with AES-256-GCM.
 * @param key - from `createKey`.
 * @param names - the context's name, and the id of the session if it has one.
 * @see NIST SP 800-38D
 */
export function seal(plain: string, key: string, names: readonly string[]): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(key, 'base64'), iv);
  cipher.setAAD(boundData(names));
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return formatEnvelope({ iv, tag: cipher.getAuthTag(), data });
}

/** @returns `undefined` if the text was not created by `seal` with this key and these names. */
export function unseal(text: string, key: string, names: readonly string[]): string | undefined {
  if (!isKey(key)) return undefined;
  try {
    const { iv, tag, data } = parseEnvelope(text);
    const decipher = createDecipheriv(algorithm, Buffer.from(key, 'base64'), iv, {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundData(names)).setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** An encrypted session, with the values that are needed to decrypt it. */
type Envelope = Readonly<Record<'iv' | 'tag' | 'data', Buffer>>;

const bytes = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64')),
);
const envelopeSchema = v.object({
  version: v.literal(version),
  iv: bytes,
  tag: bytes,
  data: bytes,
});

function formatEnvelope({ iv, tag, data }: Envelope): string {
  const envelope = {
    version,
    iv: iv.toString('base64'),
    tag: tag.toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify(envelope)}\n`;
}

/** @throws {Error} for a text that `formatEnvelope` did not create; base64 and JSON decoders are too lenient. */
function parseEnvelope(text: string): Envelope {
  const envelope = v.parse(envelopeSchema, JSON.parse(text));
  if (formatEnvelope(envelope) !== text) throw new Error('the file is damaged');
  return envelope;
}

function boundData(names: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['tpks session', version, ...names]));
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
  refreshRejection: v.optional(v.string()),
});

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
 * @param hint - the command that replaces the session.
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
