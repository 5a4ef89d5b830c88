import type { ContextSettings } from '../config/settings.js';
import { errorMessage } from '../errors.js';
import { encodePathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import type { Servers } from '../http/time-limits.js';
import { redact, type Secret } from '../secret.js';
import { readClaims, readTextClaim, readTimeClaim } from './claims.js';
import type { SessionStore } from './session-file.js';

export type RevokedToken = 'access token' | 'refresh token';

/**
 * Revokes the tokens of a session. An error is only reported, so that the session can still be removed.
 *
 * @param problems - the steps that failed are added, one sentence each.
 */
export async function revokeStored(
  context: Servers & Pick<ContextSettings, 'uaa'>,
  store: Pick<SessionStore, 'read'>,
  send: (servers: Servers) => Promise<Send>,
  problems: string[],
): Promise<readonly RevokedToken[]> {
  const session = await store.read().catch((error: unknown) => {
    problems.push(`the tokens were not revoked: ${errorMessage(error)}`);
    return undefined;
  });
  if (session === undefined) return [];
  const sendRequest = await send(context);
  const revoked: RevokedToken[] = [];
  // The access token authorizes both requests, so it is revoked last.
  const tokens = [
    ['refresh token', session.refreshToken],
    ['access token', session.accessToken],
  ] as const;
  const irrevocable: string[] = [];
  for (const [kind, token] of tokens) {
    if (token === undefined) continue;
    const id = readRevocableId(token);
    if (id === undefined) {
      irrevocable.push(`${kind}${formatExpiry(token)}`);
      continue;
    }
    try {
      const { status, text } = await sendRequest({
        method: 'DELETE',
        url: `${context.uaa}/oauth/token/revoke/${encodePathSegment(id, 'token id')}`,
        headers: {
          authorization: `Bearer ${session.accessToken.reveal()}`,
          accept: 'application/json',
        },
        timeoutSeconds: 10,
      });
      await text();
      if (status < 300) revoked.push(kind);
      else problems.push(`the UAA did not revoke the ${kind} (HTTP ${String(status)})`);
    } catch (error) {
      problems.push(`the ${kind} was not revoked: ${redact(errorMessage(error))}`);
    }
  }
  if (irrevocable.length > 0) {
    problems.push(
      `the UAA cannot revoke tokens that it does not store; copies stay valid until they expire (${irrevocable.join(', ')})`,
    );
  }
  return revoked;
}

function formatExpiry(token: Secret): string {
  const expiry = readTimeClaim(readClaims(token), 'exp');
  return expiry === undefined ? '' : `: ${expiry.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/**
 * The id by which the UAA revokes a token that it stores. An opaque token is its own id.
 * @returns `undefined` if the UAA does not store the token.
 * @see uaa-api, section 7.4
 */
function readRevocableId(token: Secret): string | undefined {
  const tokenClaims = readClaims(token);
  if (tokenClaims === undefined) return token.reveal();
  return tokenClaims['revocable'] === true ? readTextClaim(tokenClaims, 'jti') : undefined;
}
