import { createHash } from 'node:crypto';
import type { AuthorizationAttributes } from './authorization-attributes.js';
import type { ClientAuthMethod } from './client-auth.js';
import type { Claims } from './token-check.js';
import type { Client } from '../store/clients.js';
import { formatIssuer, type Realm } from '../realm.js';
import type { User } from '../store/users.js';

/** The properties of a token to issue. */
export interface Grant {
  readonly client: Client;
  /** Undefined for a token of the client itself. */
  readonly user?: User | undefined;
  readonly scope: readonly string[];
  readonly grantType: string;
  /** Time of the login in epoch seconds; undefined for a passcode. */
  readonly authTime?: number | undefined;
  /** The claim `amr`; null omits it. Default: `pwd` if `authTime` is set. */
  readonly methods?: readonly string[] | null | undefined;
  /** The claim `jti` of the id token (default: the id of the access token). */
  readonly idTokenId?: string | undefined;
  /** The claim `az_attr`. */
  readonly attributes?: AuthorizationAttributes | undefined;
  readonly nonce?: string | undefined;
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** Default: derived from the client and the scopes. */
  readonly audience?: readonly string[] | undefined;
  /** Whether the response contains ids of stored tokens instead of JWTs. */
  readonly isOpaque: boolean;
  /** Whether the token is stored on the server, so that it can be revoked by its id. */
  readonly isRevocable: boolean;
}

/** A grant to a user, not to the client itself. */
export type UserGrant = Grant & { readonly user: User };

/** The id and expiry of a token. */
export interface TokenMetadata {
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Creates the claims of an access token. Undefined claims are omitted from the JWT. */
export function createAccessClaims(
  { state, settings }: Realm,
  grant: Grant,
  { jti, expiresAt }: TokenMetadata,
): Claims {
  const { client, user, scope } = grant;
  return {
    jti,
    nonce: grant.nonce,
    az_attr: grant.attributes,
    sub: user?.id ?? client.id,
    authorities: user ? undefined : client.authorities,
    scope,
    client_auth_method: formatAuthMethod(grant),
    client_id: client.id,
    cid: client.id,
    azp: client.id,
    revocable: grant.isRevocable || undefined,
    grant_type: grant.grantType,
    ...(user && {
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      email: user.email,
      auth_time: grant.authTime,
    }),
    rev_sig: createRevocationSignatures(client, user)[0],
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    iss: formatIssuer(settings),
    zid: 'uaa',
    aud: grant.audience ?? deriveAudience(client, scope),
  };
}

/**
 * Creates the claims of a refresh token. It has `granted_scopes` instead of `scope`, so that no
 * route accepts it as an access token.
 */
export function createRefreshClaims(
  { state, settings }: Realm,
  grant: UserGrant,
  { jti, expiresAt }: TokenMetadata,
): Claims {
  const { client, user } = grant;
  const methods = readMethods(grant);
  return {
    jti,
    sub: user.id,
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    cid: client.id,
    client_id: client.id,
    iss: formatIssuer(settings),
    zid: 'uaa',
    aud: grant.audience ?? deriveAudience(client, grant.scope),
    granted_scopes: grant.scope,
    amr: methods && methods.length > 0 ? methods : undefined,
    auth_time: grant.authTime,
    az_attr: grant.attributes,
    client_auth_method: formatAuthMethod(grant),
    grant_type: grant.grantType,
    user_name: user.userName,
    origin: user.origin,
    user_id: user.id,
    revocable: grant.isRevocable || undefined,
    rev_sig: createRevocationSignatures(client, user)[0],
  };
}

/** Creates the claims of an id token. */
export function createIdClaims(
  { state, settings }: Realm,
  grant: UserGrant,
  { jti, expiresAt }: TokenMetadata,
): Claims {
  const { client, user, scope } = grant;
  return {
    sub: user.id,
    aud: [client.id],
    iss: formatIssuer(settings),
    exp: toSeconds(expiresAt),
    iat: toSeconds(state.now()),
    amr: readMethods(grant) ?? undefined,
    auth_time: grant.authTime,
    azp: client.id,
    previous_logon_time: user.previousLogonAt,
    roles: scope.includes('roles') ? user.externalGroups : undefined,
    // Only users of external identity providers have attributes.
    user_attributes: scope.includes('user_attributes') ? {} : undefined,
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
    rev_sig: createRevocationSignatures(client, user)[0],
    ...(scope.includes('profile') && {
      given_name: user.givenName,
      family_name: user.familyName,
      phone_number: user.phoneNumber,
    }),
  };
}

/** An empty secret is reported as `none`, too. */
function formatAuthMethod({ clientAuthMethod }: Grant): string | undefined {
  return clientAuthMethod && 'none';
}

function readMethods({ methods, authTime }: Grant): readonly string[] | null | undefined {
  return methods === undefined && authTime !== undefined ? ['pwd'] : methods;
}

/**
 * Derives the audience: the client, `openid`, and the part before the last dot of the other scopes.
 */
function deriveAudience(client: Client, scope: readonly string[]): readonly string[] {
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

/**
 * Creates the possible values of the claim `rev_sig`: short hashes of the client's secret and salt,
 * and the user's name, email, password and salt. A change to any of these invalidates older tokens.
 *
 * @returns one signature per secret of the client, the newest first. New tokens contain the first
 *   one; a token is valid if it contains any of them.
 */
export function createRevocationSignatures(
  client: Client,
  user?: User,
): readonly [string, ...string[]] {
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
