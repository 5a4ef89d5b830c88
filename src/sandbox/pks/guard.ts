import { json, type Handler, type Params } from '../router.js';
import type { SandboxRequest, SandboxResponse } from '../router.js';
import { identifyCaller, type Caller, type TokenCheck } from './caller.js';

/** A request whose token the UAA has accepted. */
export interface Call {
  readonly request: SandboxRequest;
  readonly params: Params;
  readonly caller: Caller;
}

/**
 * Lets only callers through that have one of the scopes; `anyone` needs only a valid token.
 *
 * @see pks-api, sections 4 and 11
 */
export type Guard = (
  scopes: readonly string[] | 'anyone',
  work: (call: Call) => SandboxResponse | Promise<SandboxResponse>,
) => Handler;

export const admins: readonly string[] = ['pks.clusters.admin'];

/** Scopes that allow creating clusters, and changing at least one's own. @see pks-api, section 4 */
export const writers: readonly string[] = [...admins, 'pks.clusters.manage'];

/** Scopes that allow reading at least one's own clusters. */
export const readers: readonly string[] = [...writers, 'pks.clusters.admin.read'];

export function createGuard(tokens: TokenCheck): Guard {
  return (scopes, work) => async (request, params) => {
    const caller = await identifyCaller(request, tokens);
    const isAllowed = scopes === 'anyone' || scopes.some((scope) => caller.scopes.has(scope));
    const response = isAllowed ? await work({ request, params, caller }) : forbidden;
    return { ...response, client: caller.clientId };
  };
}

const forbidden = json(403, { error: 'access_denied', error_description: 'Access is denied' });
