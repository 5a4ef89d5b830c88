import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isObject, omitMembers, parseJson, validate, type JsonObject } from '../json.js';
import { ErrorResponse, json, route, text, type Route, type SandboxRequest } from '../router.js';
import type { Behaviour } from './uaa-releases.js';
import { statusError } from './errors.js';
import type { Realm } from './realm.js';
import { hasText, readJsonBody } from './requests.js';
import type { IdentityProvider } from './store/identity-providers.js';
import { deleteUserData, type State } from './store/state.js';

/**
 * Creates the routes below `/identity-providers`. Users can log in with the tokens of OIDC providers
 * (see `authenticateByAssertion`). In the browser, the sandbox only shows links to providers.
 * @see UAA 77 `IdentityProviderEndpoints`
 */
export function createIdentityProviderRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  const { providers } = state;
  const { behaviour } = settings;
  const format = (request: SandboxRequest, provider: IdentityProvider) => {
    const config = redactConfig(provider.type, provider.config, behaviour);
    return toJson(request, { ...provider, config }, realm);
  };
  return [
    route('GET', '/identity-providers', (request) => {
      const isActiveOnly = request.query.get('active_only') === 'true';
      const listedProviders = providers.filter(({ active }) => active || !isActiveOnly);
      return json(
        200,
        listedProviders.map((provider) => format(request, provider)),
      );
    }),
    route('GET', '/identity-providers/:id', (request, { id = '' }) =>
      json(200, format(request, findProvider(state, id))),
    ),
    route('POST', '/identity-providers', (request) => {
      const input = readProvider(request, realm);
      checkProvider(request, input, realm);
      const time = state.now();
      const provider = { ...input, id: randomUUID(), createdAt: time, modifiedAt: time };
      providers.put(provider);
      return json(201, format(request, provider));
    }),
    route('PUT', '/identity-providers/:id', (request, { id = '' }) => {
      const stored = findProvider(state, id);
      const body = readProvider(request, realm);
      const input = { ...body, id, config: body.config && addStoredSecrets(body.config, stored) };
      checkProvider(request, input, realm);
      const provider = {
        ...input,
        originKey: stored.originKey,
        createdAt: stored.createdAt,
        modifiedAt: state.now(),
        version: input.version + 1,
      };
      providers.put(provider);
      return json(200, format(request, provider));
    }),
    route('DELETE', '/identity-providers/:id', (request, { id = '' }) => {
      const provider = findProvider(state, id);
      deleteProvider(state, provider);
      return json(200, format(request, provider));
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

/** A provider in a request. Error responses contain it too. */
type ProviderInput = Omit<IdentityProvider, 'id' | 'createdAt' | 'modifiedAt'> & {
  readonly id?: string;
};

/** @throws ErrorResponse 400 if the body or the configuration is invalid. */
function readProvider(request: SandboxRequest, { settings }: Realm): ProviderInput {
  const body = readJsonBody(request);
  const toError = () => statusError(request, 400);
  const provider = validate(providerSchema, isObject(body) ? body : {}, toError);
  return { ...provider, config: readConfig(provider.type, provider.config, settings.behaviour) };
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
  // The error response contains the request, but no stored secrets.
  const repeated = isNew ? input : { ...input, config: redactConfig(type, config, behaviour) };
  const body = toJson(request, repeated, realm);
  const reject = (status: number) => new ErrorResponse(json(status, body));
  if (!isCompleteConfig(input, behaviour)) throw reject(422);
  if (name === '' || (isNew && originKey === '')) throw reject(500);
  const issuer = config?.['issuer'];
  const isIssuerUnique = behaviour.hasLaterOidcSettings && type === 'oidc1.0' && Boolean(issuer);
  const hasSameIssuer = (other: IdentityProvider): boolean =>
    isIssuerUnique && other.type === type && other.config?.['issuer'] === issuer;
  const conflicts = (other: IdentityProvider): boolean =>
    other.id !== id && ((isNew && other.originKey === originKey) || hasSameIssuer(other));
  if (state.providers.some(conflicts)) throw reject(409);
}

/** An update without secrets does not change the stored secrets. */
function addStoredSecrets(config: JsonObject, { config: stored }: IdentityProvider): JsonObject {
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
 * Deletes a provider with its users, mappings and memberships. Like the real server, does nothing for
 * the provider `uaa`, and keeps memberships of the deleted users that have another origin.
 */
function deleteProvider(state: State, { id, originKey }: IdentityProvider): void {
  if (originKey === 'uaa') return;
  state.providers.delete(id);
  for (const mapping of state.mappings.all()) {
    if (mapping.origin === originKey) state.mappings.deleteExact(mapping);
  }
  state.groups.removeByOrigin(originKey);
  for (const user of state.users.all()) {
    if (user.origin === originKey) deleteUserData(state, user.id);
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

const nullableText = v.optional(v.nullable(v.string()), null);
const nullableTexts = v.optional(v.nullable(v.array(v.string())), null);
const enabled = v.optional(v.boolean(), true);
const disabled = v.optional(v.boolean(), false);
const record = v.record(v.string(), v.unknown());

/** An absolute URL. An empty string means that there is no URL. */
const nullableUrl = v.optional(
  v.nullable(
    v.pipe(
      v.string(),
      v.trim(),
      v.check((value) => value === '' || URL.canParse(value)),
      v.transform((value) => (value === '' ? null : value)),
    ),
  ),
  null,
);

/** The settings of an OIDC provider in all releases, with their defaults. */
const basicSettings = {
  emailDomain: nullableTexts,
  additionalConfiguration: v.optional(v.nullable(record), null),
  providerDescription: nullableText,
  externalGroupsWhitelist: v.optional(v.array(v.string()), []),
  attributeMappings: v.optional(record, {}),
  addShadowUserOnLogin: enabled,
  storeCustomAttributes: enabled,
  authUrl: nullableUrl,
  tokenUrl: nullableUrl,
  tokenKeyUrl: nullableUrl,
  tokenKey: nullableText,
  userInfoUrl: nullableUrl,
  discoveryUrl: nullableUrl,
  linkText: nullableText,
  showLinkText: enabled,
  clientAuthInBody: disabled,
  skipSslValidation: disabled,
  relyingPartyId: nullableText,
  relyingPartySecret: v.optional(v.nullable(v.string())),
  scopes: nullableTexts,
  issuer: nullableText,
  responseType: v.optional(v.nullable(v.string()), 'code'),
  passwordGrantEnabled: disabled,
  prompts: v.optional(v.array(record)),
};

/** The settings that later releases added. */
const laterSettings = {
  logoutUrl: nullableUrl,
  userPropagationParameter: nullableText,
  groupMappingMode: v.optional(v.picklist(['EXPLICITLY_MAPPED', 'AS_SCOPES'])),
  pkce: enabled,
  performRpInitiatedLogout: enabled,
  authMethod: v.optional(v.string()),
  cacheJwks: enabled,
  setForwardHeader: disabled,
  jwtClientAuthentication: v.optional(v.unknown()),
  additionalAuthzParameters: v.optional(record),
};

const basicSchema = v.object(basicSettings);
const laterSchema = v.object({ ...basicSettings, ...laterSettings });

/**
 * Reads the configuration of a provider, which is an object or JSON text. For OIDC providers, validates
 * the configuration, adds defaults, and ignores unknown settings.
 * @returns null if there is no configuration.
 * @throws ErrorResponse 400 in plain text if it is invalid.
 * @see UAA 77 `OIDCIdentityProviderDefinition`
 */
export function readConfig(
  type: string,
  value: unknown,
  { hasLaterOidcSettings }: Behaviour,
): JsonObject | null {
  const config = typeof value === 'string' && value.trim() !== '' ? parseJson(value) : value;
  if (config === null || value === undefined || value === '') return null;
  const invalidError = () => textError(400, 'Invalid provider configuration.');
  if (!isObject(config)) throw invalidError();
  if (type !== 'oidc1.0') return config;
  return validate(hasLaterOidcSettings ? laterSchema : basicSchema, config, invalidError);
}

/**
 * Whether a provider has all settings that it needs.
 * @see UAA 77 `ExternalOAuthIdentityProviderConfigValidator`
 */
function isCompleteConfig(
  { type, originKey, config }: Pick<IdentityProvider, 'type' | 'originKey' | 'config'>,
  { hasLaterOidcSettings }: Behaviour,
): boolean {
  if (type === 'ldap') return originKey === 'ldap';
  if (type !== 'oidc1.0') return true;
  if (config === null) return false;
  const hasUrls = hasText(config['authUrl']) && hasText(config['tokenUrl']);
  const hasKey = hasText(config['tokenKey']) || hasText(config['tokenKeyUrl']);
  const needsSecret = !hasLaterOidcSettings && !String(config['responseType']).includes('token');
  return (
    (hasText(config['discoveryUrl']) || (hasUrls && hasKey)) &&
    hasText(config['relyingPartyId']) &&
    (!needsSecret || hasText(config['relyingPartySecret'])) &&
    (config['showLinkText'] !== true || hasText(config['linkText']))
  );
}

/** Settings that responses omit, except for error responses, which contain the request. */
const secretNames = ['relyingPartySecret', 'bindPassword'];

/** Removes secrets from a configuration, and adds the authentication method. */
function redactConfig(
  type: string,
  config: JsonObject | null,
  { hasLaterOidcSettings }: Behaviour,
): JsonObject | null {
  if (config === null) return null;
  const settings = omitMembers(config, secretNames);
  if (type !== 'oidc1.0' || !hasLaterOidcSettings) return settings;
  const secretMethod = config['clientAuthInBody'] ? 'client_secret_post' : 'client_secret_basic';
  return { ...settings, authMethod: hasText(config['relyingPartySecret']) ? secretMethod : 'none' };
}
