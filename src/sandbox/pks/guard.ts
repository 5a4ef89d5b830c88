import { json, type Handler, type Params } from '../router.js';
import type { SandboxRequest, SandboxResponse } from '../router.js';
import { callerOf, type Caller, type TokenCheck } from './caller.js';

/** A request whose token the UAA has accepted. */
export interface Call {
  readonly request: SandboxRequest;
  readonly params: Params;
  readonly caller: Caller;
}

/**
 * Lets callers through who have one of the scopes; `anybody` has a valid token.
 *
 * @see pks-api, sections 4 and 11
 */
export type Guard = (
  scopes: readonly string[] | 'anybody',
  work: (call: Call) => SandboxResponse | Promise<SandboxResponse>,
) => Handler;

/** Every scope that allows reading clusters, even if only one's own. */
export const readers = ['pks.clusters.admin', 'pks.clusters.admin.read', 'pks.clusters.manage'];

export function createGuard(tokens: TokenCheck): Guard {
  return (scopes, work) => async (request, params) => {
    const caller = await callerOf(request, tokens);
    const mayCome = scopes === 'anybody' || scopes.some((scope) => caller.scopes.has(scope));
    const response = mayCome ? await work({ request, params, caller }) : forbidden;
    return { ...response, client: caller.clientId };
  };
}

const forbidden = json(403, { error: 'access_denied', error_description: 'Access is denied' });
