import { createHash } from 'node:crypto';
import type { Claims } from './token-check.js';
import type { Client } from '../store/clients.js';
import { issuerClaim, type Realm } from '../realm.js';
import type { User } from '../store/users.js';

/** The properties of a token to issue. */
export interface Grant {
  readonly client: Client;
  /** Absent for a token of the client itself. */
  readonly user?: User | undefined;
  readonly scope: readonly string[];
  readonly grantType: string;
  /** Epoch seconds of the login; absent for a passcode, whose login is not on record. */
  readonly authTime?: number | undefined;
  readonly nonce?: string | undefined;
  /** Absent: derived from client and scope. */
  readonly audience?: readonly string[] | undefined;
  /** The response has ids of stored tokens instead of JWTs. */
  readonly opaque: boolean;
  /** Stored on the server, so that it can be revoked by its id. */
  readonly revocable: boolean;
}

/** A grant for a user, not for the client itself. */
export type UserGrant = Grant & { readonly user: User };

/** Id and expiry of a token. */
export interface TokenLife {
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The claims of an access token; those that are undefined are not signed. */
export function accessClaims(
  { state, settings }: Realm,
  grant: Grant,
  { jti, expiresAt }: TokenLife,
): Claims {
  const { client, user, scope } = grant;
  return {
    jti,
    nonce: grant.nonce,
    sub: user?.id ?? client.id,
    authorities: user ? undefined : client.authorities,
    scope,
    client_id: client.id,
    cid: client.id,
    azp: client.id,
    revocable: grant.revocable || undefined,
    grant_type: grant.grantType,
    ...(user && {
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      email: user.email,
      auth_time: grant.authTime,
    }),
    rev_sig: revocationSignatures(client, user)[0],
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    iss: issuerClaim(settings),
    zid: 'uaa',
    aud: grant.audience ?? audience(client, scope),
  };
}

/** Has `granted_scopes` instead of `scope`, so that no route accepts a refresh token as an access token. */
export function refreshClaims(
  { state, settings }: Realm,
  grant: UserGrant,
  { jti, expiresAt }: TokenLife,
): Claims {
  const { client, user } = grant;
  return {
    jti,
    sub: user.id,
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    cid: client.id,
    client_id: client.id,
    iss: issuerClaim(settings),
    zid: 'uaa',
    aud: grant.audience ?? audience(client, grant.scope),
    granted_scopes: grant.scope,
    ...(grant.authTime !== undefined && { amr: ['pwd'], auth_time: grant.authTime }),
    grant_type: grant.grantType,
    user_name: user.userName,
    origin: user.origin,
    user_id: user.id,
    revocable: grant.revocable || undefined,
    rev_sig: revocationSignatures(client, user)[0],
  };
}

export function idClaims(
  { state, settings }: Realm,
  grant: UserGrant,
  { jti, expiresAt }: TokenLife,
): Claims {
  const { client, user, scope } = grant;
  return {
    sub: user.id,
    aud: [client.id],
    iss: issuerClaim(settings),
    exp: toSeconds(expiresAt),
    iat: toSeconds(state.now()),
    ...(grant.authTime !== undefined && { amr: ['pwd'], auth_time: grant.authTime }),
    azp: client.id,
    previous_logon_time: user.previousLogonAt,
    scope: ['openid'],
    email_verified: user.verified,
    nonce: grant.nonce,
    email: user.email,
    cid: client.id,
    client_id: client.id,
    grant_type: grant.grantType,
    user_name: user.userName,
    zid: 'uaa',
    origin: user.origin,
    jti,
    user_id: user.id,
    rev_sig: revocationSignatures(client, user)[0],
    ...(scope.includes('profile') && {
      given_name: user.givenName,
      family_name: user.familyName,
      phone_number: user.phoneNumber,
    }),
  };
}

/** The client, and the part of each scope before the last dot; `openid` is used as a whole. */
function audience(client: Client, scope: readonly string[]): readonly string[] {
  const resources = scope.flatMap((name) => {
    if (name === 'openid') return [name];
    return name.includes('.') && name !== 'uaa.none' ? [name.slice(0, name.lastIndexOf('.'))] : [];
  });
  return [...new Set([client.id, ...resources])];
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/**
 * The `rev_sig` claim: a short hash over what a token depends on. When the client's secret or
 * salt, or the user's name, e-mail, password or salt change, older tokens no longer match.
 *
 * @returns one signature for each of the client's secrets, the newest first. A token contains the
 *   first and is valid while it matches one of them.
 */
export function revocationSignatures(client: Client, user?: User): readonly [string, ...string[]] {
  const [newest = '', ...older] = client.secretHashes.toReversed();
  const signature = (secretHash: string): string => {
    const parts = [client.id, secretHash, client.information['token_salt'] ?? ''];
    if (user) {
      parts.push(user.id, user.passwordHash, user.salt ?? '', user.email, user.userName);
    }
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  };
  return [signature(newest), ...older.map(signature)];
}
