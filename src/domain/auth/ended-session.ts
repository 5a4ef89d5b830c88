import { isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';

/** A session that may have ended, as errors describe it. */
export interface SessionLabel {
  /** E.g. `The session of cody@api.example.com`. */
  readonly title: string;
  /** The user whose groups grant the scopes of the session, or the client. */
  readonly identity: string;
  /** The command that starts a new session. */
  readonly loginCommand: string;
  /** Whether tpks runs as a link: scripts match on the message of the original CLI. */
  readonly isLink: boolean;
}

interface EndDetails {
  /** Why it has ended, if that is known or likely. */
  readonly reason?: string | undefined;
  /** Follows the message of the original CLI. */
  readonly linkText: string;
  /** Default: the login command. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The error for a session that only a new login can replace. */
export function endedSessionError(
  { title, loginCommand, isLink }: SessionLabel,
  { reason, linkText, hint = loginCommand, cause }: EndDetails,
): TpksError {
  const message = isLink
    ? `${notAuthenticatedMessage}: ${linkText}`
    : `${title} has ended${reason === undefined ? '' : ` (${reason})`}`;
  return new TpksError('unauthenticated', message, { hint, cause });
}

/**
 * The error for a session whose refresh token the UAA has rejected.
 * @param uaaMessage - why the UAA rejected it; `undefined` if an older tpks did not store the message.
 * @param cause - the error of the request, unless an earlier command sent it.
 */
export function rejectedSessionError(
  session: SessionLabel,
  uaaMessage: string | undefined,
  cause?: TpksError,
): TpksError {
  const { identity, loginCommand, isLink } = session;
  const scopes = findMissingScopes(uaaMessage ?? '');
  const isMissingScope = scopes.length > 0 && !isLink;
  return endedSessionError(session, {
    reason: isMissingScope
      ? `no longer granted: ${scopes.join(', ')}`
      : uaaMessage && explainRejection(uaaMessage),
    linkText: `the session has ended${cause === undefined ? '' : ` (${cause.message})`}`,
    hint: isMissingScope ? grantHint(scopes, identity, loginCommand) : undefined,
    cause,
  });
}

/** The UAA's message in an error of a token request, which callers may have reworded. */
export function uaaMessageOf({ cause, message }: TpksError): string {
  return isTpksError(cause) ? uaaMessageOf(cause) : message;
}

/** @see uaa-api, section 5.3 */
const rejections: readonly (readonly [RegExp, string])[] = [
  [/signature mismatch/, 'password changed?'],
  [/^Invalid refresh token expired/, 'the refresh token has expired'],
  [/^The token expired, was revoked/, 'the refresh token has expired or was revoked'],
  [/^The token has been revoked/, 'the refresh token was revoked'],
  [/non-existent user/, 'the user was deleted'],
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
    `an administrator can grant ${scopes.length === 1 ? 'it' : 'them'} again: ${commands.join(' && ')}`,
    `then log in again: ${loginCommand}`,
  ].join('\n');
}
