import { installationOptions } from '../contexts/installation.js';
import { isTpksError, reworded, type TpksError } from '../errors.js';
import { shellWord } from '../shell-word.js';
import type { Grant, TokenClient } from './request-token.js';

/** A request for a token that the UAA refused. */
export interface RejectedRequest {
  readonly client: TokenClient;
  /** Origin of the PKS API, if it is known. */
  readonly api: string | undefined;
  readonly grant: Grant;
  /** The scopes requested, blank-separated; `undefined`: all that are allowed. */
  readonly scope: string | undefined;
}

/** The original's words, which scripts look for. */
export const credentialsRejected = 'Credentials were rejected, please try again.';

/**
 * Translates the error of a failed login at a PKS API.
 * @returns any other error unchanged.
 */
export function explainLoginError(error: unknown, refused: RejectedRequest): unknown {
  // A browser login has explained its errors already.
  if (!isTpksError(error) || error.kind !== 'unauthenticated' || error.hint !== undefined) {
    return error;
  }
  const { client, grant } = refused;
  const { message } = error;
  const isPlain = /^bad credentials$/i.test(message);
  const advice = loginHint(refused);
  const locked = grant.kind === 'password' ? lockedHint(message, grant.username) : undefined;
  return reworded(error, {
    message: isPlain ? credentialsRejected : `${credentialsRejected} (${message})`,
    hint:
      locked ??
      (isPlain || grant.kind === 'passcode' ? advice : `${advice}; the UAA is ${client.uaa}`),
  });
}

function loginHint({ client: { uaa }, api, grant: { kind } }: RejectedRequest): string {
  if (kind === 'client_credentials') return 'check the client’s name and its secret';
  if (kind === 'password') {
    const at = api === undefined ? '' : `${installationOptions({ api, uaa })} `;
    return `check the user name and the password; with single sign-on: tpks login ${at}--sso`;
  }
  if (kind === 'passcode') {
    return `a code works once and for five minutes; get a new one at ${uaa}/passcode`;
  }
  return 'run the command again, or use a code from the UAA’s passcode page: --sso';
}

/**
 * The error of a command that gets a token from a UAA, with a hint.
 * @returns any other error unchanged.
 * @see uaa-api, sections 3.4 to 3.6 and 13.5
 */
export function explainTokenError(error: unknown, refused: RejectedRequest): unknown {
  if (!isTpksError(error) || error.hint !== undefined) return error;
  const hint = tokenHint(error, refused);
  return hint === undefined ? error : reworded(error, { hint });
}

function tokenHint(error: TpksError, refused: RejectedRequest): string | undefined {
  const { client, grant } = refused;
  const { clientId, uaa } = client;
  const locked = lockedHint(error.message, usernameOf(grant));
  if (locked !== undefined) return locked;
  if (/^Unauthorized grant type/.test(error.message)) {
    return `the client ${clientId} may not use this grant; its grant types: ${showClientCommand(clientId)}`;
  }
  if (error.oauthError === 'invalid_scope') return scopeHint(refused);
  if (error.kind !== 'unauthenticated') return undefined;
  const checks = [credentialCheck(grant, uaa), clientCheck(refused)].filter(
    (each) => each !== undefined,
  );
  return `check ${checks.join(', ')}, and that the target is right: ${uaa}`;
}

function scopeHint({ client: { clientId }, grant, scope }: RejectedRequest): string {
  const show = showClientCommand(clientId);
  if (grant.kind === 'client_credentials') {
    return `leave --scope out for all that ${clientId} may have: ${show}`;
  }
  if (scope === undefined) {
    return `the user has none of the scopes of the client ${clientId}, or the client is not for users: ${show}`;
  }
  const commands = scope
    .split(' ')
    .map((each) => `tpks uaa member add ${each} ${usernameOf(grant) ?? 'NAME'}`);
  return [
    `leave --scope out, or let an administrator grant it: ${commands.join(', ')}`,
    `(the client ${clientId} must allow it too: ${show})`,
  ].join('\n');
}

function showClientCommand(clientId: string): string {
  return `tpks uaa client get ${shellWord(clientId)}`;
}

/** What the user proved the identity with. */
function credentialCheck(grant: Grant, uaa: string): string | undefined {
  const user = usernameOf(grant);
  if (grant.kind === 'passcode') {
    return `the code, which works once and for five minutes (${uaa}/passcode)`;
  }
  if (grant.kind === 'refresh_token') return 'the refresh token, which may have ended';
  if (grant.kind !== 'password' && grant.kind !== 'posted_credentials') return undefined;
  return user === undefined ? 'the answers' : `the user ${user} and its password`;
}

/** The name that was typed, if any. */
function usernameOf(grant: Grant): string | undefined {
  if ('username' in grant) return grant.username;
  return 'identity' in grant ? grant.identity : undefined;
}

/** The implicit grant sends no secret. */
function clientCheck({ client: { clientId, clientSecret }, grant }: RejectedRequest): string {
  if (clientSecret !== undefined) return `the client ${clientId} and its secret`;
  if (grant.kind === 'implicit' || grant.kind === 'posted_credentials') {
    return `the client ${clientId}`;
  }
  return `that the client ${clientId} has no secret (for an empty one: -s '')`;
}

/**
 * The hint if the UAA has locked the account after too many failed logins.
 * @param identity - the user, if known.
 * @returns `undefined` for any other message of the UAA.
 */
function lockedHint(message: string, identity: string | undefined): string | undefined {
  if (!message.includes('account has been locked')) return undefined;
  const name = identity === undefined ? 'NAME' : shellWord(identity);
  return (
    'it is unlocked automatically after some minutes; until then even the right password is rejected\n' +
    `an administrator can unlock it at once: tpks uaa user unlock ${name}`
  );
}
