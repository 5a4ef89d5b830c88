import { ErrorResponse, json, route, text, type Route, type SandboxRequest } from '../router.js';
import { bearerCaller } from './oauth/bearer.js';
import { containerError } from './container.js';
import type { IdentityProvider } from './store/identity-providers.js';
import type { Realm } from './realm.js';
import type { JsonObject } from '../body.js';

/** `/identity-providers`, read-only. */
export function identityProviderRoutes(realm: Realm): readonly Route[] {
  const { providers } = realm.state;
  return [
    route('GET', '/identity-providers', async (request) => {
      await checkReader(request, realm);
      const isActiveOnly = request.query.get('active_only') === 'true';
      const shown = providers.filter(({ active }) => active || !isActiveOnly);
      return json(
        200,
        shown.map((provider) => providerToJson(provider, request)),
      );
    }),
    route('GET', '/identity-providers/:id', async (request, { id }) => {
      await checkReader(request, realm);
      const provider = providers.find((known) => known.id === id);
      if (provider) return json(200, providerToJson(provider, request));
      const type = { 'content-type': 'application/json;charset=ISO-8859-1' };
      throw new ErrorResponse(text(404, 'Provider not found.', type));
    }),
  ];
}

/** @throws ErrorResponse 403 without details. */
async function checkReader(request: SandboxRequest, realm: Realm): Promise<void> {
  const { scope } = await bearerCaller(request, realm);
  const readers = ['uaa.admin', 'idps.read', 'zones.uaa.admin'];
  if (!readers.some((name) => scope.includes(name))) throw containerError(request, 403);
}

/** The settings are JSON in a string, unless the request has `rawConfig`. */
function providerToJson(provider: IdentityProvider, { query }: SandboxRequest): JsonObject {
  const { type, config, id, originKey, name, version, active } = provider;
  return {
    type,
    config: query.get('rawConfig') === 'true' ? config : JSON.stringify(config),
    id,
    originKey,
    name,
    version,
    created: provider.createdAt,
    last_modified: provider.modifiedAt,
    active,
    identityZoneId: 'uaa',
  };
}
