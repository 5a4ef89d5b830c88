import { randomUUID } from 'node:crypto';
import type { Claims } from './claims.js';
import type { Client } from './client-store.js';
import { revocationSignatures } from './revocation-signature.js';
import type { SigningKey } from './signing-key.js';
import type { State } from './state.js';
import type { User } from './user-store.js';

/** What every token of this server has in common. */
export interface TokenSettings {
  /** Base URL of the server; tokens name `/oauth/token` below it as their issuer. */
  readonly issuer: string;
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
  /** Whether a refresh ends the refresh token it was made with, as later UAAs can be told to. */
  readonly rotateRefresh: boolean;
}

export interface TokenIssue {
  readonly settings: TokenSettings;
  readonly key: SigningKey;
  readonly state: State;
}

/** What a token is asked for. */
export interface Grant {
  readonly client: Client;
  readonly user?: User;
  readonly scope: readonly string[];
  readonly grantType: string;
  /** Epoch seconds of the login; absent for a passcode, whose login is not on record. */
  readonly authTime?: number;
  readonly opaque: boolean;
  readonly nonce?: string;
  /** Stored on the server, so that it can be revoked by its id. */
  readonly revocable: boolean;
}

/** A refresh token in hand: its text and its id. */
export interface RefreshToken {
  readonly value: string;
  readonly id: string;
}

/** @returns the `iss` claim of every token. */
export function issuerClaim({ issuer }: TokenSettings): string {
  return `${issuer}/oauth/token`;
}

export function newTokenId(): string {
  return randomUUID().replaceAll('-', '');
}

/** @returns the body of a successful answer of the token endpoint. */
export async function tokenResponse(
  issue: TokenIssue,
  grant: Grant,
  refreshToken?: RefreshToken,
): Promise<Record<string, unknown>> {
  const { state, settings, key } = issue;
  const jti = newTokenId();
  const seconds = grant.client.accessSeconds ?? settings.accessSeconds;
  const claims = accessClaims(issue, grant, jti, seconds);
  const value = await key.sign(claims);
  if (grant.revocable) {
    state.tokens.save({
      id: jti,
      clientId: grant.client.id,
      ...(grant.user && { userId: grant.user.id }),
      format: grant.opaque ? 'opaque' : 'jwt',
      responseType: 'ACCESS_TOKEN',
      issuedAt: state.now(),
      expiresAt: state.now() + seconds * 1000,
      scope: grant.scope,
      value,
    });
  }
  return {
    access_token: grant.opaque ? jti : value,
    token_type: 'bearer',
    ...(hasIdToken(grant) && { id_token: await key.sign(idClaims(issue, grant, jti, seconds)) }),
    ...(refreshToken && { refresh_token: refreshToken.value }),
    // The real server counts what is left while it writes the answer: always one less.
    expires_in: seconds - 1,
    scope: grant.scope.join(' '),
    jti,
  };
}

/** Makes a refresh token; stored on the server if it is opaque or must die by its use. */
export async function newRefreshToken(
  { state, settings, key }: TokenIssue,
  grant: Grant & { readonly user: User },
  expiresAt = state.now() + (grant.client.refreshSeconds ?? settings.refreshSeconds) * 1000,
): Promise<RefreshToken> {
  const { client, user } = grant;
  const id = `${newTokenId()}-r`;
  const revocable = grant.opaque || grant.revocable || settings.rotateRefresh;
  const value = await key.sign({
    jti: id,
    sub: user.id,
    iat: toSeconds(state.now()),
    exp: toSeconds(expiresAt),
    cid: client.id,
    client_id: client.id,
    iss: issuerClaim(settings),
    zid: 'uaa',
    aud: audience(client, grant.scope),
    granted_scopes: grant.scope,
    ...(grant.authTime !== undefined && { amr: ['pwd'], auth_time: grant.authTime }),
    grant_type: grant.grantType,
    user_name: user.userName,
    origin: user.origin,
    user_id: user.id,
    ...(revocable && { revocable: true }),
    rev_sig: revocationSignatures(client, user)[0],
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
  });
  if (revocable) {
    state.tokens.save({
      id,
      clientId: client.id,
      userId: user.id,
      format: grant.opaque ? 'opaque' : 'jwt',
      responseType: 'REFRESH_TOKEN',
      issuedAt: state.now(),
      expiresAt,
      scope: grant.scope,
      value,
    });
  }
  return { id, value: grant.opaque ? id : value };
}

function accessClaims(
  { state, settings }: TokenIssue,
  grant: Grant,
  jti: string,
  seconds: number,
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
    aud: audience(client, scope),
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
  { state, settings }: TokenIssue,
  grant: Grant & { readonly user: User },
  jti: string,
  seconds: number,
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
    ...(scope.includes('roles') && {
      roles: state.groups.of(user.id).map(({ group }) => group.displayName),
    }),
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

/** The client, and of each scope the part before the last dot. */
function audience(client: Client, scope: readonly string[]): readonly string[] {
  const resources = scope
    .filter((name) => name !== 'uaa.none')
    .map((name) => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name));
  return [...new Set([client.id, ...resources])];
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
