import { createHash, randomBytes } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { readChallenge, validateChallenge } from '../oauth/client-auth.js';
import { parseScope, resolveUserScopes } from '../oauth/scopes.js';
import { createTokenResponse, readGrantOptions } from '../oauth/token-response.js';
import type { Realm } from '../realm.js';
import type { AuthorizationRequest, Principal, ResponseTarget } from '../store/expiring.js';
import { acceptsProvider, type Client, type User } from '../store/identities.js';
import { redirect } from './pages.js';

interface AuthorizationErrorDetails {
  /** Where to send the error; if absent, it is shown to the user. */
  readonly target?: ResponseTarget;
  /** Status of the page for the user (default: 400). */
  readonly status?: number;
}

/** An error that is sent to the client's redirect URI or shown to the user. */
export class AuthorizationError extends Error {
  readonly error: string;
  readonly details: AuthorizationErrorDetails;

  constructor(error: string, description: string, details: AuthorizationErrorDetails = {}) {
    super(description);
    this.error = error;
    this.details = details;
  }
}

/**
 * Parses and validates a request to `/oauth/authorize`.
 *
 * @throws AuthorizationError
 * @see UAA 77 `UaaAuthorizationEndpoint`; RFC 6749, section 4.1.2.1
 */
export function parseAuthorizationRequest(
  fields: URLSearchParams,
  { user, authTime }: Principal,
  { state, settings: { behaviour } }: Realm,
): AuthorizationRequest {
  const id = fields.get('client_id');
  const client = state.clients.get(id ?? '');
  if (!client) {
    const description = `No client with requested id: ${id ?? 'null'}`;
    throw new AuthorizationError('invalid_client', description, { status: 401 });
  }
  checkIdentityProvider(client, user);
  const registered = resolveRedirectUri(fields.get('redirect_uri'), client);
  if ('problem' in registered) throw new AuthorizationError('invalid_grant', registered.problem);
  const responseTypes = new Set((fields.get('response_type') ?? '').split(/\s+/).filter(Boolean));
  const target = { redirectUri: registered.uri, responseTypes, state: fields.get('state') };
  const reject = (error: string, description: string) =>
    new AuthorizationError(error, description, { target });
  const groups = state.groups.findUserScopes(user.id);
  const resolved = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if ('problem' in resolved) throw reject('invalid_scope', resolved.problem);
  if ([...responseTypes].some((type) => !['code', 'token', 'id_token'].includes(type))) {
    throw reject('unsupported_response_type', 'Unsupported response types');
  }
  if (responseTypes.size === 0) {
    throw reject('invalid_request', 'Missing response_type in authorization request');
  }
  const pkce = behaviour.hasPkce ? readChallenge(fields) : undefined;
  const problem = pkce && validateChallenge(pkce);
  if (problem !== undefined) throw new AuthorizationError('invalid_request', problem);
  return { client, user, authTime, fields, scope: resolved.scope, ...target };
}

/** Checks that the client accepts users of the user's identity provider. */
function checkIdentityProvider(client: Client, { origin }: User): void {
  if (acceptsProvider(client, origin)) return;
  const description = 'The application is not authorized for your account.';
  throw new AuthorizationError('unauthorized_client', description, { status: 401 });
}

/**
 * Redirects to the client with a code in the query, or with tokens in the fragment.
 *
 * @param scope - the scopes that are approved, or that do not require consent.
 * @throws AuthorizationError if the client may not use the implicit grant, or no scopes are granted.
 */
export async function respondToClient(
  request: SandboxRequest,
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<SandboxResponse> {
  const { redirectUri, responseTypes, state } = authorization;
  const common = state === null ? {} : { state };
  if (!responseTypes.has('token') && !responseTypes.has('id_token')) {
    const code = createCode(authorization, scope, realm);
    return redirect(request, addParameters(redirectUri, 'query', { code, ...common }));
  }
  const tokens = await createTokens(authorization, scope, realm);
  return redirect(request, addParameters(redirectUri, 'fragment', { ...tokens, ...common }));
}

function createCode(
  { client, user, fields, redirectUri, authTime }: AuthorizationRequest,
  scope: readonly string[],
  { state, settings: { behaviour } }: Realm,
): string {
  return state.codes.create({
    clientId: client.id,
    userId: user.id,
    scope,
    redirectUri,
    parameters: Object.fromEntries(fields),
    authTime,
    pkce: behaviour.hasPkce ? readChallenge(fields) : undefined,
  });
}

/** Creates the requested tokens, and a code if one was requested, too. */
async function createTokens(
  authorization: AuthorizationRequest,
  scope: readonly string[],
  realm: Realm,
): Promise<Readonly<Record<string, string>>> {
  const { client, user, authTime, fields, responseTypes, redirectUri } = authorization;
  const isImplicit = responseTypes.has('token') || responseTypes.size === 1;
  const grantType = isImplicit ? 'implicit' : 'authorization_code';
  const reject = (error: string, description: string) =>
    new AuthorizationError(error, description, { target: authorization });
  if (!client.grants.includes(grantType)) {
    throw reject('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
  if (scope.length === 0) throw reject('invalid_token', 'No scopes were granted');
  const options = readGrantOptions(fields);
  const { nonce } = options;
  const grant = { client, user, scope, authTime, grantType, ...options };
  const body = await createTokenResponse(realm, grant);
  const { access_token: accessToken, id_token: idToken, expires_in: expiresIn, jti } = body;
  const requested = parseScope(fields.get('scope'));
  const isRequestedScope =
    requested.length === scope.length && requested.every((name) => scope.includes(name));
  return {
    token_type: 'bearer',
    ...(responseTypes.has('token') && { access_token: String(accessToken) }),
    // The real server sends this text if the scopes do not include `openid`.
    ...(responseTypes.has('id_token') && {
      id_token: typeof idToken === 'string' ? idToken : 'null',
    }),
    ...(responseTypes.has('code') && { code: createCode(authorization, scope, realm) }),
    expires_in: String(expiresIn),
    ...(!isRequestedScope && { scope: scope.join(' ') }),
    ...(nonce !== undefined && { nonce }),
    jti: String(jti),
    ...(fields.get('prompt') === 'none' && { session_state: createSessionState(redirectUri) }),
  };
}

/** Redirects to the client with an error, in the fragment if it requested tokens. */
export function respondWithError(
  request: SandboxRequest,
  error: Readonly<Record<string, string>>,
  { redirectUri, responseTypes, state }: ResponseTarget,
): SandboxResponse {
  const isImplicit = responseTypes.has('token') || responseTypes.has('id_token');
  const place = isImplicit ? 'fragment' : 'query';
  const parameters = { ...error, ...(state !== null && { state }) };
  return redirect(request, addParameters(redirectUri, place, parameters));
}

/**
 * Creates the value that lets clients detect that the user's session has changed.
 *
 * @see OpenID Connect Session Management 1.0, section 3
 */
export function createSessionState(redirectUri: string): string {
  const salt = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(`${redirectUri} ${salt}`).digest('hex');
  return `${hash}.${salt}`;
}

/**
 * Determines the redirect URI of an authorization request.
 *
 * @param requested - null if the request does not contain one; the registered URI is then used, if
 *   there is exactly one.
 * @returns the URI, or why it is rejected.
 * @see UAA 77 `LegacyRedirectResolver`
 */
export function resolveRedirectUri(
  requested: string | null,
  { redirectUris, grants }: Pick<Client, 'redirectUris' | 'grants'>,
): { readonly uri: string } | { readonly problem: string } {
  if (!grants.some((grant) => grant === 'implicit' || grant === 'authorization_code')) {
    const grantNames = 'implicit or authorization_code';
    return { problem: `A redirect_uri can only be used by ${grantNames} grant types.` };
  }
  const [first] = redirectUris;
  if (requested === null && first !== undefined && redirectUris.length === 1) return { uri: first };
  if (requested !== null && redirectUris.some((uri) => matchesRedirectUri(uri, requested))) {
    return { uri: requested };
  }
  const name = requested ?? 'null';
  return { problem: `Invalid redirect ${name} did not match one of the registered values` };
}

/**
 * Whether a URI matches a registered one: by its wildcards, or because it has the same scheme and
 * port, the same host or a subdomain of it, and a path that starts with the registered path. URIs
 * with other schemes than HTTP must be equal.
 */
function matchesRedirectUri(registered: string, requested: string): boolean {
  const own = parseUri(registered);
  const other = parseUri(requested);
  if (!own || !other) return false;
  if (registered.includes('*')) {
    // The wildcard for a port also matches a URI without a port.
    const pattern = other.port === '' ? own.text.replace(':*', '') : own.text;
    return hasSafeHost(own.host, other.host) && matchesUriPattern(pattern, other.text);
  }
  if (!own.scheme.startsWith('http')) return own.text === other.text;
  return (
    own.scheme === other.scheme &&
    (own.host === other.host || other.host.endsWith(`.${own.host}`)) &&
    own.port === other.port &&
    other.path.startsWith(own.path)
  );
}

/** Parses a URI, which may contain wildcards, and normalizes it; undefined if it is invalid. */
function parseUri(uri: string) {
  if (/[\s"<>\\^`{|}]/.test(uri)) return undefined;
  const [, scheme, user = '', host, port = '', path = '', rest = ''] =
    /^([a-z][\w+.*-]*):\/\/([^/?#]*@)?([^/?#:]+)(?::(\d+|\*))?(\/[^?#]*)?([?#].*)?$/i.exec(uri) ??
    [];
  const decodedPath = decodePath(path);
  if (scheme === undefined || host === undefined || decodedPath === undefined) return undefined;
  const isDefaultPort = port === { http: '80', https: '443' }[scheme.toLowerCase()];
  const parts = {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase(),
    port: isDefaultPort ? '' : port,
    path: decodedPath,
  };
  const address = `${parts.host}${port === '' ? '' : `:${port}`}`;
  return { ...parts, text: `${parts.scheme}://${user}${address}${decodedPath}${rest}` };
}

/** Decodes the escapes of a path and removes its `.` and `..` segments; undefined if it is invalid. */
function decodePath(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..' && segments.length > 1) segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

/** Compares the labels of the hosts, starting with the last one, up to a label with a wildcard. */
function hasSafeHost(registered: string, requested: string): boolean {
  const own = registered.split('.').toReversed();
  const other = requested.split('.').toReversed();
  const wildcard = own.findIndex((label) => label.includes('*'));
  const labels = wildcard < 0 ? own : own.slice(0, wildcard);
  return other.length >= own.length && labels.every((label, index) => label === other[index]);
}

/**
 * Whether a URI matches a pattern, in which `*` matches a part of a path segment, and `**` any
 * number of segments.
 */
export function matchesUriPattern(pattern: string, uri: string): boolean {
  const parts = pattern.split(/(\/\*\*$|\*\*|\*)/).map((part) => {
    if (part === '/**') return '(/.*)?';
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(uri);
}

/**
 * Adds the parameters of a response to a redirect URI.
 *
 * @param place - the fragment is not sent to the server of the redirect URI.
 */
export function addParameters(
  redirectUri: string,
  place: 'query' | 'fragment',
  parameters: Readonly<Record<string, string>>,
): string {
  const [base = '', fragment = ''] = redirectUri.split('#', 2);
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  if (place === 'fragment') return `${base}#${fragment === '' ? '' : `${fragment}&`}${text}`;
  const query = `${base}${base.includes('?') ? '&' : '?'}${text}`;
  return fragment === '' ? query : `${query}#${fragment}`;
}
