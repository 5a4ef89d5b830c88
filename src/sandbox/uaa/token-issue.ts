import { randomUUID } from 'node:crypto';
import type { Claims } from './claims.js';
import type { Client } from './client-store.js';
import { revocationSignatures } from './revocation-signature.js';
import type { SigningKey } from './signing-key.js';
import type { State } from './state.js';
import type { StoredToken } from './token-store.js';
import type { User } from './user-store.js';

/** What every token of this server has in common. */
export interface TokenSettings {
  /** Base URL of the server; tokens name `/oauth/token` below it as their issuer. */
  readonly issuer: string;
  /** Lifetimes for clients that have none of their own. */
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Whether a refresh ends the refresh token it was made with, as later UAAs can be told to. */
  readonly rotateRefresh: boolean;
}

/** What it takes to make a token and to judge one. */
export interface Issue {
  readonly settings: TokenSettings;
  readonly key: SigningKey;
  readonly state: State;
}

/** What a token is asked for. */
export interface Grant {
  readonly client: Client;
  /** Absent when the client asks for itself. */
  readonly user?: User;
  readonly scope: readonly string[];
  readonly grantType: string;
  /** Epoch seconds of the login; absent for a passcode, whose login is not on record. */
  readonly authTime?: number;
  readonly nonce?: string;
  /** Absent: what follows from client and scope. */
  readonly audience?: readonly string[];
  /** The answer holds ids of stored tokens instead of JWTs. */
  readonly opaque: boolean;
  /** Stored on the server, so that it can be revoked by its id. */
  readonly revocable: boolean;
}

/** @returns the `iss` claim of every token. */
export function issuerClaim({ issuer }: TokenSettings): string {
  return `${issuer}/oauth/token`;
}

/** @returns the body of a successful answer of the token endpoint. */
export async function tokenResponse(
  issue: Issue,
  grant: Grant,
  refreshToken?: string,
): Promise<Record<string, unknown>> {
  const { settings, key } = issue;
  const jti = newTokenId();
  const seconds = grant.client.accessSeconds ?? settings.accessSeconds;
  const value = await key.sign(accessClaims(issue, grant, { jti, seconds }));
  if (grant.revocable) {
    const expiresAt = issue.state.now() + seconds * 1000;
    store(issue, grant, { id: jti, responseType: 'ACCESS_TOKEN', expiresAt, value });
  }
  return {
    access_token: grant.opaque ? jti : value,
    token_type: 'bearer',
    ...(hasIdToken(grant) && {
      id_token: await key.sign(idClaims(issue, grant, { jti, seconds })),
    }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    // The real server counts what is left while it writes the answer: always one less.
    expires_in: seconds - 1,
    scope: grant.scope.join(' '),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    jti,
  };
}

/**
 * Makes a refresh token; it is stored on the server when it is opaque or dies of its use.
 *
 * @param expiresAt - epoch milliseconds; absent: the client's lifetime from now on.
 * @returns the text that the client gets.
 */
export async function newRefreshToken(
  issue: Issue,
  grant: Grant & { readonly user: User },
  expiresAt = issue.state.now() +
    (grant.client.refreshSeconds ?? issue.settings.refreshSeconds) * 1000,
): Promise<string> {
  const { client, user } = grant;
  const id = `${newTokenId()}-r`;
  const revocable = grant.revocable || issue.settings.rotateRefresh;
  const value = await issue.key.sign({
    jti: id,
    sub: user.id,
    iat: toSeconds(issue.state.now()),
    exp: toSeconds(expiresAt),
    cid: client.id,
    client_id: client.id,
    iss: issuerClaim(issue.settings),
    zid: 'uaa',
    aud: grant.audience ?? audience(client, grant.scope),
    granted_scopes: grant.scope,
    ...(grant.authTime !== undefined && { amr: ['pwd'], auth_time: grant.authTime }),
    grant_type: grant.grantType,
    user_name: user.userName,
    origin: user.origin,
    user_id: user.id,
    ...(revocable && { revocable: true }),
    rev_sig: revocationSignatures(client, user)[0],
  });
  if (revocable) store(issue, grant, { id, responseType: 'REFRESH_TOKEN', expiresAt, value });
  return grant.opaque ? id : value;
}

type Stored = Pick<StoredToken, 'id' | 'responseType' | 'expiresAt' | 'value'>;

/** Puts a token where it can be found, and removed, by its id. */
export function store({ state }: Issue, grant: Grant, token: Stored): void {
  state.tokens.save({
    ...token,
    clientId: grant.client.id,
    ...(grant.user && { userId: grant.user.id }),
    format: grant.opaque ? 'opaque' : 'jwt',
    issuedAt: state.now(),
    scope: grant.scope,
  });
}

interface Lifetime {
  readonly jti: string;
  readonly seconds: number;
}

function accessClaims(
  { state, settings }: Issue,
  grant: Grant,
  { jti, seconds }: Lifetime,
): Claims {
  const { client, user, scope } = grant;
  return {
    jti,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    sub: user?.id ?? client.id,
    ...(!user && { authorities: client.authorities }),
    scope,
    client_id: client.id,
    cid: client.id,
    azp: client.id,
    ...(grant.revocable && { revocable: true }),
    grant_type: grant.grantType,
    ...(user && {
      user_id: user.id,
      origin: user.origin,
      user_name: user.userName,
      email: user.email,
      ...(grant.authTime !== undefined && { auth_time: grant.authTime }),
    }),
    rev_sig: revocationSignatures(client, user)[0],
    iat: toSeconds(state.now()),
    exp: toSeconds(state.now() + seconds * 1000),
    iss: issuerClaim(settings),
    zid: 'uaa',
    aud: grant.audience ?? audience(client, scope),
  };
}

/** UAA makes one only for clients that register `openid` literally. */
function hasIdToken(grant: Grant): grant is Grant & { readonly user: User } {
  return (
    grant.user !== undefined &&
    grant.scope.includes('openid') &&
    grant.client.scopes.includes('openid')
  );
}

function idClaims(
  { state, settings }: Issue,
  grant: Grant & { readonly user: User },
  { jti, seconds }: Lifetime,
): Claims {
  const { client, user, scope } = grant;
  return {
    sub: user.id,
    aud: [client.id],
    iss: issuerClaim(settings),
    exp: toSeconds(state.now() + seconds * 1000),
    iat: toSeconds(state.now()),
    ...(grant.authTime !== undefined && { amr: ['pwd'], auth_time: grant.authTime }),
    azp: client.id,
    ...(user.previousLogonAt !== undefined && { previous_logon_time: user.previousLogonAt }),
    scope: ['openid'],
    email_verified: user.verified,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
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

/** The client, and of each scope the part before the last dot; `openid` counts as a whole. */
function audience(client: Client, scope: readonly string[]): readonly string[] {
  const resources = scope.flatMap((name) => {
    if (name === 'openid') return [name];
    return name.includes('.') && name !== 'uaa.none' ? [name.slice(0, name.lastIndexOf('.'))] : [];
  });
  return [...new Set([client.id, ...resources])];
}

function newTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
