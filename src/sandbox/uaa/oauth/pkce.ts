import { createHash } from 'node:crypto';

/** What a code is bound to. */
export interface PkceChallenge {
  readonly challenge: string;
  readonly method: string;
}

/** Whether a text may be a challenge or a verifier. @see RFC 7636, section 4.1 */
export function isPkceText(text: string | null): text is string {
  return text !== null && /^[\w.~-]{43,128}$/.test(text);
}

/** @returns what a request binds its code to; undefined where it does not. */
export function challengeOf(fields: URLSearchParams): PkceChallenge | undefined {
  const challenge = fields.get('code_challenge');
  if (challenge === null) return undefined;
  return { challenge, method: fields.get('code_challenge_method') ?? 'plain' };
}

/**
 * @returns what is wrong with a challenge, in UAA's words; undefined when nothing is.
 * @see UAA 77 `UaaAuthorizationEndpoint`
 */
export function challengeProblem({ challenge, method }: PkceChallenge): string | undefined {
  if (!isPkceText(challenge)) return `Code challenge ${wrongText}`;
  if (method === 'S256' || method === 'plain') return undefined;
  return 'Unsupported code challenge method. Supported: [S256, plain]';
}

/** What is wrong with a verifier that no challenge has to be known for. */
export function malformedVerifier(verifier: string | null): string | undefined {
  return verifier === null || isPkceText(verifier) ? undefined : `Code verifier ${wrongText}`;
}

const wrongText =
  'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/**
 * @returns what is wrong with the verifier of a code, in UAA's words; undefined when nothing is.
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
