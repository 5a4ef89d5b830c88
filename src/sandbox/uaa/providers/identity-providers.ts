import { statusError } from '../errors.js';
import { randomUUID } from 'node:crypto';
import {
  ErrorResponse,
  json,
  route,
  text,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { deleteProvider } from './delete-provider.js';
import { authenticateCaller } from '../oauth/bearer.js';
import { providerToJson, readProvider, redactSecrets, type ProviderData } from './provider-body.js';
import { updateProviderStatus } from './provider-status.js';
import { isValidProvider } from './provider-validation.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import type { Behaviour } from '../behaviour.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';

/**
 * Creates the routes below `/identity-providers`. The sandbox stores providers and shows links to
 * them, but users cannot log in with them.
 *
 * @see UAA 4.30.0 `IdentityProviderEndpoints`
 */
export function identityProviderRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  const { behaviour } = settings;
  const { providers } = state;
  const find = (id = ''): IdentityProvider => findProvider(state, id);
  return [
    route('POST', '/identity-providers', async (request) => {
      await checkScope(request, realm, 'idps.write');
      return createProvider(request, realm);
    }),
    route('GET', '/identity-providers', async (request) => {
      await checkScope(request, realm, 'idps.read');
      const isActiveOnly = request.query.get('active_only')?.toLowerCase() === 'true';
      const isRaw = readRawConfig(request);
      const visibleProviders = providers.filter(({ active }) => active || !isActiveOnly);
      return json(
        200,
        visibleProviders.map((provider) =>
          providerToJson(redactSecrets(provider), isRaw, behaviour),
        ),
      );
    }),
    route('POST', '/identity-providers/test', async (request) => {
      await checkScope(request, realm, 'idps.write');
      readProvider(request, behaviour);
      // The real server connects to the LDAP server, and fails for all other types of providers.
      throw statusError(request, 500);
    }),
    route('DELETE', '/identity-providers/:id', async (request, { id }) => {
      await checkScope(request, realm, 'idps.write');
      const isRaw = readRawConfig(request);
      const provider = find(id);
      deleteProvider(state, provider);
      return json(200, providerToJson(provider, isRaw, behaviour));
    }),
    route('PUT', '/identity-providers/:id', async (request, { id }) => {
      await checkScope(request, realm, 'idps.write');
      return updateProvider(request, realm, id ?? '');
    }),
    route('GET', '/identity-providers/:id', async (request, { id }) => {
      await checkScope(request, realm, 'idps.read');
      const isRaw = readRawConfig(request);
      return json(200, providerToJson(redactSecrets(find(id)), isRaw, behaviour));
    }),
    route('PATCH', '/identity-providers/:id/status', async (request, { id }) => {
      await checkScope(request, realm, 'idps.write');
      return updateProviderStatus(request, state, () => find(id));
    }),
  ];
}

/** Maximum lengths of the real server's database columns, in characters. */
const maximumLengths = { originKey: 36, name: 255 };

function createProvider(request: SandboxRequest, { state, settings }: Realm): SandboxResponse {
  const { behaviour } = settings;
  const body = readProvider(request, behaviour);
  const isRaw = readRawConfig(request);
  const respond = (status: number, provider: ProviderData): SandboxResponse =>
    respondWithProvider(status, provider, { isRaw, behaviour });
  if (!isValidProvider(body) || hasAlias(body)) return respond(422, body);
  const input = body;
  const { name, originKey } = input;
  if (!isStorable(name, maximumLengths.name)) return respond(500, input);
  if (!isStorable(originKey, maximumLengths.originKey)) return respond(500, input);
  if (state.providers.find((other) => other.originKey === originKey)) return respond(409, input);
  const time = state.now();
  const created = { createdAt: time, modifiedAt: time };
  const provider = { ...input, name, originKey, ...created, id: randomUUID() };
  state.providers.put(provider);
  return respond(201, redactSecrets(provider));
}

/** Aliases are disabled by default, so the real server rejects providers with an alias. */
function hasAlias({ aliasId, aliasZid }: ProviderData): boolean {
  return [aliasId, aliasZid].some((value) => value?.trim());
}

function respondWithProvider(
  status: number,
  provider: ProviderData,
  { isRaw, behaviour }: { readonly isRaw: boolean; readonly behaviour: Behaviour },
): SandboxResponse {
  return json(status, providerToJson(provider, isRaw, behaviour));
}

function isStorable(value: string | null, maximumLength: number): value is string {
  return value !== null && value.length <= maximumLength;
}

function updateProvider(
  request: SandboxRequest,
  { state, settings }: Realm,
  id: string,
): SandboxResponse {
  const { behaviour } = settings;
  const body = readProvider(request, behaviour);
  const isRaw = readRawConfig(request);
  const existing = findProvider(state, id);
  const input = keepSecrets({ ...body, id }, existing);
  if (!isValidProvider(input) || hasAlias(input)) {
    return respondWithProvider(422, input, { isRaw, behaviour });
  }
  const { type, name, active, config } = input;
  if (!isStorable(name, maximumLengths.name)) throw statusError(request, 500);
  const version = input.version + 1;
  const changed = { type, name, active, config, version, modifiedAt: state.now() };
  const provider = { ...existing, ...changed };
  state.providers.put(provider);
  return json(200, providerToJson(redactSecrets(provider), isRaw, behaviour));
}

/** A secret that the request does not contain stays unchanged. */
function keepSecrets(input: ProviderData, existing: IdentityProvider): ProviderData {
  const { config } = input;
  const name = input.type === 'ldap' ? 'bindPassword' : 'relyingPartySecret';
  if (!config || config[name] !== null) return input;
  return { ...input, config: { ...config, [name]: existing.config?.[name] ?? null } };
}

/** @throws ErrorResponse 404 in plain text. */
function findProvider({ providers }: State, id: string): IdentityProvider {
  const provider = providers.get(id);
  if (!provider) throw new ErrorResponse(text(404, 'Provider not found.'));
  return provider;
}

/** @throws ErrorResponse 403 without a description. */
async function checkScope(request: SandboxRequest, realm: Realm, required: string): Promise<void> {
  const { scope } = await authenticateCaller(request, realm);
  const acceptedScopes = ['uaa.admin', required, 'zones.uaa.admin'];
  if (!acceptedScopes.some((name) => scope.includes(name))) throw statusError(request, 403);
}

/** @throws ErrorResponse 400 without a description if the parameter is not a boolean. */
function readRawConfig(request: SandboxRequest): boolean {
  const value = request.query.get('rawConfig')?.trim().toLowerCase() ?? '';
  if (['', 'false', 'off', 'no', '0'].includes(value)) return false;
  if (['true', 'on', 'yes', '1'].includes(value)) return true;
  throw statusError(request, 400);
}
