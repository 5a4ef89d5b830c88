import { randomUUID } from 'node:crypto';
import { resolveLifetimes, type Realm } from '../realm.js';
import {
  createAccessClaims,
  createIdClaims,
  createRefreshClaims,
  type Grant,
  type UserGrant,
} from './token-claims.js';
import type { StoredToken } from '../store/tokens.js';

/** Issues an access token and creates the body of the token endpoint's response. */
export async function createTokenResponse(
  realm: Realm,
  grant: Grant,
  refreshToken?: string,
): Promise<Record<string, unknown>> {
  const { settings, key, state } = realm;
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
    ...(hasIdToken(grant) && { id_token: await key.sign(createIdClaims(realm, grant, metadata)) }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    // The real server computes the remaining lifetime later, so the result is always one less.
    expires_in: seconds - 1,
    scope: grant.scope.join(' '),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    jti,
  };
}

/** Creates a token response for a user, with a refresh token if the client may use one. */
export async function createUserTokenResponse(
  realm: Realm,
  grant: UserGrant,
): Promise<Record<string, unknown>> {
  const canRefresh = grant.client.grants.includes('refresh_token');
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
    grant.scope.includes('openid') &&
    grant.client.scopes.includes('openid')
  );
}

function createTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

/** Reads the requested token format. Opaque tokens are stored and therefore revocable. */
export function parseTokenFormat(fields: URLSearchParams): Pick<Grant, 'isOpaque' | 'isRevocable'> {
  const isOpaque = fields.get('token_format') === 'opaque';
  return { isOpaque, isRevocable: isOpaque };
}
