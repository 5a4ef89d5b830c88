import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Hashes a password or a client secret with a random salt. Setting a secret therefore invalidates
 * existing tokens, even if the secret stays the same.
 *
 * A single round of SHA-256 is enough because the sandbox contains only test passwords and must be
 * fast.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(9).toString('base64url');
  return `${salt}.${digest(salt, secret).toString('base64url')}`;
}

/** Whether a hash was created from this secret. */
export function secretMatches(secret: string, hash: string): boolean {
  const [salt = '', expected = ''] = hash.split('.');
  return timingSafeEqual(digest(salt, secret), Buffer.from(expected, 'base64url'));
}

function digest(salt: string, secret: string): Buffer {
  return createHash('sha256').update(salt).update('\0').update(secret).digest();
}
