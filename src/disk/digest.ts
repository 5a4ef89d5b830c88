import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export { randomBytes, randomUUID };
