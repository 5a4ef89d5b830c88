import { createHash } from 'node:crypto';

/** The PKCE challenge of an authorization code. */
export interface PkceChallenge {
  readonly challenge: string;
  readonly method: string;
}

/** Whether a value has the format of a challenge or verifier. @see RFC 7636, section 4.1 */
export function isValidPkceValue(value: string | null): value is string {
  return value !== null && /^[\w.~-]{43,128}$/.test(value);
}

/** Reads the challenge of an authorization request; undefined if it has none. */
export function readChallenge(fields: URLSearchParams): PkceChallenge | undefined {
  const challenge = fields.get('code_challenge');
  if (challenge === null) return undefined;
  return { challenge, method: fields.get('code_challenge_method') ?? 'plain' };
}

/**
 * Checks the challenge of an authorization request.
 *
 * @returns UAA's error text; undefined if the challenge is valid.
 * @see UAA 77 `UaaAuthorizationEndpoint`
 */
export function validateChallenge({ challenge, method }: PkceChallenge): string | undefined {
  if (!isValidPkceValue(challenge)) return `Code challenge ${invalidFormat}`;
  if (method === 'S256' || method === 'plain') return undefined;
  return 'Unsupported code challenge method. Supported: [S256, plain]';
}

/**
 * Checks the format of a verifier, which does not require the challenge.
 *
 * @returns UAA's error text; undefined if the verifier is valid or missing.
 */
export function validateVerifierFormat(verifier: string | null): string | undefined {
  return verifier === null || isValidPkceValue(verifier)
    ? undefined
    : `Code verifier ${invalidFormat}`;
}

const invalidFormat =
  'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/**
 * Checks that a verifier matches the challenge.
 *
 * @returns UAA's error text; undefined if it matches, or if neither is present.
 * @see UAA 77 `PkceValidationService`
 */
export function validateVerifier(
  pkce: PkceChallenge | undefined,
  verifier: string | null,
  isPublicClient: boolean,
): string | undefined {
  if (!pkce) {
    return verifier === null
      ? undefined
      : 'PKCE error: Code verifier not required for this authorization code.';
  }
  if (verifier === null) {
    return 'PKCE error: Code verifier must be provided for this authorization code.';
  }
  if (isPublicClient && pkce.method !== 'S256') {
    return 'Public client must use code challange method S256';
  }
  const expected =
    pkce.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return expected === pkce.challenge ? undefined : `Invalid code verifier: ${verifier}`;
}
