import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import { readClaims, readTimeClaim } from '../auth/claims.js';
import type { TokenClient } from '../auth/grants.js';
import type { StoredSession } from '../auth/session-repository.js';
import { remainingSeconds, renewalMarginSeconds } from '../auth/session.js';
import { clampLifetime, type Token } from '../auth/token.js';

/**
 * The UAA client of sessions for clusters. Its secret is empty.
 * @see docs/contributing/servers/kubernetes.md#tokens
 */
export const clusterClientId = 'pks_cluster_client';

/** The client and the parameters of token requests that return ID tokens. */
export function clusterClient(): Pick<TokenClient, 'clientId' | 'clientSecret' | 'responseType'> {
  return { clientId: clusterClientId, clientSecret: new Secret(''), responseType: 'id_token' };
}

export interface ClusterToken {
  readonly idToken: Secret;
  /** When it expires, by this machine's clock. */
  readonly expiresAt: Date;
  /** When kubectl should request the next one, by this machine's clock; never after `expiresAt`. */
  readonly renewAt: Date;
}

/**
 * The ID token replaces the access token, which is never sent to a cluster.
 * @throws {TpksError} `unavailable` if there is no ID token, or if it has no expiry time.
 * @see OpenID Connect Core 1.0, section 2
 */
export function toSessionToken(token: Token, uaa: string): Token {
  const { idToken, issuedAt } = token;
  const { host } = new URL(uaa);
  if (idToken === undefined) throw idTokenError(`${host} issued no ID token`, host);
  const claims = readClaims(idToken);
  const expiresAt = readTimeClaim(claims, 'exp');
  if (expiresAt === undefined) {
    throw idTokenError(`${host} issued an ID token without an expiry time`, host);
  }
  const idTokenIssuedAt = readTimeClaim(claims, 'iat') ?? issuedAt;
  return {
    ...token,
    accessToken: idToken,
    idToken: undefined,
    issuedAt: idTokenIssuedAt,
    lifetimeSeconds: clampLifetime((expiresAt.getTime() - idTokenIssuedAt.getTime()) / 1000),
  };
}

/** The token of a stored Kubernetes session, with its times by this machine's clock. */
export function toClusterToken(session: StoredSession, now: Date): ClusterToken {
  const margin = renewalMarginSeconds(session);
  const remaining = remainingSeconds(session, now);
  const toDate = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  return {
    idToken: session.accessToken,
    expiresAt: toDate(remaining),
    // A token inside the margin is returned only if the UAA is unreachable. If it had to be renewed
    // immediately, kubectl would run the plugin for every request.
    renewAt: toDate(remaining > margin ? remaining - margin : remaining),
  };
}

function idTokenError(message: string, host: string): TpksError {
  return new TpksError('unavailable', message, {
    host,
    hint: 'the client pks_cluster_client needs the scope openid: tpks uaa client get pks_cluster_client',
  });
}
