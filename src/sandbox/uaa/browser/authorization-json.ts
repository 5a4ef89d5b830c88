import type { JsonObject } from '../../body.js';
import type { AuthorizationRequest } from './authorization-request.js';

/**
 * Describes a request as JSON. Like the real server, it returns all parameters, even a password.
 */
export function describeAuthorization({
  client,
  fields,
  redirectUri,
  responseTypes,
  scope,
}: AuthorizationRequest): JsonObject {
  return {
    approvalParameters: {},
    approved: false,
    authorities: client.authorities.map((authority) => ({ authority })),
    clientId: client.id,
    extensions: {},
    redirectUri,
    requestParameters: Object.fromEntries(
      [...fields.keys()].map((name) => [name, fields.get(name)]),
    ),
    resourceIds: findResourceIds(client.id, scope),
    responseTypes: [...responseTypes],
    scope,
    state: fields.get('state'),
  };
}

/** Returns the client, and the resource of each scope: the part before the last dot. */
function findResourceIds(clientId: string, scopes: readonly string[]): readonly string[] {
  const resources = scopes.flatMap((scope) => {
    if (scope === 'openid') return ['openid'];
    const dot = scope.lastIndexOf('.');
    return dot < 0 || scope.endsWith('.') || scope === 'uaa.none' ? [] : [scope.slice(0, dot)];
  });
  return [...new Set([clientId, ...resources])];
}
