import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isObject, validate, type JsonObject } from '../../body.js';
import { ErrorResponse, json, route, text, type Route, type SandboxRequest } from '../../router.js';
import { statusError } from '../errors.js';
import { readJsonBody } from '../json-body.js';
import type { Realm } from '../realm.js';
import { hasText } from '../requests.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';
import { isCompleteConfig, readConfig, redactConfig, secretNames } from './provider-config.js';

/**
 * Creates the routes below `/identity-providers`. The sandbox stores providers and shows links to
 * them, but users cannot log in with them.
 *
 * @see UAA 77 `IdentityProviderEndpoints`
 */
export function identityProviderRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  const { providers } = state;
  const { behaviour } = settings;
  const format = (request: SandboxRequest) => (provider: IdentityProvider) => {
    const config = redactConfig(provider.type, provider.config, behaviour);
    return toJson(request, { ...provider, config }, realm);
  };
  return [
    route('GET', '/identity-providers', (request) => {
      const isActiveOnly = request.query.get('active_only') === 'true';
      const found = providers.filter(({ active }) => active || !isActiveOnly);
      return json(200, found.map(format(request)));
    }),
    route('GET', '/identity-providers/:id', (request, { id = '' }) =>
      json(200, format(request)(findProvider(state, id))),
    ),
    route('POST', '/identity-providers', (request) => {
      const input = readProvider(request, realm);
      checkProvider(request, input, realm);
      const time = state.now();
      const provider = { ...input, id: randomUUID(), createdAt: time, modifiedAt: time };
      providers.put(provider);
      return json(201, format(request)(provider));
    }),
    route('PUT', '/identity-providers/:id', (request, { id = '' }) => {
      const stored = findProvider(state, id);
      const body = readProvider(request, realm);
      const input = { ...body, id, config: body.config && keepSecrets(body.config, stored) };
      checkProvider(request, input, realm);
      const provider = {
        ...input,
        originKey: stored.originKey,
        createdAt: stored.createdAt,
        modifiedAt: state.now(),
        version: input.version + 1,
      };
      providers.put(provider);
      return json(200, format(request)(provider));
    }),
    route('DELETE', '/identity-providers/:id', (request, { id = '' }) => {
      const provider = findProvider(state, id);
      deleteProvider(state, provider);
      return json(200, format(request)(provider));
    }),
  ];
}

const providerSchema = v.object({
  originKey: v.nullish(v.string(), ''),
  type: v.nullish(v.string(), 'unknown'),
  name: v.nullish(v.string(), ''),
  active: v.nullish(v.boolean(), true),
  version: v.nullish(v.number(), 0),
  config: v.optional(v.unknown()),
});

/** A provider in a request. Errors repeat it. */
type ProviderInput = Omit<IdentityProvider, 'id' | 'createdAt' | 'modifiedAt'> & {
  readonly id?: string;
};

/** @throws ErrorResponse 400 if the body or the configuration is invalid. */
function readProvider(request: SandboxRequest, { settings }: Realm): ProviderInput {
  const body = readJsonBody(request);
  const toError = () => statusError(request, 400);
  const provider = validate(providerSchema, isObject(body) ? body : {}, toError);
  const config = readConfig(provider.type, provider.config, settings.behaviour);
  if (config === undefined) throw textError(400, 'Invalid provider configuration.');
  return { ...provider, config };
}

/**
 * @throws ErrorResponse 422 for an incomplete configuration, 500 for a missing name or origin, or 409
 *   if there is a provider with the same origin or, in later releases, the same issuer.
 */
function checkProvider(request: SandboxRequest, input: ProviderInput, realm: Realm): void {
  const { state, settings } = realm;
  const { behaviour } = settings;
  const { type, name, originKey, config, id } = input;
  const isNew = id === undefined;
  // The response repeats the request, but not a stored secret.
  const repeated = isNew ? input : { ...input, config: redactConfig(type, config, behaviour) };
  const body = toJson(request, repeated, realm);
  const reject = (status: number) => new ErrorResponse(json(status, body));
  if (!isCompleteConfig(input, behaviour)) throw reject(422);
  if (name === '' || (isNew && originKey === '')) throw reject(500);
  const issuer = behaviour.hasLaterOidcSettings && type === 'oidc1.0' && config?.['issuer'];
  const conflicts = (other: IdentityProvider) =>
    (isNew && other.originKey === originKey) ||
    (issuer && other.type === type && other.config?.['issuer'] === issuer);
  if (state.providers.some((other) => other.id !== id && Boolean(conflicts(other)))) {
    throw reject(409);
  }
}

/** Secrets that an update does not contain stay unchanged. */
function keepSecrets(config: JsonObject, { config: stored }: IdentityProvider): JsonObject {
  const names = secretNames.filter((name) => stored?.[name] && !hasText(config[name]));
  return { ...config, ...Object.fromEntries(names.map((name) => [name, stored?.[name]])) };
}

/** Creates an error in plain text, which the real server labels as JSON. */
function textError(status: number, message: string): ErrorResponse {
  return new ErrorResponse(text(status, message, { 'content-type': 'application/json' }));
}

/** @throws ErrorResponse 404 in plain text. */
function findProvider({ providers }: State, id: string): IdentityProvider {
  const provider = providers.get(id);
  if (!provider) throw textError(404, 'Provider not found.');
  return provider;
}

/**
 * Deletes a provider with its users, mappings and memberships. Like the real server, ignores the
 * request for the provider `uaa`, which cannot be deleted, and keeps the deleted users'
 * memberships that have another origin.
 */
function deleteProvider(state: State, { id, originKey }: IdentityProvider): void {
  if (originKey === 'uaa') return;
  state.providers.delete(id);
  for (const mapping of state.mappings.all()) {
    if (mapping.origin === originKey) state.mappings.deleteExact(mapping);
  }
  state.groups.removeByOrigin(originKey);
  for (const user of state.users.all()) {
    if (user.origin !== originKey) continue;
    state.users.delete(user.id);
    state.tokens.deleteByOwner({ userId: user.id });
    state.approvals.deleteByUser(user.id);
    state.lockout.clear(user.id);
  }
}

/** Formats a provider. The configuration is JSON text unless the client requests an object. */
function toJson(
  { query }: SandboxRequest,
  provider: ProviderInput & Partial<IdentityProvider>,
  { zone, settings }: Realm,
): JsonObject {
  const { config } = provider;
  return {
    type: provider.type,
    config: query.get('rawConfig') === 'true' ? config : JSON.stringify(config),
    id: provider.id ?? null,
    originKey: provider.originKey || null,
    name: provider.name || null,
    version: provider.version,
    created: provider.createdAt ?? null,
    last_modified: provider.modifiedAt ?? null,
    active: provider.active,
    identityZoneId: zone.id,
    ...(settings.behaviour.hasAliases && { aliasId: null, aliasZid: null }),
  };
}
