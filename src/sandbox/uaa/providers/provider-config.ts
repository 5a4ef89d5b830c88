import * as v from 'valibot';
import { isObject, omitMembers, parseJson, type JsonObject } from '../../body.js';
import type { Behaviour } from '../behaviour.js';
import { hasText } from '../requests.js';
import type { IdentityProvider } from '../store/identity-providers.js';

const text = v.optional(v.nullable(v.string()), null);
const texts = v.optional(v.nullable(v.array(v.string())), null);
const enabled = v.optional(v.boolean(), true);
const disabled = v.optional(v.boolean(), false);
const record = v.record(v.string(), v.unknown());

/** An absolute URL. An empty string means that there is no URL. */
const url = v.optional(
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
  emailDomain: texts,
  additionalConfiguration: v.optional(v.nullable(record), null),
  providerDescription: text,
  externalGroupsWhitelist: v.optional(v.array(v.string()), []),
  attributeMappings: v.optional(record, {}),
  addShadowUserOnLogin: enabled,
  storeCustomAttributes: enabled,
  authUrl: url,
  tokenUrl: url,
  tokenKeyUrl: url,
  tokenKey: text,
  userInfoUrl: url,
  discoveryUrl: url,
  linkText: text,
  showLinkText: enabled,
  clientAuthInBody: disabled,
  skipSslValidation: disabled,
  relyingPartyId: text,
  relyingPartySecret: v.optional(v.nullable(v.string())),
  scopes: texts,
  issuer: text,
  responseType: v.optional(v.nullable(v.string()), 'code'),
  passwordGrantEnabled: disabled,
  prompts: v.optional(v.array(record)),
};

/** The settings that later releases added. */
const laterSettings = {
  logoutUrl: url,
  userPropagationParameter: text,
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
 * Reads the configuration of a provider, an object or its JSON text. Only that of an OIDC provider
 * is checked and completed with defaults; its unknown settings are ignored.
 *
 * @returns null if there is no configuration; undefined if it is invalid.
 * @see UAA 77 `OIDCIdentityProviderDefinition`
 */
export function readConfig(
  type: string,
  value: unknown,
  { hasLaterOidcSettings }: Behaviour,
): JsonObject | null | undefined {
  const config = typeof value === 'string' && value.trim() !== '' ? parseJson(value) : value;
  if (config === null || value === undefined || value === '') return null;
  if (!isObject(config)) return undefined;
  if (type !== 'oidc1.0') return config;
  const result = v.safeParse(hasLaterOidcSettings ? laterSchema : basicSchema, config);
  return result.success ? result.output : undefined;
}

/**
 * Whether a provider has all settings that it needs.
 *
 * @see UAA 77 `ExternalOAuthIdentityProviderConfigValidator`
 */
export function isCompleteConfig(
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

/** Settings that no response contains, except for errors, which repeat the request. */
export const secretNames = ['relyingPartySecret', 'bindPassword'];

/** Prepares a stored configuration for a response: without secrets, and with the authentication method. */
export function redactConfig(
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
