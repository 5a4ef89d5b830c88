import { empty, ErrorResponse, html, json, prefersHtml, type SandboxRequest } from '../router.js';
import type { Behaviour } from './uaa-releases.js';

/** The authentication that the `WWW-Authenticate` header requires. */
export interface Challenge {
  readonly scheme: 'Basic' | 'Bearer';
  readonly realm?: string;
}

/** The challenges, by the kind of authentication that failed. */
export const challenges = {
  /** Client authentication, and the user's credentials in the password grant. */
  client: { scheme: 'Basic', realm: 'UAA/client' },
  /** Routes that require a bearer token. */
  resource: { scheme: 'Bearer', realm: 'UAA/oauth' },
  /** The user's credentials in the passcode grant and in logins without a browser. */
  passcode: { scheme: 'Bearer', realm: 'oauth' },
  /** All other errors of the token endpoint, and insufficient scopes. */
  token: { scheme: 'Bearer' },
} as const satisfies Readonly<Record<string, Challenge>>;

interface OauthErrorOptions {
  /** If absent, the response does not have the header `WWW-Authenticate`. */
  readonly challenge?: Challenge | undefined;
  /** Error code in `WWW-Authenticate` (default: the one in the body). */
  readonly challengeError?: string;
  /** Additional members of the body. */
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * Creates an error of the token endpoint or of `/check_token`, or for a missing token or scope.
 * @see RFC 6749, section 5.2; RFC 6750, section 3
 */
export function oauthError(
  status: number,
  error: string,
  description: string,
  { challenge, challengeError = error, extra = {} }: OauthErrorOptions = {},
): ErrorResponse {
  const details = { error_description: description, ...extra };
  const headers: Record<string, string> = { 'cache-control': 'no-store', pragma: 'no-cache' };
  if (challenge !== undefined) {
    // A challenge with a realm contains the error only if the status is 401.
    const hasError = challenge.realm === undefined || status === 401;
    headers['www-authenticate'] = formatChallenge(
      challenge,
      hasError ? { error: challengeError, ...details } : {},
    );
  }
  return new ErrorResponse(json(status, { error, ...details }, headers), description);
}

/**
 * Formats the value of the `WWW-Authenticate` header. Characters that a header cannot contain are
 * replaced, because descriptions may repeat the client's input.
 */
function formatChallenge(
  { scheme, realm }: Challenge,
  error: Readonly<Record<string, string>>,
): string {
  const members = { ...(realm !== undefined && { realm }), ...error };
  const parameters = Object.entries(members).map(([name, value]) => `${name}="${value}"`);
  return `${scheme} ${parameters.join(', ')}`.replace(/[^ -~\u00a0-\u00ff]/g, '?');
}

export function badRequestError(error: string, description: string): ErrorResponse {
  return oauthError(400, error, description);
}

export function unauthorizedError(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.token });
}

export function accessDeniedError(): ErrorResponse {
  return oauthError(403, 'access_denied', 'Access is denied');
}

/**
 * Creates an error of the user and group routes.
 * @param error - name of the server's exception, in snake case.
 * @param extra - additional members of the body.
 */
export function scimError(
  status: number,
  error: string,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): ErrorResponse {
  const body = { error, message, error_description: message, ...extra };
  return new ErrorResponse(json(status, body), message);
}

export function badScimRequestError(message: string): ErrorResponse {
  return scimError(400, 'scim', message);
}

export function invalidScimResourceError(message: string): ErrorResponse {
  return scimError(400, 'invalid_scim_resource', message);
}

export function scimNotFoundError(kind: 'User' | 'Group', id: string): ErrorResponse {
  return scimError(404, 'scim_resource_not_found', `${kind} ${id} does not exist`);
}

/** Creates an error without a description: a short page for browsers, and `{}` for other clients. */
export function statusError(
  request: SandboxRequest,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): ErrorResponse {
  const response = prefersHtml(request)
    ? html(status, `<!doctype html><title>Error</title><h1>Error ${String(status)}</h1>`)
    : json(status, {});
  return new ErrorResponse({ ...response, headers: { ...response.headers, ...headers } });
}

export function emptyError(status: number): ErrorResponse {
  return new ErrorResponse(empty(status));
}

export function methodNotAllowedError({ method }: SandboxRequest): ErrorResponse {
  return oauthError(405, 'method_not_allowed', `Request method '${method}' not supported`);
}

/** Creates the response to an unhandled exception of the user and group routes. */
export function unexpectedScimError(): ErrorResponse {
  return scimError(500, 'scim', 'Unexpected error');
}

export function clientAuthError(
  description = 'An Authentication object was not found in the SecurityContext',
  { badCredentialsError: error }: Pick<Behaviour, 'badCredentialsError'> = {
    badCredentialsError: 'unauthorized',
  },
): ErrorResponse {
  const options = { challenge: challenges.client, challengeError: 'unauthorized' };
  return oauthError(401, error, description, options);
}
