import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A salted hash of a password or a client secret. Two hashes of one secret differ, so that setting
 * a secret invalidates older tokens, even if the secret is the same.
 *
 * One round of SHA-256 is intended: the sandbox has only test passwords and must be fast.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(9).toString('base64url');
  return `${salt}.${digest(salt, secret).toString('base64url')}`;
}

export function secretMatches(secret: string, hash: string): boolean {
  const [salt = '', expected = ''] = hash.split('.');
  return timingSafeEqual(digest(salt, secret), Buffer.from(expected, 'base64url'));
}

function digest(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update('\0').update(secret).digest();
}
