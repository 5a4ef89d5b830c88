import * as v from 'valibot';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { formatVersion, parseStoredJson } from '../disk/stored-json.js';

const version = 1;
const algorithm = 'aes-256-gcm';
const [keyBytes, ivBytes, tagBytes] = [32, 12, 16];

/** A new random key, in base64. */
export function createKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

/** Whether a text from a keychain is a key of ours. */
export function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === keyBytes && bytes.toString('base64') === text;
}

/**
 * Encrypts and authenticates a session (AES-256-GCM), bound to the format and to its file, so that it
 * cannot be decrypted from another file.
 * @param key - from `newKey`.
 * @param names - the context's name, and the id of the session if it has one.
 * @returns the text of a session file.
 * @see NIST SP 800-38D
 */
export function seal(plain: string, key: string, names: readonly string[]): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(key, 'base64'), iv);
  cipher.setAAD(additionalData(names));
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return format({ iv, tag: cipher.getAuthTag(), data });
}

/**
 * @returns the decrypted text; `undefined` if `seal` did not create it with this key and these names.
 */
export function unseal(text: string, key: string, names: readonly string[]): string | undefined {
  const sealed = parse(text);
  if (sealed === undefined || !isKey(key)) return undefined;
  try {
    const decipher = createDecipheriv(algorithm, Buffer.from(key, 'base64'), sealed.iv, {
      authTagLength: tagBytes,
    });
    decipher.setAAD(additionalData(names)).setAuthTag(sealed.tag);
    return Buffer.concat([decipher.update(sealed.data), decipher.final()]).toString('utf8');
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

function format({ iv, tag, data }: Sealed): string {
  const [ivText, tagText, dataText] = [iv, tag, data].map((bytes) => bytes.toString('base64'));
  return `${JSON.stringify({ version, iv: ivText, tag: tagText, data: dataText })}\n`;
}

/** @returns the format version of a session file if it is newer than this tpks; else `undefined`. */
export function findNewerFormat(text: string): number | undefined {
  try {
    const found = formatVersion(parseStoredJson(text));
    return found !== undefined && found > version ? found : undefined;
  } catch {
    return undefined;
  }
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

function additionalData(names: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['tpks session', version, ...names]));
}
