import { json, route, type Route } from '../../router.js';
import { authenticateClient, clientAuthError } from '../oauth/client-auth.js';
import type { Realm } from '../realm.js';
import type { JsonObject } from '../../body.js';
import type { Client } from '../store/clients.js';

/** Creates the route `/clientinfo`, which shows a client its own registration. */
export function clientInfoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/clientinfo', (request) => {
      const client = authenticateClient(request, realm);
      if (!client) throw clientAuthError();
      return json(200, ownClientToJson(client));
    }),
  ];
}

/** Unlike the other routes, this one omits empty lists, `autoapprove` and all additional fields. */
function ownClientToJson(client: Client): JsonObject {
  const { id, scopes, grants, redirectUris, authorities, accessSeconds, refreshSeconds } = client;
  return {
    ...(scopes.length > 0 && { scope: scopes }),
    client_id: id,
    resource_ids: ['none'],
    authorized_grant_types: grants,
    ...(redirectUris.length > 0 && { redirect_uri: redirectUris }),
    ...(accessSeconds !== undefined && { access_token_validity: accessSeconds }),
    ...(refreshSeconds !== undefined && { refresh_token_validity: refreshSeconds }),
    ...(authorities.length > 0 && { authorities }),
  };
}
