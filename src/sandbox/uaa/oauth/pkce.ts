import { createHash } from 'node:crypto';

/** The challenge that a code is bound to. */
export interface PkceChallenge {
  readonly challenge: string;
  readonly method: string;
}

/** Whether a text is a valid challenge or verifier. @see RFC 7636, section 4.1 */
export function isPkceText(text: string | null): text is string {
  return text !== null && /^[\w.~-]{43,128}$/.test(text);
}

/** @returns the challenge of an authorization request; undefined if it has none. */
export function challengeOf(fields: URLSearchParams): PkceChallenge | undefined {
  const challenge = fields.get('code_challenge');
  if (challenge === null) return undefined;
  return { challenge, method: fields.get('code_challenge_method') ?? 'plain' };
}

/**
 * @returns UAA's error text for an invalid challenge; undefined if it is valid.
 * @see UAA 77 `UaaAuthorizationEndpoint`
 */
export function challengeProblem({ challenge, method }: PkceChallenge): string | undefined {
  if (!isPkceText(challenge)) return `Code challenge ${wrongText}`;
  if (method === 'S256' || method === 'plain') return undefined;
  return 'Unsupported code challenge method. Supported: [S256, plain]';
}

/** Checks what can be checked without the challenge. @returns UAA's error text */
export function malformedVerifier(verifier: string | null): string | undefined {
  return verifier === null || isPkceText(verifier) ? undefined : `Code verifier ${wrongText}`;
}

const wrongText =
  'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/**
 * @returns UAA's error text for a verifier that does not match the challenge; undefined if it does.
 * @see UAA 77 `PkceValidationService`
 */
export function verifierProblem(
  bound: PkceChallenge | undefined,
  verifier: string | null,
  isPublicClient: boolean,
): string | undefined {
  if (!bound) {
    return verifier === null
      ? undefined
      : 'PKCE error: Code verifier not required for this authorization code.';
  }
  if (verifier === null) {
    return 'PKCE error: Code verifier must be provided for this authorization code.';
  }
  if (isPublicClient && bound.method !== 'S256') {
    return 'Public client must use code challange method S256';
  }
  const expected =
    bound.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return expected === bound.challenge ? undefined : `Invalid code verifier: ${verifier}`;
}
