import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { defaultPorts } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { formatInstallationOptions } from '../contexts/installation.js';
import type { TokenClient } from './grants.js';
import type { Grant } from './request-token.js';

export interface RejectedRequest {
  readonly client: TokenClient;
  /** Origin of the PKS API; `undefined` if only the UAA is known. */
  readonly api: string | undefined;
  readonly grant: Grant;
  /** The requested scopes, space-separated; `undefined` for all that are allowed. */
  readonly scope: string | undefined;
  /** The command for single sign-on, for a hint; `tpks login --sso` by default. */
  readonly ssoCommand?: string | undefined;
}

/** The wording of the original CLI, kept because scripts match on it. */
export const credentialsRejected = 'Credentials were rejected, please try again.';

/** The error for a server at the address of the UAA that is something else, such as the PKS API. */
export function notUaaError(uaa: string, cause: unknown): TpksError {
  return new TpksError('unavailable', `The server at ${uaa} is not a UAA`, {
    hint: `check --uaa-url or TPKS_UAA_URL: by default, the UAA is at https://API-HOST:${defaultPorts.uaa}`,
    cause,
  });
}

/** Whether the error comes from a server that only accepts tokens, such as the PKS API, rather than from a UAA. */
export function isResourceServerError(error: unknown): boolean {
  return isTpksError(error) && error.message.startsWith('Full authentication is required');
}

/** Translates the error of a failed login at a PKS API; returns all other errors unchanged. */
export function explainLoginError(error: unknown, request: RejectedRequest): unknown {
  // The errors of a browser login already have a hint.
  if (!isTpksError(error) || error.kind !== 'unauthenticated' || error.hint !== undefined) {
    return error;
  }
  const { client, grant } = request;
  const { message } = error;
  const hasNoDetails = /^bad credentials$/i.test(message);
  const lockedHint =
    grant.kind === 'password' ? accountLockedHint(message, grant.username) : undefined;
  return rewordError(error, {
    message: hasNoDetails ? credentialsRejected : `${credentialsRejected} (${message})`,
    hint: lockedHint ?? clientRestrictionHint(message, client.clientId) ?? loginHint(request),
  });
}

/** Whether the UAA rejected a password, and another attempt can succeed. */
export function isWrongPassword(error: unknown): boolean {
  return (
    isTpksError(error) && error.oauthError !== undefined && error.message === credentialsRejected
  );
}

function loginHint(request: RejectedRequest): string {
  const { client, api, grant } = request;
  const { uaa } = client;
  const check = `check ${credentialCheck(grant, uaa) ?? clientCheck(request)}`;
  if (grant.kind === 'passcode') return check;
  const atUaa = `${check} at ${new URL(uaa).host}`;
  if (grant.kind !== 'password') return atUaa;
  const options = api === undefined ? '' : `${formatInstallationOptions({ api, uaa })} `;
  const ssoCommand = request.ssoCommand ?? `tpks login ${options}--sso`;
  return `${atUaa}; for single sign-on: ${ssoCommand}`;
}

/**
 * Adds a hint to the error of a token request; returns all other errors unchanged.
 * @see docs/contributing/servers/uaa.md#rejected-logins
 */
export function explainTokenError(error: unknown, request: RejectedRequest): unknown {
  if (!isTpksError(error) || error.hint !== undefined) return error;
  const hint = tokenHint(error, request);
  return hint === undefined ? error : rewordError(error, { hint });
}

function tokenHint(error: TpksError, request: RejectedRequest): string | undefined {
  const { client, grant } = request;
  const { clientId, uaa } = client;
  const knownHint =
    accountLockedHint(error.message, usernameOf(grant)) ??
    clientRestrictionHint(error.message, clientId);
  if (knownHint !== undefined) return knownHint;
  if (/^Unauthorized grant type/.test(error.message)) {
    return `the client ${clientId} is not allowed to use this grant type; to show its grant types: ${showClientCommand(clientId)}`;
  }
  if (error.oauthError === 'invalid_scope') return scopeHint(request);
  if (error.kind !== 'unauthenticated') return undefined;
  const checks = [credentialCheck(grant, uaa), clientCheck(request)].filter(
    (check) => check !== undefined,
  );
  return `check ${checks.join(', ')}, and that ${uaa} is the right target`;
}

function scopeHint({ client: { clientId }, grant, scope }: RejectedRequest): string {
  const showClient = showClientCommand(clientId);
  if (grant.kind === 'client_credentials') {
    return `omit --scope to request all scopes that ${clientId} has; to show them: ${showClient}`;
  }
  if (scope === undefined) {
    return `the user has none of the scopes of the client ${clientId}, or the client is not intended for users; to show the client: ${showClient}`;
  }
  const commands = scope
    .split(' ')
    .map((each) => `tpks uaa member add ${each} ${usernameOf(grant) ?? 'NAME'}`);
  return [
    `omit --scope, or ask an administrator to grant it: ${commands.join(', ')}`,
    `(the client ${clientId} must also allow it: ${showClient})`,
  ].join('\n');
}

function showClientCommand(clientId: string): string {
  return `tpks uaa client get ${quoteForShell(clientId)}`;
}

function credentialCheck(grant: Grant, uaa: string): string | undefined {
  const username = usernameOf(grant);
  if (grant.kind === 'passcode') {
    return `the passcode, which works only once and expires after five minutes (${uaa}/passcode)`;
  }
  if (grant.kind === 'refresh_token') return 'the refresh token, which may have expired';
  if (grant.kind !== 'password' && grant.kind !== 'posted_credentials') return undefined;
  return username === undefined
    ? 'the credentials that you entered'
    : `the username ${username} and its password`;
}

export function usernameOf(grant: Grant): string | undefined {
  if ('username' in grant) return grant.username;
  return 'identity' in grant ? grant.identity : undefined;
}

/** The client that the user should check, for a hint. The implicit grant sends no secret. */
function clientCheck({
  client: { clientId, clientSecret, clientKey },
  grant,
}: RejectedRequest): string {
  if (clientKey !== undefined) return `that the key is registered for the client ${clientId}`;
  if (clientSecret !== undefined) return `the client ${clientId} and its secret`;
  if (grant.kind === 'implicit' || grant.kind === 'posted_credentials') {
    return `the client ${clientId}`;
  }
  return `that the client ${clientId} has no secret (for an empty secret: -s '')`;
}

/** The hint if the client does not accept this user; `undefined` for all other messages of the UAA. */
function clientRestrictionHint(message: string, clientId: string): string | undefined {
  const show = `to show them: ${showClientCommand(clientId)}`;
  if (/client is not authorized for (any|specified)/i.test(message)) {
    return `the client ${clientId} accepts only users of its allowedproviders; ${show}`;
  }
  if (message.includes('required group criteria')) {
    return `the client ${clientId} accepts only users who are in all of its required_user_groups; ${show}`;
  }
  return undefined;
}

/** The hint if the UAA has locked the account; `undefined` for all other messages of the UAA. */
function accountLockedHint(message: string, username: string | undefined): string | undefined {
  if (!message.includes('account has been locked')) return undefined;
  const name = username === undefined ? 'NAME' : quoteForShell(username);
  return (
    'the account is unlocked automatically after a few minutes; until then, even the correct password is rejected\n' +
    `an administrator can unlock it immediately: tpks uaa user unlock ${name}`
  );
}
