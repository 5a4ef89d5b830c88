import { randomUUID } from 'node:crypto';
import { lifetimesOf, type Realm } from '../realm.js';
import {
  accessClaims,
  idClaims,
  refreshClaims,
  type Grant,
  type UserGrant,
} from './token-claims.js';
import type { StoredToken } from '../store/tokens.js';

/** @returns the body of a successful response of the token endpoint. */
export async function tokenResponse(
  realm: Realm,
  grant: Grant,
  refreshToken?: string,
): Promise<Record<string, unknown>> {
  const { settings, key, state } = realm;
  const jti = newTokenId();
  const { accessSeconds: seconds } = lifetimesOf(grant.client, settings);
  const life = { jti, expiresAt: state.now() + seconds * 1000 };
  const value = await key.sign(accessClaims(realm, grant, life));
  if (grant.revocable) {
    const { expiresAt } = life;
    store(realm, grant, { id: jti, responseType: 'ACCESS_TOKEN', expiresAt, value });
  }
  return {
    access_token: grant.opaque ? jti : value,
    token_type: 'bearer',
    ...(hasIdToken(grant) && { id_token: await key.sign(idClaims(realm, grant, life)) }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    // The real server computes the remaining time while it writes the response: always one less.
    expires_in: seconds - 1,
    scope: grant.scope.join(' '),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    jti,
  };
}

/** As `tokenResponse`, with a new refresh token if the client may use one. */
export async function userTokenResponse(
  realm: Realm,
  grant: UserGrant,
): Promise<Record<string, unknown>> {
  const refreshes = grant.client.grants.includes('refresh_token');
  return tokenResponse(realm, grant, refreshes ? await newRefreshToken(realm, grant) : undefined);
}

/**
 * Creates a refresh token. It is stored on the server if it is opaque or can be used only once.
 *
 * @param expiresAt - epoch milliseconds; absent: the client's lifetime from now on.
 * @returns the JWT, or its id if it is opaque.
 */
export async function newRefreshToken(
  realm: Realm,
  grant: UserGrant,
  expiresAt = realm.state.now() + lifetimesOf(grant.client, realm.settings).refreshSeconds * 1000,
): Promise<string> {
  const id = `${newTokenId()}-r`;
  const { rotateRefresh, behaviour } = realm.settings;
  const opaque = grant.opaque || behaviour.opaqueRefresh;
  const revocable = grant.revocable || opaque || rotateRefresh;
  const claims = refreshClaims(realm, { ...grant, revocable }, { jti: id, expiresAt });
  const value = await realm.key.sign(claims);
  const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value } as const;
  if (revocable) store(realm, { ...grant, opaque }, token);
  return opaque ? id : value;
}

type Stored = Pick<StoredToken, 'id' | 'responseType' | 'expiresAt' | 'value'>;

/** Stores a token, so that it can be found and removed by its id. */
export function store({ state }: Realm, grant: Grant, token: Stored): void {
  state.tokens.put({
    ...token,
    clientId: grant.client.id,
    userId: grant.user?.id,
    format: grant.opaque ? 'opaque' : 'jwt',
    issuedAt: state.now(),
    scope: grant.scope,
  });
}

/** UAA makes one only for clients that register `openid` literally. */
function hasIdToken(grant: Grant): grant is UserGrant {
  return (
    grant.user !== undefined &&
    grant.scope.includes('openid') &&
    grant.client.scopes.includes('openid')
  );
}

function newTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

/** The format of the tokens that a request wants; opaque tokens must be stored. */
export function formatOf(fields: URLSearchParams): { opaque: boolean; revocable: boolean } {
  const opaque = fields.get('token_format') === 'opaque';
  return { opaque, revocable: opaque };
}
