import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/own-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Explain, Failure } from '../client/status-error.js';

/** The owner of the token that is used. */
export interface TokenOwner {
  /** Name of the user, or id of the client. */
  readonly identity: string;
  /** The UAA client that the token belongs to. */
  readonly clientId: string;
  /** `client_credentials` for a token of the client itself. */
  readonly grant: string;
}

/**
 * Explains the errors of the UAA that depend on the owner of the token: which scope is missing, and how
 * this user or client can get it.
 */
export function explainUaaFailure(owner: TokenOwner): Explain {
  return (failure) => {
    const scope = findMissingScope(failure);
    if (scope === undefined) return undefined;
    const { status, oauthError = 'insufficient_scope', body } = failure;
    return new TpksError('forbidden', `Your token lacks the required scope ${scope}`, {
      hint: formatScopeHint(scope, owner).join('\n'),
      status,
      oauthError,
      body,
    });
  };
}

/**
 * Finds the scope to ask for: the first that the UAA would accept, except `uaa.admin` and the scopes of
 * zones, which allow far more than the request needs.
 * @see uaa-api, sections 1.2, 7.3 and 10.1
 */
function findMissingScope({
  request,
  status,
  oauthError,
  message,
  body,
}: Failure): string | undefined {
  if (status !== 403) return undefined;
  // These routes return no error code.
  if (oauthError === undefined && /\/identity-providers\b/.test(request.url)) return 'idps.read';
  if (oauthError === 'access_denied') {
    const [, resource = ''] = /resource id \((\w+)\)/.exec(message) ?? [];
    return getOwnValue(scopesByResource, resource);
  }
  if (oauthError !== 'insufficient_scope') return undefined;
  const accepted: unknown = typeof body === 'object' && body !== null && Reflect.get(body, 'scope');
  return typeof accepted === 'string'
    ? accepted.split(' ').find((scope) => scope !== 'uaa.admin' && !/^zones\.[^.]+\./.test(scope))
    : undefined;
}

/**
 * Some routes require a specific audience in the token. Maps the audience in the error message to
 * the scope that adds it.
 */
const scopesByResource: Readonly<Record<string, string>> = {
  openid: 'openid',
  password: 'password.write',
  oauth: 'oauth.approvals',
};

function formatScopeHint(scope: string, { identity, clientId, grant }: TokenOwner): string[] {
  const client = quoteForShell(clientId);
  if (grant !== 'client_credentials') {
    return [
      'use the token of a client that has the scope: tpks uaa token client get admin',
      `or log in again as ${identity} after an administrator has run: ` +
        `tpks uaa member add ${scope} ${quoteForShell(identity)}`,
      `(the client ${clientId} must also allow the scope: tpks uaa client get ${client})`,
    ];
  }
  if (scope === 'openid') {
    return [
      `the token belongs to the client ${clientId}, not to a user; show the client: ` +
        `tpks uaa client get ${client}`,
      'get the token of a user: tpks login, or tpks uaa token owner get',
    ];
  }
  return [
    `ask an administrator to add it to the authorities of the client ${clientId}, then get a new token`,
    `show the authorities: tpks uaa client get ${client}`,
    `replace them: tpks uaa client update ${client} --authorities LIST`,
  ];
}
