/** The same functions as in cipher.ts, but with WebCrypto. `disk/digest-standalone.ts` says why. */
import type { Sealed } from './cipher.js';

export type { Sealed };

const algorithm = 'AES-GCM';
const tagBytes = 16;

/** @see encrypt in cipher.ts */
export async function encrypt(
  plain: string,
  key: Buffer,
  iv: Buffer,
  additionalData: Buffer,
): Promise<Sealed> {
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['encrypt']);
  const options = { name: algorithm, iv, additionalData };
  const sealed = Buffer.from(await crypto.subtle.encrypt(options, imported, Buffer.from(plain)));
  const dataBytes = sealed.length - tagBytes;
  return { iv, tag: sealed.subarray(dataBytes), data: sealed.subarray(0, dataBytes) };
}

/** @see decrypt in cipher.ts */
export async function decrypt(
  { iv, tag, data }: Sealed,
  key: Buffer,
  additionalData: Buffer,
): Promise<string> {
  if (tag.length !== tagBytes) throw new Error('the authentication tag has the wrong length');
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['decrypt']);
  const options = { name: algorithm, iv, additionalData };
  const plain = await crypto.subtle.decrypt(options, imported, Buffer.concat([data, tag]));
  return Buffer.from(plain).toString('utf8');
}
