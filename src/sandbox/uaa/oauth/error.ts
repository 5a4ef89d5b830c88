import { ErrorResponse, json, type SandboxRequest } from '../../router.js';
import { escapeHtml } from '../http/html-escape.js';
import { formatXmlError } from '../http/negotiation.js';

/** Prefixes of the `WWW-Authenticate` header, by the place where an error occurs. */
export const challenges = {
  /** Client authentication, and the user's credentials in the password grant. */
  client: 'Basic realm="UAA/client"',
  /** Routes that require a bearer token. */
  resource: 'Bearer realm="UAA/oauth"',
  /** The user's credentials in the passcode grant and in logins without a browser. */
  passcode: 'Bearer realm="oauth"',
  /** All other errors of the token endpoint, and insufficient scopes. */
  token: 'Bearer',
} as const;

interface OauthErrorOptions {
  /** Prefix of `WWW-Authenticate`; if absent, the response does not have this header. */
  readonly challenge?: string | undefined;
  /** Error code in `WWW-Authenticate` (default: the one in the body). */
  readonly challengeError?: string;
  /** Additional members of the body; not escaped. */
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * Creates an error response of the token endpoint, the security filters, `/check_token` or the
 * revocation routes. As on the real server, the description is HTML-escaped in the body, but not in
 * `WWW-Authenticate`.
 *
 * @see UAA 4.30.0, Spring Security OAuth 2.3.0 `OAuth2ExceptionJackson2Serializer`
 */
export function oauthError(
  status: number,
  error: string,
  description: string,
  { challenge, challengeError = error, extra = {} }: OauthErrorOptions = {},
): ErrorResponse {
  const headers: Record<string, string> = { 'cache-control': 'no-store', pragma: 'no-cache' };
  if (challenge !== undefined) {
    // A challenge with a realm contains the error only if the status is 401.
    const hasError = !challenge.includes('realm') || status === 401;
    const members = { error: challengeError, error_description: description, ...extra };
    const params = Object.entries(members).map(([name, value]) => `${name}="${value}"`);
    const separator = challenge.includes(' ') ? ', ' : ' ';
    const details = hasError ? `${separator}${params.join(', ')}` : '';
    headers['www-authenticate'] = toHeaderValue(`${challenge}${details}`);
  }
  const body = { error, error_description: escapeHtml(description), ...extra };
  const response = json(status, body, headers);
  const isByFilter = status === 403 || challenge?.includes('realm') === true;
  const xml = formatXmlError(error, description);
  return new ErrorResponse(
    isByFilter ? { ...response, rendering: 'filter', xml } : response,
    description,
  );
}

export function badRequestError(error: string, description: string): ErrorResponse {
  return oauthError(400, error, description);
}

/** Creates an error 401 that the token endpoint itself reports, not a security filter. */
export function unauthorizedError(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.token });
}

export function accessDeniedError(): ErrorResponse {
  return oauthError(403, 'access_denied', 'Access is denied');
}

export function methodNotAllowedError({ method }: SandboxRequest): ErrorResponse {
  return oauthError(405, 'method_not_allowed', `Request method '${method}' not supported`);
}

/**
 * Replaces characters that a header cannot contain: control characters and those outside Latin-1.
 * Descriptions may repeat input of the client.
 */
function toHeaderValue(value: string): string {
  return value.replace(/[^ -~\u00a0-\u00ff]/g, '?');
}
