import { scimError, statusError } from '../errors.js';
import { hasText, readJsonObject } from '../requests.js';
import * as v from 'valibot';
import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { validate, type JsonObject } from '../../body.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import { clientCaller } from './access.js';
import { scalarText } from './json.js';

/**
 * Creates the routes `/oauth/clients/meta` and `/oauth/clients/{id}/meta`. Reading requires a
 * token, but no scope.
 */
export function clientMetaRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const { clients } = state;
  return [
    route('GET', '/oauth/clients/meta', async (request) => {
      await clientCaller(request, realm);
      const listed = clients
        .all()
        .filter(({ home }) => (home.icon ?? home.launchUrl) !== undefined);
      return json(
        200,
        listed.map((client) => metaToJson(request, client)),
      );
    }),
    route('GET', '/oauth/clients/:id/meta', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      const client = clients.get(id);
      if (!client) throw metaError(404, `No client metadata found for ${id}`);
      return json(200, metaToJson(request, client));
    }),
    route('PUT', '/oauth/clients/:id/meta', async (request, { id = '' }) => {
      await clientCaller(request, realm);
      const meta = parseMeta(request, readJsonObject(request));
      const { clientId } = meta;
      if (hasText(clientId) && clientId !== id) {
        throw metaError(400, `Client ID in body {${clientId}} does not match URL path {${id}}`);
      }
      const client = clients.get(id);
      // The real server updates the name first, and does not handle the error for an unknown client.
      if (!client && hasText(meta.clientName)) throw statusError(request, 500);
      if (!client) throw metaError(404, `No client with ID ${id}`);
      const updated = applyMeta(request, client, meta, state.now());
      clients.put(updated);
      return json(200, metaToJson(request, updated));
    }),
  ];
}

/** A number other than 0 means true. An empty string means false. */
const flag = v.nullish(
  v.union([
    v.boolean(),
    v.pipe(
      v.number(),
      v.integer(),
      v.transform((number) => number !== 0),
    ),
    v.pipe(
      v.string(),
      v.trim(),
      v.picklist(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'null', '']),
      v.transform((text) => text.toLowerCase() === 'true'),
    ),
  ]),
);

/** A URL. An empty string means that there is no URL. */
const url = v.pipe(
  scalarText,
  v.transform((text) => text?.trim() ?? ''),
  v.check((text) => text === '' || URL.canParse(text)),
);

const metaSchema = v.object({
  clientId: scalarText,
  clientName: scalarText,
  showOnHomePage: flag,
  appLaunchUrl: v.optional(url),
  appIcon: scalarText,
  createdBy: scalarText,
});

type Meta = v.InferOutput<typeof metaSchema>;

/** @throws ErrorResponse 400 without details if a field has the wrong type. */
function parseMeta(request: SandboxRequest, body: JsonObject): Meta {
  return validate(metaSchema, body, () => statusError(request, 400));
}

const maxUrlLength = 1024;

/** @throws ErrorResponse 500 if the URL is too long or the icon is not Base64. */
function applyMeta(
  request: SandboxRequest,
  client: Client,
  { clientName: name, showOnHomePage: isShown, appLaunchUrl: launchUrl, appIcon }: Meta,
  now: number,
): Client {
  const icon = appIcon ?? '';
  if ((launchUrl?.length ?? 0) > maxUrlLength || !isBase64(icon)) {
    throw statusError(request, 500);
  }
  return {
    ...client,
    ...(hasText(name) && { information: { ...client.information, name }, modifiedAt: now }),
    home: {
      createdBy: client.home.createdBy,
      isShown: isShown ?? false,
      launchUrl,
      icon: Buffer.from(icon, 'base64').toString('base64'),
    },
  };
}

/** The padding is optional. */
function isBase64(text: string): boolean {
  return /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}(?:==)?|[a-z\d+/]{3}=?)?$/i.test(text);
}

/** @throws ErrorResponse 500 if the name of the client is not a string. */
function metaToJson(request: SandboxRequest, { id, information, home }: Client): JsonObject {
  const { createdBy, isShown, launchUrl, icon } = home;
  const { name } = information;
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw statusError(request, 500);
  }
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
