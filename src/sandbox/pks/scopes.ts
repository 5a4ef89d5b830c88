import { json, type Handler, type Params, type SandboxRequest } from '../router.js';
import { checkCaller, type Caller, type TokenCheck } from './caller.js';

/** Every scope that lets somebody read clusters. */
export const readers = ['pks.clusters.admin', 'pks.clusters.admin.read', 'pks.clusters.manage'];

/** Lets callers with one of these scopes through. @see pks-api, sections 4 and 11 */
export function forScopes(
  tokens: TokenCheck,
  scopes: readonly string[],
  handler: (request: SandboxRequest, caller: Caller, params: Params) => ReturnType<Handler>,
): Handler {
  return async (request, params) => {
    const { caller, refusal } = await checkCaller(request, tokens);
    if (refusal !== undefined) return refusal;
    if (!scopes.some((scope) => caller.scopes.has(scope))) {
      return json(403, {
        error: 'insufficient_scope',
        error_description: 'Insufficient scope for this resource',
      });
    }
    return handler(request, caller, params);
  };
}
