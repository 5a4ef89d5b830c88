import { isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';

/** How errors describe a session. */
export interface SessionLabel {
  /** E.g. `The session of cody@api.example.com`. */
  readonly title: string;
  /** The username or the client id, for the command that grants a missing scope. */
  readonly identity: string;
  /** The command that starts a new session. */
  readonly loginCommand: string;
  /** Scripts match on the message of the original CLI. @see Link */
  readonly hasOriginalTexts: boolean;
}

/** The error for a session that cannot be renewed. @param hint - the login command by default. */
export function expiredSessionError(
  { title, loginCommand, hasOriginalTexts }: SessionLabel,
  reason: string,
  hint = loginCommand,
): TpksError {
  const message = hasOriginalTexts
    ? `${notAuthenticatedMessage}: ${reason}`
    : `${title} has ended (${reason})`;
  return new TpksError('unauthenticated', message, { hint });
}

/**
 * The error for a session whose refresh token the UAA has rejected.
 * @param uaaMessage - why the UAA rejected it; `undefined` if an older tpks did not store the message.
 * @param cause - the error of the request, unless an earlier command sent it.
 */
export function rejectedSessionError(
  { title, identity, loginCommand, hasOriginalTexts }: SessionLabel,
  uaaMessage = '',
  cause?: TpksError,
): TpksError {
  if (hasOriginalTexts) {
    const details = cause === undefined ? '' : ` (${cause.message})`;
    const message = `${notAuthenticatedMessage}: the session has ended${details}`;
    return new TpksError('unauthenticated', message, { hint: loginCommand, cause });
  }
  const scopes = findMissingScopes(uaaMessage);
  const isMissingScope = scopes.length > 0;
  const reason = isMissingScope
    ? `${scopes.length === 1 ? 'scope' : 'scopes'} no longer granted: ${scopes.join(', ')}`
    : explainRejection(uaaMessage);
  const message = `${title} has ended${reason === '' ? '' : ` (${reason})`}`;
  const hint = isMissingScope ? grantHint(scopes, identity, loginCommand) : loginCommand;
  return new TpksError('unauthenticated', message, { hint, cause });
}

/** The UAA's message in an error of a token request, which callers may have reworded. */
export function uaaMessageOf({ cause, message }: TpksError): string {
  return isTpksError(cause) ? uaaMessageOf(cause) : message;
}

/** @see docs/contributing/servers/uaa.md#refresh-tokens */
const rejections: readonly (readonly [RegExp, string])[] = [
  [/signature mismatch/, 'password changed?'],
  [/^Invalid refresh token expired/, 'the refresh token has expired'],
  [/^The token expired, was revoked/, 'the refresh token has expired or was revoked'],
  [/^The token has been revoked/, 'the refresh token was revoked'],
  [/non-existent user/, 'the user was deleted or deactivated'],
  [/^Invalid client ID/, 'the client was deleted'],
];

function explainRejection(uaaMessage: string): string {
  return rejections.find(([pattern]) => pattern.test(uaaMessage))?.[1] ?? uaaMessage;
}

function findMissingScopes(uaaMessage: string): readonly string[] {
  const [, list = ''] = /granted_scopes\W+are missing: \[([^\]]+)\]/.exec(uaaMessage) ?? [];
  return list.split(/[,\s]+/).filter((scope) => scope !== '');
}

function grantHint(scopes: readonly string[], identity: string, loginCommand: string): string {
  const commands = scopes.map(
    (scope) => `tpks uaa member add ${quoteForShell(scope)} ${quoteForShell(identity)}`,
  );
  return [
    `an administrator can grant the ${scopes.length === 1 ? 'scope' : 'scopes'} again: ${commands.join(' && ')}`,
    `then log in again: ${loginCommand}`,
  ].join('\n');
}
