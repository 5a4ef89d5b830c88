import * as v from 'valibot';
import { decrypt, encrypt, type Sealed } from '#cipher';
import { randomBytes } from '#digest';
import { readFormatVersion, parseStoredJson } from '../disk/stored-json.js';

const version = 1;
const [keyBytes, ivBytes] = [32, 12];

/** Creates a random key, in base64. */
export function createKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

/** Whether a text from a keychain is a valid key. */
export function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === keyBytes && bytes.toString('base64') === text;
}

/**
 * Encrypts and authenticates a session with AES-256-GCM. It is bound to the format version and to the
 * file, so that the content of another file is not accepted.
 * @param key - from `createKey`.
 * @param names - the context's name, and the id of the session if it has one.
 * @returns the text of a session file.
 * @see NIST SP 800-38D
 */
export async function seal(plain: string, key: string, names: readonly string[]): Promise<string> {
  const keyData = Buffer.from(key, 'base64');
  return format(await encrypt(plain, keyData, randomBytes(ivBytes), additionalData(names)));
}

/**
 * Decrypts a session.
 * @returns `undefined` if the text was not created by `seal` with this key and these names.
 */
export async function unseal(
  text: string,
  key: string,
  names: readonly string[],
): Promise<string | undefined> {
  const sealed = parse(text);
  if (sealed === undefined || !isKey(key)) return undefined;
  try {
    return await decrypt(sealed, Buffer.from(key, 'base64'), additionalData(names));
  } catch {
    return undefined;
  }
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

/** @returns the format version of a session file; `undefined` if this tpks supports it. */
export function findNewerFormat(text: string): number | undefined {
  try {
    const storedVersion = readFormatVersion(parseStoredJson(text));
    return storedVersion !== undefined && storedVersion > version ? storedVersion : undefined;
  } catch {
    return undefined;
  }
}

/** Accepts only the exact output of `format`, because the base64 and JSON decoders are too lenient. */
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
