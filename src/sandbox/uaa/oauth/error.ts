import { ErrorResponse, json, type SandboxRequest } from '../../router.js';
import { htmlEscape } from '../html-escape.js';

/** Start of the `WWW-Authenticate` header; it depends on where an error occurs. */
export const challenges = {
  /** Client authentication, and a user's failure while the client is being authenticated. */
  client: 'Basic realm="UAA/client"',
  /** Routes that take a bearer token. */
  resource: 'Bearer realm="UAA/oauth"',
  /** A user's failure on the passcode grant. */
  passcode: 'Bearer realm="oauth"',
  /** Errors of the token endpoint itself. */
  token: 'Bearer',
} as const;

interface OauthDetails {
  /** Value of `WWW-Authenticate` up to the error; absent: no such header. */
  readonly challenge?: string | undefined;
  /** Code in `WWW-Authenticate` if it differs from the one in the body. */
  readonly challengeError?: string;
  /** Further members of the body, not escaped. */
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * The error body of token endpoint, security filters, check_token and revocation. The body is
 * HTML-escaped, the copy in `WWW-Authenticate` is not, as in UAA.
 *
 * @see UAA 4.30.0, Spring Security OAuth 2.3.0 `OAuth2ExceptionJackson2Serializer`
 */
export function oauthError(
  status: number,
  error: string,
  description: string,
  { challenge, challengeError = error, extra = {} }: OauthDetails = {},
): ErrorResponse {
  const headers: Record<string, string> = { 'cache-control': 'no-store', pragma: 'no-cache' };
  if (challenge !== undefined) {
    // A challenge with a realm has details only if the credentials must be sent again.
    const bare = challenge.includes('realm') && status !== 401;
    const members = { error: challengeError, error_description: description, ...extra };
    const more = Object.entries(members);
    const details = bare ? '' : more.map(([name, value]) => `${name}="${value}"`).join(', ');
    const separator = bare ? '' : challenge.includes(' ') ? ', ' : ' ';
    headers['www-authenticate'] = asHeader(`${challenge}${separator}${details}`);
  }
  const body = { error, error_description: htmlEscape(description), ...extra };
  return new ErrorResponse(json(status, body, headers));
}

export function badRequest(error: string, description: string): ErrorResponse {
  return oauthError(400, error, description);
}

/** An error 401 of the token endpoint itself. */
export function unauthorized(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.token });
}

export function accessDenied(): ErrorResponse {
  return oauthError(403, 'access_denied', 'Access is denied');
}

export function methodNotAllowed({ method }: SandboxRequest): ErrorResponse {
  return oauthError(405, 'method_not_allowed', `Request method '${method}' not supported`);
}

/** A description may repeat client input; a header allows only Latin-1 without control characters. */
function asHeader(value: string): string {
  return value.replace(/[^ -~\u00a0-\u00ff]/g, '?');
}
