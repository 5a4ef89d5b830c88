import * as v from 'valibot';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { StoredSession } from './session-file.js';

const version = 1;
const algorithm = 'aes-256-gcm';
const [keyBytes, ivBytes, tagBytes] = [32, 12, 16];

/** A new random key, in base64. */
export function newKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

/** Whether a text from a keychain is a key of ours. */
export function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === keyBytes && bytes.toString('base64') === text;
}

/**
 * Encrypts and signs a session: AES-256-GCM, bound to the format and the file it belongs in, so that
 * it does not open in place of another one.
 * @param key - from `newKey`.
 * @param names - the context's name, and the id of the session if it has one.
 * @returns the text of a session file.
 * @see NIST SP 800-38D
 */
export function seal(session: StoredSession, key: string, names: readonly string[]): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(key, 'base64'), iv);
  cipher.setAAD(boundTo(names));
  const data = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
  return format({ iv, tag: cipher.getAuthTag(), data });
}

/** @returns the session, or `undefined` when the text is not what `seal` wrote with these. */
export function unseal(
  text: string,
  key: string,
  names: readonly string[],
): StoredSession | undefined {
  const sealed = parse(text);
  if (sealed === undefined || !isKey(key)) return undefined;
  try {
    const decipher = createDecipheriv(algorithm, Buffer.from(key, 'base64'), sealed.iv, {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundTo(names)).setAuthTag(sealed.tag);
    const plain = Buffer.concat([decipher.update(sealed.data), decipher.final()]);
    return v.parse(sessionSchema, JSON.parse(plain.toString('utf8')));
  } catch {
    return undefined;
  }
}

interface Sealed {
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
}

const envelopeSchema = v.object({
  version: v.literal(version),
  iv: v.string(),
  tag: v.string(),
  data: v.string(),
});

/** Members that a newer tpks may have added are kept. */
const sessionSchema = v.looseObject({
  accessToken: v.string(),
  refreshToken: v.optional(v.string()),
  idToken: v.optional(v.string()),
  clientSecret: v.optional(v.string()),
  scope: v.string(),
  expiresAt: v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  lifetimeSeconds: v.number(),
  clockOffsetSeconds: v.number(),
  refreshRejectedAt: v.optional(v.string()),
});

function format({ iv, tag, data }: Sealed): string {
  const [ivText, tagText, dataText] = [iv, tag, data].map((bytes) => bytes.toString('base64'));
  return `${JSON.stringify({ version, iv: ivText, tag: tagText, data: dataText })}\n`;
}

/** Only what `format` would write again is accepted: base64 and JSON forgive too much. */
function parse(text: string): Sealed | undefined {
  try {
    const envelope = v.parse(envelopeSchema, JSON.parse(text));
    const sealed = {
      iv: Buffer.from(envelope.iv, 'base64'),
      tag: Buffer.from(envelope.tag, 'base64'),
      data: Buffer.from(envelope.data, 'base64'),
    };
    return format(sealed) === text ? sealed : undefined;
  } catch {
    return undefined;
  }
}

function boundTo(names: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['tpks session', version, ...names]));
}
