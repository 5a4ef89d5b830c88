import { createHash } from 'node:crypto';
import { badRequestError } from '../errors.js';
import type { PkceChallenge } from '../store/expiring.js';

/** Whether a value has the format of a challenge or verifier. @see RFC 7636, section 4.1 */
export function isValidPkceValue(value: string | null): value is string {
  return value !== null && /^[\w.~-]{43,128}$/.test(value);
}

const invalidFormat =
  'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/** Reads the challenge of an authorization request; undefined if it has none. */
export function readChallenge(fields: URLSearchParams): PkceChallenge | undefined {
  const challenge = fields.get('code_challenge');
  if (challenge === null) return undefined;
  return { challenge, method: fields.get('code_challenge_method') ?? 'plain' };
}

/**
 * Checks the challenge of an authorization request.
 * @returns UAA's error text; undefined if the challenge is valid.
 */
export function validateChallenge({ challenge, method }: PkceChallenge): string | undefined {
  if (!isValidPkceValue(challenge)) return `Code challenge ${invalidFormat}`;
  if (method === 'S256' || method === 'plain') return undefined;
  return 'Unsupported code challenge method. Supported: [S256, plain]';
}

/** @throws ErrorResponse 400 if the verifier of a token request is present, but malformed. */
export function checkVerifierFormat(verifier: string | null): void {
  if (verifier === null || isValidPkceValue(verifier)) return;
  throw badRequestError('invalid_request', `Code verifier ${invalidFormat}`);
}

/**
 * Checks that the verifier of a token request matches the challenge.
 * @throws ErrorResponse 400 if it does not match, or if only one of them is present.
 * @see UAA 77 `PkceValidationService`
 */
export function checkVerifier(
  pkce: PkceChallenge | undefined,
  verifier: string | null,
  isPublicClient: boolean,
): void {
  const createError = (description: string) => badRequestError('invalid_grant', description);
  if (!pkce) {
    if (verifier === null) return;
    throw createError('PKCE error: Code verifier not required for this authorization code.');
  }
  if (verifier === null) {
    throw createError('PKCE error: Code verifier must be provided for this authorization code.');
  }
  if (isPublicClient && pkce.method !== 'S256') {
    throw createError('Public client must use code challenge method S256');
  }
  const expected =
    pkce.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  if (expected !== pkce.challenge) throw createError(`Invalid code verifier: ${verifier}`);
}
