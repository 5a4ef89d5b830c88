import { unauthorizedError } from '../errors.js';
import { randomUUID } from 'node:crypto';
import { jwtBearerGrant } from './assertion-grant.js';
import { readAuthorizationAttributes } from './authorization-attributes.js';
import type { ClientAuthMethod } from './client-auth.js';
import { resolveLifetimes, type Realm } from '../realm.js';
import {
  createAccessClaims,
  createIdClaims,
  createRefreshClaims,
  type Grant,
  type UserGrant,
} from './token-claims.js';
import { hasRequiredGroups, requiredGroupsText } from './scopes.js';
import type { Client } from '../store/clients.js';
import type { StoredToken } from '../store/tokens.js';

/** The parts of a request to the token endpoint that most grants use. */
export interface ClientRequest {
  readonly realm: Realm;
  readonly client: Client;
  readonly fields: URLSearchParams;
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
}

/** The body of the token endpoint's response. */
export type TokenResponse = Record<string, unknown>;

/**
 * Issues an access token and creates the body of the token endpoint's response.
 *
 * @throws ErrorResponse 401 if no scopes were granted.
 */
export async function createTokenResponse(
  realm: Realm,
  grant: Grant,
  refreshToken?: string,
): Promise<TokenResponse> {
  const { settings, key, state } = realm;
  if (grant.scope.length === 0) throw unauthorizedError('invalid_token', 'No scopes were granted');
  const jti = createTokenId();
  const { accessSeconds: seconds } = resolveLifetimes(grant.client, settings);
  const metadata = { jti, expiresAt: state.now() + seconds * 1000 };
  const value = await key.sign(createAccessClaims(realm, grant, metadata));
  if (grant.isRevocable) {
    const { expiresAt } = metadata;
    storeToken(realm, grant, { id: jti, responseType: 'ACCESS_TOKEN', expiresAt, value });
  }
  return {
    access_token: grant.isOpaque ? jti : value,
    token_type: 'bearer',
    ...(hasIdToken(grant) && {
      id_token: await key.sign(
        createIdClaims(realm, grant, { ...metadata, jti: grant.idTokenId ?? jti }),
      ),
    }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    // The real server computes the remaining lifetime later, so the result is always one less.
    expires_in: seconds > 0 ? seconds - 1 : seconds,
    scope: grant.scope.join(' '),
    ...(grant.attributes && { az_attr: grant.attributes }),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    jti,
  };
}

/**
 * Creates a token response for a user, with a refresh token if the client may use one.
 *
 * @throws ErrorResponse 401 if no scopes were granted, or the user is not in the required groups.
 */
export async function createUserTokenResponse(
  realm: Realm,
  grant: UserGrant,
): Promise<TokenResponse> {
  const groups = realm.state.groups.findUserScopes(grant.user.id);
  if (!hasRequiredGroups(grant.client, groups)) {
    throw unauthorizedError('invalid_token', requiredGroupsText);
  }
  const canRefresh =
    grant.client.grants.includes('refresh_token') && grant.grantType !== jwtBearerGrant;
  return createTokenResponse(
    realm,
    grant,
    canRefresh ? await createRefreshToken(realm, grant) : undefined,
  );
}

/**
 * Creates a refresh token. It is stored if it is revocable, opaque or can be used only once.
 *
 * @param expiresAt - epoch milliseconds (default: derived from the client's token lifetime).
 * @returns the JWT, or its id if the token is opaque.
 */
export async function createRefreshToken(
  realm: Realm,
  grant: UserGrant,
  expiresAt = realm.state.now() +
    resolveLifetimes(grant.client, realm.settings).refreshSeconds * 1000,
): Promise<string> {
  const id = `${createTokenId()}-r`;
  const { rotateRefresh, behaviour } = realm.settings;
  const isOpaque = grant.isOpaque || behaviour.hasOpaqueRefreshTokens;
  const isRevocable = grant.isRevocable || isOpaque || rotateRefresh;
  const claims = createRefreshClaims(realm, { ...grant, isRevocable }, { jti: id, expiresAt });
  const value = await realm.key.sign(claims);
  const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value } as const;
  if (isRevocable) storeToken(realm, { ...grant, isOpaque }, token);
  return isOpaque ? id : value;
}

type StoredTokenFields = Pick<StoredToken, 'id' | 'responseType' | 'expiresAt' | 'value'>;

/** Stores a token so that it can be used and revoked by its id. */
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

/**
 * Whether the response contains an id token; a wildcard in the client's scopes is not sufficient.
 */
function hasIdToken(grant: Grant): grant is UserGrant {
  return (
    grant.user !== undefined &&
    idTokenGrants.includes(grant.grantType) &&
    grant.scope.includes('openid') &&
    grant.client.scopes.includes('openid')
  );
}

const idTokenGrants = ['authorization_code', 'password', 'implicit', 'refresh_token'];

/** Creates the id of a token: 32 hexadecimal digits. */
export function createTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

/** Reads the requested token format. Opaque tokens are stored and therefore revocable. */
export function parseTokenFormat(fields: URLSearchParams): Pick<Grant, 'isOpaque' | 'isRevocable'> {
  const isOpaque = fields.get('token_format') === 'opaque';
  return { isOpaque, isRevocable: isOpaque };
}

/** Reads the parameters that most grants have: the token format, the nonce and the attributes. */
export function readGrantOptions(
  fields: URLSearchParams,
): Pick<Grant, 'isOpaque' | 'isRevocable' | 'nonce' | 'attributes'> {
  return {
    ...parseTokenFormat(fields),
    nonce: fields.get('nonce') ?? undefined,
    attributes: readAuthorizationAttributes(fields.get('authorities')),
  };
}
