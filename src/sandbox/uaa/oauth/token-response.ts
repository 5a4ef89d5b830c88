import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../json.js';
import { unauthorizedError } from '../errors.js';
import { formatIssuer, resolveLifetimes, type Realm } from '../realm.js';
import type { Client, User } from '../store/identities.js';
import type { StoredToken } from '../store/tokens.js';
import type { ClientAuthMethod } from './client-auth.js';
import { hasRequiredGroups, requiredGroupsText } from './scopes.js';
import { createRevocationSignatures } from './token-check.js';
import { jwtBearerGrant } from './user-login.js';

interface Grant {
  readonly client: Client;
  /** Undefined for a token of the client itself. */
  readonly user?: User | undefined;
  readonly scope: readonly string[];
  readonly grantType: string;
  /** Time of the login in epoch seconds; undefined for a passcode or an assertion. */
  readonly authTime?: number | undefined;
  /** The claim `amr` (default: `pwd` if `authTime` is set). */
  readonly methods?: readonly string[] | undefined;
  readonly nonce?: string | undefined;
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** Default: derived from the client and the scopes. */
  readonly audience?: readonly string[] | undefined;
  /** Whether the response contains IDs of stored tokens instead of JWTs. */
  readonly isOpaque: boolean;
  /** Whether the token is stored on the server, so that it can be revoked by its ID. */
  readonly isRevocable: boolean;
}

/** A grant to a user, not to the client itself. */
export type UserGrant = Grant & { readonly user: User };

/** The body of the token endpoint's response. */
export type TokenResponse = JsonObject;

/** Reads the token format and the nonce. Opaque tokens are stored and therefore revocable. */
export function readGrantOptions(
  fields: URLSearchParams,
): Pick<Grant, 'isOpaque' | 'isRevocable' | 'nonce'> {
  const isOpaque = fields.get('token_format') === 'opaque';
  return { isOpaque, isRevocable: isOpaque, nonce: fields.get('nonce') ?? undefined };
}

export function createTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

/**
 * Issues an access token and creates the body of the token endpoint's response.
 * @throws ErrorResponse 401 if no scopes were granted.
 */
export async function createTokenResponse(
  realm: Realm,
  grant: Grant,
  refreshToken?: string,
): Promise<TokenResponse> {
  const { settings, key, state } = realm;
  const { user, nonce } = grant;
  if (grant.scope.length === 0) throw unauthorizedError('invalid_token', 'No scopes were granted');
  const jti = createTokenId();
  const { accessSeconds: seconds } = resolveLifetimes(grant.client, settings);
  const expiresAt = state.now() + seconds * 1000;
  const claims = createCommonClaims(realm, grant, { jti, expiresAt });
  const value = await key.sign({ ...claims, ...createAccessClaims(grant) });
  if (grant.isRevocable) {
    storeToken(realm, grant, { id: jti, responseType: 'ACCESS_TOKEN', expiresAt, value });
  }
  return {
    access_token: grant.isOpaque ? jti : value,
    token_type: 'bearer',
    ...(user &&
      hasIdToken(grant) && {
        id_token: await key.sign({ ...claims, ...createIdClaims(grant, user) }),
      }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    // The real server computes the remaining lifetime later, so it is always one second less.
    expires_in: seconds > 0 ? seconds - 1 : seconds,
    scope: grant.scope.join(' '),
    ...(nonce !== undefined && { nonce }),
    jti,
  };
}

/**
 * Creates a token response for a user, with a refresh token if the client may use one.
 * @throws ErrorResponse 401 if no scopes were granted, or the user is not in the required groups.
 */
export async function createUserTokenResponse(
  realm: Realm,
  grant: UserGrant,
): Promise<TokenResponse> {
  const { client, user, grantType } = grant;
  if (!hasRequiredGroups(client, realm.state.groups.findUserScopes(user.id))) {
    throw unauthorizedError('invalid_token', requiredGroupsText);
  }
  const { refreshesAssertionLogins } = realm.settings.behaviour;
  const canRefresh =
    client.grants.includes('refresh_token') &&
    (grantType !== jwtBearerGrant || refreshesAssertionLogins);
  const refreshToken = canRefresh ? await createRefreshToken(realm, grant) : undefined;
  return createTokenResponse(realm, grant, refreshToken);
}

/**
 * Creates a refresh token. It is stored if it is revocable, opaque or can be used only once.
 * @returns the JWT, or its ID if the token is opaque.
 */
async function createRefreshToken(realm: Realm, grant: UserGrant): Promise<string> {
  const { state, settings } = realm;
  const { refreshSeconds } = resolveLifetimes(grant.client, settings);
  const expiresAt = state.now() + refreshSeconds * 1000;
  const id = `${createTokenId()}-r`;
  const isOpaque = grant.isOpaque || settings.behaviour.hasOpaqueRefreshTokens;
  const isRevocable = isOpaque || settings.rotateRefresh;
  const claims = createCommonClaims(realm, grant, { jti: id, expiresAt });
  const value = await realm.key.sign({ ...claims, ...createRefreshClaims(grant, isRevocable) });
  const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value } as const;
  if (isRevocable) storeToken(realm, { ...grant, isOpaque }, token);
  return isOpaque ? id : value;
}

type StoredTokenFields = Pick<StoredToken, 'id' | 'responseType' | 'expiresAt' | 'value'>;

/** Stores a token. It can then be used and revoked by its ID. */
export function storeToken({ state }: Realm, grant: Grant, token: StoredTokenFields): void {
  state.tokens.put({
    ...token,
    clientId: grant.client.id,
    userId: grant.user?.id,
    format: grant.isOpaque ? 'opaque' : 'jwt',
    issuedAt: state.now(),
    scope: grant.scope,
  });
}

/** Whether the response contains an ID token; a wildcard in the client's scopes is not sufficient. */
function hasIdToken({ client, scope, grantType }: Grant): boolean {
  return (
    ['authorization_code', 'password', 'implicit', 'refresh_token'].includes(grantType) &&
    scope.includes('openid') &&
    client.scopes.includes('openid')
  );
}

/** Creates the claims that all tokens have. Undefined claims are omitted from the JWT. */
function createCommonClaims(
  { state, settings, zone }: Realm,
  { client, user, grantType, authTime }: Grant,
  { jti, expiresAt }: { readonly jti: string; readonly expiresAt: number },
): JsonObject {
  return {
    jti,
    sub: user?.id ?? client.id,
    client_id: client.id,
    cid: client.id,
    grant_type: grantType,
    ...(user && {
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      auth_time: authTime,
    }),
    rev_sig: createRevocationSignatures(client, user)[0],
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    iss: formatIssuer(settings),
    zid: zone.id,
  };
}

function createAccessClaims(grant: Grant): JsonObject {
  const { client, user, scope, nonce, isRevocable } = grant;
  return {
    nonce,
    authorities: user ? undefined : client.authorities,
    scope,
    client_auth_method: formatAuthMethod(grant),
    azp: client.id,
    revocable: isRevocable || undefined,
    email: user?.email,
    aud: getAudience(grant),
  };
}

/** A refresh token has `granted_scopes`, not `scope`, so that no route accepts it as an access token. */
function createRefreshClaims(grant: UserGrant, isRevocable: boolean): JsonObject {
  return {
    aud: getAudience(grant),
    granted_scopes: grant.scope,
    amr: getMethods(grant),
    client_auth_method: formatAuthMethod(grant),
    revocable: isRevocable || undefined,
  };
}

function createIdClaims(grant: Grant, user: User): JsonObject {
  const { client, scope, nonce } = grant;
  return {
    aud: [client.id],
    amr: getMethods(grant),
    azp: client.id,
    previous_logon_time: user.previousLogonAt,
    roles: scope.includes('roles') ? user.externalGroups : undefined,
    // Only users of external identity providers have attributes.
    user_attributes: scope.includes('user_attributes') ? {} : undefined,
    scope: ['openid'],
    email_verified: user.verified,
    nonce,
    email: user.email,
    ...(scope.includes('profile') && {
      given_name: user.givenName,
      family_name: user.familyName,
      phone_number: user.phoneNumber,
    }),
  };
}

function formatAuthMethod({ clientAuthMethod }: Grant): string | undefined {
  return clientAuthMethod === 'empty' ? 'none' : clientAuthMethod;
}

function getMethods({ methods, authTime }: Grant): readonly string[] | undefined {
  return methods ?? (authTime === undefined ? undefined : ['pwd']);
}

/** The default is the client, `openid`, and the part before the last dot of the other scopes. */
function getAudience({ client, scope, audience }: Grant): readonly string[] {
  if (audience) return audience;
  const resources = scope.flatMap((name) => {
    if (name === 'openid') return [name];
    const isResource = name.includes('.') && !name.endsWith('.') && name !== 'uaa.none';
    return isResource ? [name.slice(0, name.lastIndexOf('.'))] : [];
  });
  return [...new Set([client.id, ...resources])];
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
