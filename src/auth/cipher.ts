import { createCipheriv, createDecipheriv } from 'node:crypto';

/** An encrypted text, with the values that are needed to decrypt it. */
export interface Sealed {
  /** The initialization vector, of 12 bytes. */
  readonly iv: Buffer;
  /** The authentication tag, of 16 bytes. */
  readonly tag: Buffer;
  readonly data: Buffer;
}

const algorithm = 'aes-256-gcm';
const tagBytes = 16;

/**
 * Encrypts and authenticates a text with AES-256-GCM.
 * @param additionalData - authenticated, but not encrypted.
 * @see NIST SP 800-38D
 */
export function encrypt(
  plain: string,
  key: Buffer,
  iv: Buffer,
  additionalData: Buffer,
): Promise<Sealed> {
  const cipher = createCipheriv(algorithm, key, iv).setAAD(additionalData);
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Promise.resolve({ iv, tag: cipher.getAuthTag(), data });
}

/** Decrypts a text. Rejects if it was encrypted with another key or other additional data. */
export async function decrypt(
  sealed: Sealed,
  key: Buffer,
  additionalData: Buffer,
): Promise<string> {
  const decipher = createDecipheriv(algorithm, key, sealed.iv, { authTagLength: tagBytes });
  decipher.setAAD(additionalData).setAuthTag(sealed.tag);
  const plain = Buffer.concat([decipher.update(sealed.data), decipher.final()]);
  return Promise.resolve(plain.toString('utf8'));
}
