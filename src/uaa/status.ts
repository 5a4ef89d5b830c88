import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import type { Explain, Failure } from '../http/status-error.js';
import { quoteForShell } from '../shell-quote.js';

/** Whose token is used. */
export interface TokenOwner {
  /** Name of the user, or id of the client. */
  readonly identity: string;
  /** The UAA client that the token belongs to. */
  readonly clientId: string;
  /** `client_credentials` for a token of the client itself. */
  readonly grant: string;
}

/**
 * UAA's failures that depend on whose token it is: which scope is missing, and how this user or
 * this client comes by it.
 */
export function explainUaa(owner: TokenOwner): Explain {
  return (failure) => {
    const scope = missingScope(failure);
    if (scope === undefined) return undefined;
    const { status, oauthError = 'insufficient_scope' } = failure;
    return new TpksError('forbidden', `Your token lacks the scope ${scope} that this needs`, {
      hint: wayTo(scope, owner).join('\n'),
      status,
      oauthError,
    });
  };
}

/**
 * The scope to ask for: of those that UAA tried, the first that is made for the purpose.
 * @see uaa-api, sections 1.2, 7.3 and 10.1
 */
function missingScope({ status, oauthError, message, body }: Failure): string | undefined {
  if (status !== 403) return undefined;
  if (oauthError === 'access_denied') {
    const [, resource = ''] = /resource id \((\w+)\)/.exec(message) ?? [];
    return getOwnValue(scopesByResource, resource);
  }
  if (oauthError !== 'insufficient_scope') return undefined;
  const tried: unknown = typeof body === 'object' && body !== null && Reflect.get(body, 'scope');
  return typeof tried === 'string'
    ? tried.split(' ').find((scope) => scope !== 'uaa.admin' && !/^zones\.[^.]+\./.test(scope))
    : undefined;
}

/** Routes that look at whom a token is for, and which scope makes it be for them. */
const scopesByResource: Readonly<Record<string, string>> = {
  openid: 'openid',
  password: 'password.write',
  oauth: 'oauth.approvals',
};

function wayTo(scope: string, { identity, clientId, grant }: TokenOwner): string[] {
  const client = quoteForShell(clientId);
  if (grant !== 'client_credentials') {
    return [
      'use the token of a client that has it: tpks uaa token client get admin',
      `or let an administrator grant it to ${identity}, who then logs in again: ` +
        `tpks uaa member add ${scope} ${quoteForShell(identity)}`,
      `(the client ${clientId} must allow the scope too: tpks uaa client get ${client})`,
    ];
  }
  if (scope === 'openid') {
    return [
      `the token is that of the client ${clientId}, which is no user; it is shown by ` +
        `tpks uaa client get ${client}`,
      'a user’s token is got by tpks login, or tpks uaa token owner get',
    ];
  }
  return [
    `let an administrator add it to the authorities of the client ${clientId}, then get its token anew:`,
    `tpks uaa client get ${client} shows those it has, tpks uaa client update ${client} --authorities sets them`,
  ];
}
