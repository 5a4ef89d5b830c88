import { randomUUID } from 'node:crypto';
import { isObject, parseJson, type JsonObject } from '../../body.js';
import {
  ErrorResponse,
  json,
  route,
  type Params,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { containerError } from '../http/servlet-container.js';
import { respond, type Handlers } from './page-route.js';
import { isWellFormedXml } from './well-formed-xml.js';
import type { Realm } from '../realm.js';

/** An application that uses SAML to log in its users through the UAA. */
interface ServiceProvider {
  readonly id: string;
  readonly entityId: string;
  readonly name: string | null;
  readonly config: JsonObject;
  readonly version: number;
  readonly active: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

interface Call {
  readonly request: SandboxRequest;
  readonly providers: Map<string, ServiceProvider>;
  readonly now: () => number;
}

/**
 * Creates the routes that manage SAML service providers, which are kept only in memory. The filter
 * chain has already checked the scopes.
 */
export function serviceProviderRoutes({ state: { now } }: Realm): readonly Route[] {
  const providers = new Map<string, ServiceProvider>();
  const create = (path: string, handlers: Handlers<Call>) =>
    route('*', path, (request, params) =>
      respond(request, { request, providers, now }, handlers, params),
    );
  return [
    create('/saml/service-providers', {
      POST: createProvider,
      GET: () => json(200, [...providers.values()].map(toJson)),
    }),
    create('/saml/service-providers/:id', {
      PUT: updateProvider,
      GET: (call, params) => json(200, toJson(findProvider(call, params))),
      DELETE: deleteProvider,
    }),
  ];
}

function textError(status: number, body: string): ErrorResponse {
  const headers = { 'content-type': 'application/json;charset=ISO-8859-1' };
  return new ErrorResponse({ status, headers, body, rendering: 'view' });
}

/** @throws ErrorResponse 404. */
function findProvider({ providers }: Call, { id = '' }: Params): ServiceProvider {
  const found = providers.get(id);
  if (!found) throw textError(404, 'Provider not found.');
  return found;
}

function createProvider(call: Call): SandboxResponse {
  const { request, providers, now } = call;
  const input = readProvider(request);
  if ([...providers.values()].some(({ entityId }) => entityId === input.entityId)) {
    throw textError(409, 'SAML SP with the same entity id already exists.');
  }
  const created = { ...input, id: randomUUID(), version: 0, createdAt: now(), modifiedAt: now() };
  providers.set(created.id, created);
  return json(201, toJson(created));
}

function updateProvider(call: Call, params: Params): SandboxResponse {
  const { request, providers, now } = call;
  if (request.body === '') throw containerError(request, 400);
  const existing = findProvider(call, params);
  const input = readProvider(request, existing.entityId);
  const version = existing.version + 1;
  const updated = { ...existing, ...input, version, modifiedAt: now() };
  providers.set(updated.id, updated);
  return json(200, toJson(updated));
}

function deleteProvider(call: Call, params: Params): SandboxResponse {
  const found = findProvider(call, params);
  call.providers.delete(found.id);
  return json(200, toJson(found));
}

/** @param ownId - entity id of the provider to update, which cannot change. */
function readProvider(request: SandboxRequest, ownId?: string) {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(.+\+)?json\b/i.test(type)) throw containerError(request, 415);
  if (request.body === '') throw containerError(request, 400);
  const body = parseJson(request.body);
  if (body === undefined) throw invalidConfiguration();
  if (!isObject(body) || typeof body['config'] !== 'string') throw containerError(request, 500);
  const config = parseJson(body['config']);
  if (!isObject(config)) throw invalidConfiguration();
  const { metaDataLocation: location } = config;
  if (typeof location !== 'string') throw containerError(request, 500);
  const requestedId = ownId ?? (typeof body['entityId'] === 'string' ? body['entityId'] : null);
  const metadataId = readEntityId(location, requestedId);
  if (requestedId !== null && metadataId !== requestedId) {
    throw textError(400, `Metadata entity id does not match SAML SP entity id: ${requestedId}`);
  }
  const { name, active } = body;
  if (typeof name !== 'string') throw containerError(request, 500);
  return { entityId: metadataId, name, config, active: active !== false };
}

function invalidConfiguration(): ErrorResponse {
  return textError(400, 'Invalid provider configuration.');
}

/** Reads the entity id from metadata. The sandbox cannot fetch metadata from a URL. */
function readEntityId(location: string, alias: string | null): string {
  const text = location.trim();
  if (text.startsWith('http') && URL.canParse(text)) {
    throw textError(400, 'Unavailable Metadata Provider');
  }
  if (!/^<(\?xml|(md:)?EntityDescriptor)/.test(text) || !isWellFormedXml(text)) {
    throw textError(400, `Invalid metadata type for alias[${String(alias)}]:${location}`);
  }
  return /\bentityID\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? '';
}

/**
 * Formats a service provider. Its configuration is a JSON string with all fields, in the order of
 * the real server.
 */
function toJson(provider: ServiceProvider): JsonObject {
  const { id, entityId, name, config, version, active, createdAt, modifiedAt } = provider;
  const { metaDataLocation, nameID } = config;
  const fullConfig = {
    metaDataLocation,
    ...(typeof nameID === 'string' && { nameID }),
    singleSignOnServiceIndex: config['singleSignOnServiceIndex'] ?? 0,
    metadataTrustCheck: config['metadataTrustCheck'] ?? false,
    skipSslValidation: config['skipSslValidation'] ?? false,
    attributeMappings: config['attributeMappings'] ?? {},
    enableIdpInitiatedSso: config['enableIdpInitiatedSso'] ?? false,
    staticCustomAttributes: config['staticCustomAttributes'] ?? {},
  };
  return {
    config: JSON.stringify(fullConfig),
    id,
    entityId,
    name,
    version,
    created: createdAt,
    lastModified: modifiedAt,
    active,
    identityZoneId: 'uaa',
  };
}
