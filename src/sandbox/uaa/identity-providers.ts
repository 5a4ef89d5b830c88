import { ErrorResponse, json, route, text, type Route, type SandboxRequest } from '../router.js';
import { authenticateCaller } from './oauth/bearer.js';
import { containerError } from './servlet-container.js';
import type { IdentityProvider } from './store/identity-providers.js';
import type { Realm } from './realm.js';
import type { JsonObject } from '../body.js';

/** Creates the routes below `/identity-providers`. The sandbox does not support changes to them. */
export function identityProviderRoutes(realm: Realm): readonly Route[] {
  const { providers } = realm.state;
  return [
    route('GET', '/identity-providers', async (request) => {
      await checkReadScope(request, realm);
      const isActiveOnly = request.query.get('active_only') === 'true';
      const visibleProviders = providers.filter(({ active }) => active || !isActiveOnly);
      return json(
        200,
        visibleProviders.map((provider) => providerToJson(provider, request)),
      );
    }),
    route('GET', '/identity-providers/:id', async (request, { id }) => {
      await checkReadScope(request, realm);
      const provider = providers.find((candidate) => candidate.id === id);
      if (provider) return json(200, providerToJson(provider, request));
      const type = { 'content-type': 'application/json;charset=ISO-8859-1' };
      throw new ErrorResponse(text(404, 'Provider not found.', type));
    }),
  ];
}

/** @throws ErrorResponse 403 without a description. */
async function checkReadScope(request: SandboxRequest, realm: Realm): Promise<void> {
  const { scope } = await authenticateCaller(request, realm);
  const acceptedScopes = ['uaa.admin', 'idps.read', 'zones.uaa.admin'];
  if (!acceptedScopes.some((name) => scope.includes(name))) throw containerError(request, 403);
}

/** Returns `config` as a string of JSON, unless the request has `rawConfig=true`. */
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
