import { createHash } from 'node:crypto';
import { isObject, parseJson, type JsonObject } from '../../json.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { challenges, oauthError } from '../errors.js';
import { formatIssuer, type Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { Client, User } from '../store/identities.js';
import type { State } from '../store/state.js';
import { limitScopeToZone } from '../zones.js';
import {
  clientHasScope,
  findScopesToConsent,
  hasRequiredGroups,
  requiredGroupsText,
} from './scopes.js';

/** The reason why a token is invalid. Each route chooses the HTTP status. */
export class InvalidTokenError extends Error {}

/** The claims that the UAA reads from its own tokens. */
interface TokenClaims extends JsonObject {
  readonly jti: string;
  readonly iss: string;
  readonly cid: string;
  readonly aud: readonly string[];
  readonly grant_type: string;
  readonly rev_sig: string;
  /** Epoch seconds. */
  readonly exp: number;
  /** Undefined for a token of the client itself. */
  readonly user_id?: string | undefined;
  /** Undefined for a refresh token. */
  readonly scope?: readonly string[] | undefined;
  /** Only in refresh tokens. */
  readonly granted_scopes?: readonly string[] | undefined;
  readonly revocable?: boolean | undefined;
  readonly auth_time?: number | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly client_auth_method?: string | undefined;
}

/** A token that is valid, except that it may have expired. */
export interface CheckedToken {
  /** The claim `jti`. */
  readonly id: string;
  readonly jwt: string;
  readonly claims: TokenClaims;
  readonly client: Client;
  /** Undefined for a token of the client itself. */
  readonly user?: User | undefined;
  readonly scope: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Checks everything except the expiry, which the routes report with different texts.
 * @param token - a JWT, or the ID of a stored token.
 * @throws InvalidTokenError with UAA's text.
 * @see UAA 77 `TokenValidationService`
 */
export async function checkToken(
  token: string,
  kind: 'access' | 'refresh',
  { state, key, settings }: Realm,
): Promise<CheckedToken> {
  const jwt = token.includes('.') ? token : state.tokens.get(token)?.value;
  if (jwt === undefined) throw new InvalidTokenError(unknownTokenText);
  const claims = parseJwtPart(jwt.split('.')[1]) as TokenClaims | undefined;
  if (!claims) throw new InvalidTokenError('Invalid token');
  if (!(await key.verify(jwt))) throw new InvalidTokenError('Could not verify token signature.');
  const { jti: id, revocable, rev_sig: signature, exp } = claims;
  const scopeClaim = kind === 'refresh' && claims.granted_scopes ? 'granted_scopes' : 'scope';
  const scope = claims[scopeClaim];
  if (!scope) throw new InvalidTokenError('The token does not bear a "scope" claim.');
  if (revocable === true && !state.tokens.get(id)) {
    throw new InvalidTokenError(`The token has been revoked: ${id}`);
  }
  checkIssuer(claims, formatIssuer(settings));
  const { client, user } = findOwners(claims, state);
  if (user && !hasRequiredGroups(client, state.groups.findUserScopes(user.id))) {
    throw new InvalidTokenError(requiredGroupsText);
  }
  const missing = findMissingScopes(scope, client, user, state);
  if (missing.length > 0) {
    const list = missing.join(', ');
    throw new InvalidTokenError(`Some required "${scopeClaim}" are missing: [${list}]`);
  }
  if (!createRevocationSignatures(client, user).includes(signature)) {
    throw new InvalidTokenError('revocable signature mismatch');
  }
  if (kind === 'refresh' && !id.endsWith('-r')) {
    throw new InvalidTokenError('Invalid refresh token.');
  }
  return { id, jwt, claims, client, user, scope, expiresAt: exp * 1000 };
}

/**
 * Describes the scopes that the user has not approved, or no longer approves. The password grant and
 * clients with `autoapprove` do not require approvals.
 * @returns undefined if all scopes are approved.
 */
export function describeUnapprovedScopes(
  { claims, client, user }: CheckedToken,
  scope: readonly string[],
  { approvals }: State,
): string | undefined {
  if (!user || claims.grant_type === 'password') return undefined;
  const unapproved = findScopesToConsent(client, scope).filter(
    (name) => !approvals.get({ userId: user.id, clientId: client.id, scope: name }),
  );
  if (unapproved.length === 0) return undefined;
  const names = unapproved.join(', ');
  return `Invalid token (some requested scopes are not approved): [${names}]`;
}

const unknownTokenText = 'The token expired, was revoked, or the token ID is incorrect.';

/** Decodes the header or the claims of a token. @returns undefined if it is not a JSON object. */
export function parseJwtPart(part = ''): JsonObject | undefined {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}

/** The issuer changes if the sandbox is restarted with the same data but another port. */
function checkIssuer({ iss }: TokenClaims, expected: string): void {
  if (iss === expected) return;
  throw new InvalidTokenError(
    `Invalid issuer (${iss}) for token did not match expected: ${expected}`,
  );
}

function findOwners(
  { cid, user_id: userId }: TokenClaims,
  { clients, users }: State,
): { readonly client: Client; readonly user?: User } {
  const client = clients.get(cid);
  if (!client) throw new InvalidTokenError(`Invalid client ID ${cid}`);
  if (userId === undefined) return { client };
  const user = users.get(userId);
  if (!user?.active) throw new InvalidTokenError(`Token bears a non-existent user ID: ${userId}`);
  return { client, user };
}

/** Finds the scopes of a token that its client or user no longer has. */
function findMissingScopes(
  scope: readonly string[],
  client: Client,
  user: User | undefined,
  { groups }: State,
): readonly string[] {
  if (!user) return scope.filter((name) => !client.authorities.includes(name));
  const names = groups.findUserScopes(user.id);
  return scope.filter((name) => !names.has(name) || !clientHasScope(client, name));
}

/**
 * Creates the possible values of the claim `rev_sig`: short hashes of the client's secret and salt,
 * and the user's name, email, password and salt. A change to any of these invalidates older tokens.
 * @returns one signature per secret of the client, the newest first. New tokens contain the first
 *   one; a token is valid if it contains any of them.
 */
export function createRevocationSignatures(
  client: Client,
  user?: User,
): readonly [string, ...string[]] {
  const [newest = '', ...older] = client.secretHashes.toReversed();
  const createSignature = (secretHash: string): string => {
    const parts = [client.id, secretHash, client.information['token_salt'] ?? ''];
    if (user) {
      parts.push(user.id, user.passwordHash, user.salt ?? '', user.email, user.userName);
    }
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  };
  return [createSignature(newest), ...older.map(createSignature)];
}

/**
 * Identifies the caller by the bearer token in the `Authorization` header or in the parameter
 * `access_token`. The scheme of the header is case-insensitive.
 * @throws ErrorResponse 401 if the token is missing or invalid.
 */
export async function authenticateCaller(
  request: SandboxRequest,
  realm: Realm,
): Promise<CheckedToken> {
  const value = findToken(request);
  if (value === undefined) {
    throw bearerError('unauthorized', 'Full authentication is required to access this resource');
  }
  const { callers = realm } = realm;
  const token = await checkToken(value, 'access', callers).catch((error: unknown) => {
    throw error instanceof InvalidTokenError ? bearerError('invalid_token', error.message) : error;
  });
  if (token.expiresAt < realm.state.now()) {
    const time = new Date(token.expiresAt).toUTCString();
    throw bearerError('invalid_token', `Invalid access token: expired at ${time}`);
  }
  return { ...token, scope: limitScopeToZone(request, token.scope) };
}

function findToken(request: SandboxRequest): string | undefined {
  const [, header] = /^bearer([^,]*)/i.exec(request.headers['authorization'] ?? '') ?? [];
  return header?.trim() ?? readParameters(request).get('access_token') ?? undefined;
}

/** Whether the request contains a bearer token, which may be invalid. */
export function hasToken(request: SandboxRequest): boolean {
  return findToken(request) !== undefined;
}

/**
 * Checks that a token is intended for a resource. The few routes that require this do not accept
 * `uaa.admin` instead.
 * @throws ErrorResponse 403 `access_denied`.
 */
export function checkAudience({ claims }: CheckedToken, resource: string): void {
  if (claims.aud.includes(resource)) return;
  const description = `Invalid token does not contain resource id (${resource})`;
  throw oauthError(403, 'access_denied', description, { challenge: challenges.resource });
}

/**
 * Creates the error for a token without the required scope.
 * @param acceptedScopes - the scopes that the route accepts, in the order of the real server.
 */
export function insufficientScopeError(acceptedScopes: readonly string[]): ErrorResponse {
  return oauthError(403, 'insufficient_scope', 'Insufficient scope for this resource', {
    challenge: challenges.token,
    extra: { scope: acceptedScopes.join(' ') },
  });
}

function bearerError(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.resource });
}
