import type * as v from 'valibot';
import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { authenticateCaller } from '../oauth/bearer.js';
import { readClientBody } from './json.js';
import type { Client } from '../store/clients.js';
import { clientCaller } from './clients.js';
import { containerError } from '../servlet-container.js';
import type { Realm } from '../realm.js';
import { validate, type JsonObject } from '../../body.js';
import { boolean, object, optional, text } from '../scim/body.js';
import { badScimRequestError, scimError } from '../scim/error.js';

/**
 * Creates the routes `/oauth/clients/meta` and `/oauth/clients/{id}/meta`. Reading requires no
 * scope.
 */
export function clientMetaRoutes(realm: Realm): readonly Route[] {
  const { clients } = realm.state;
  return [
    route('GET', '/oauth/clients/meta', async (request) => {
      await authenticateCaller(request, realm);
      return json(200, clients.all().map(metaToJson));
    }),
    route('GET', '/oauth/clients/:id/meta', async (request, { id = '' }) => {
      await authenticateCaller(request, realm);
      const client = clients.get(id);
      if (!client) throw metaError(404, `No client metadata found for ${id}`);
      return json(200, metaToJson(client));
    }),
    route('PUT', '/oauth/clients/:id/meta', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      const meta = validate(metaSchema, readClientBody(request), badScimRequestError);
      const bodyId = meta.clientId ?? id;
      if (bodyId !== id) {
        throw metaError(400, `Client ID in body {${bodyId}} does not match URL path {${id}}`);
      }
      const client = clients.get(id);
      if (!client) throw metaError(404, `No client with ID ${id}`);
      const updated = applyMeta(request, client, meta);
      clients.put(updated);
      return json(200, metaToJson(updated));
    }),
  ];
}

const metaSchema = object({
  clientId: optional(text),
  clientName: optional(text),
  showOnHomePage: optional(boolean),
  appLaunchUrl: optional(text),
  appIcon: optional(text),
});

function applyMeta(
  request: SandboxRequest,
  client: Client,
  {
    clientName: name,
    showOnHomePage: isShown = false,
    appLaunchUrl: launchUrl,
    appIcon: icon = '',
  }: v.InferOutput<typeof metaSchema>,
): Client {
  if (launchUrl !== undefined && !URL.canParse(launchUrl)) throw containerError(request, 400);
  return {
    ...client,
    ...(name !== undefined && { information: { ...client.information, name } }),
    home: { createdBy: client.home.createdBy, isShown, launchUrl, icon },
  };
}

function metaToJson({ id, information, home }: Client): JsonObject {
  const { createdBy, isShown, launchUrl, icon } = home;
  const { name } = information;
  return {
    clientId: id,
    ...(typeof name === 'string' && { clientName: name }),
    showOnHomePage: isShown,
    ...(launchUrl !== undefined && { appLaunchUrl: launchUrl }),
    ...(icon !== undefined && { appIcon: icon }),
    ...(createdBy !== undefined && { createdBy }),
  };
}

function metaError(status: number, message: string) {
  return scimError(status, 'client_metadata', message);
}
