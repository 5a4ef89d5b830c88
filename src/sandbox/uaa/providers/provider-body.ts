import { readJsonBody, readMember, toJsonText, toNodeText } from '../requests.js';
import type { JsonObject } from '../../body.js';
import { ErrorResponse, text, type SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import {
  InvalidSettingsError,
  isKnownType,
  omitNullSecrets,
  readSettings,
} from './provider-settings.js';

/** An identity provider as requests and responses contain it. Times are in epoch milliseconds. */
export interface ProviderData {
  readonly id: string | null;
  readonly originKey: string | null;
  readonly type: string;
  readonly name: string | null;
  readonly active: boolean;
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly version: number;
  readonly config: JsonObject | null;
  /** Ids of the alias and of its zone. Only later releases return them. */
  readonly aliasId?: string | null;
  readonly aliasZid?: string | null;
}

/**
 * Reads an identity provider. Members of the wrong type are converted or ignored, and a body that is
 * not an object counts as an empty one.
 *
 * @throws ErrorResponse 400 if the body is not JSON or the configuration is invalid.
 * @see UAA 4.30.0 `IdentityProviderDeserializer`
 */
export function readProvider(
  request: SandboxRequest,
  { hasAliases }: Pick<Behaviour, 'hasAliases'>,
): ProviderData {
  const invalidError = () => new ErrorResponse(text(400, 'Invalid provider configuration.'));
  const body = readJsonBody(request);
  const member = (name: string) => readMember(body, name);
  const type = toNodeText(member('type')) ?? 'unknown';
  const config = toJsonText(member('config')) ?? '';
  try {
    return {
      id: toNodeText(member('id')) ?? null,
      originKey: toNodeText(member('originKey')) ?? null,
      type,
      name: toNodeText(member('name')) ?? null,
      active: toNodeBoolean(member('active'), true),
      createdAt: toNodeTime(member('created')),
      modifiedAt: toNodeTime(member('last_modified')),
      version: toNodeNumber(member('version')) ?? 0,
      config: config.trim() === '' ? null : readSettings(type, config),
      ...(hasAliases && {
        aliasId: toNodeText(member('aliasId')) ?? null,
        aliasZid: toNodeText(member('aliasZid')) ?? null,
      }),
    };
  } catch (error) {
    throw error instanceof InvalidSettingsError ? invalidError() : error;
  }
}

/** Converts a value like Jackson's `JsonNode.asBoolean`. */
function toNodeBoolean(value: unknown, initial: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return value === 'true' || value === 'false' ? value === 'true' : initial;
}

/** Converts a value like Jackson's `JsonNode.asInt`. */
function toNodeNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? Math.trunc(number) : undefined;
}

function toNodeTime(value: unknown): number | null {
  const number = toNodeNumber(value) ?? -1;
  return number === -1 ? null : number;
}

/**
 * Formats a provider for a response.
 *
 * @param hasRawConfig - whether `config` is an object instead of a JSON string.
 */
export function providerToJson(
  { type, config, ...provider }: ProviderData,
  hasRawConfig: boolean,
  { hasAliases }: Pick<Behaviour, 'hasAliases'>,
): JsonObject {
  const settings = config && omitNullSecrets(config);
  return {
    type: config && !isKnownType(type) && provider.createdAt !== null ? 'unknown' : type,
    config: hasRawConfig ? settings : JSON.stringify(settings),
    id: provider.id,
    originKey: provider.originKey,
    name: provider.name,
    version: provider.version,
    created: provider.createdAt,
    last_modified: provider.modifiedAt,
    active: provider.active,
    identityZoneId: 'uaa',
    ...(hasAliases && { aliasId: provider.aliasId ?? null, aliasZid: provider.aliasZid ?? null }),
  };
}

/** Replaces secrets with null, because most responses must not contain them. */
export function redactSecrets<Provider extends ProviderData>(provider: Provider): Provider {
  const { config } = provider;
  if (!config) return provider;
  const secrets = ['relyingPartySecret', 'bindPassword'].filter((name) => name in config);
  const removed = Object.fromEntries(secrets.map((name) => [name, null]));
  return { ...provider, config: { ...config, ...removed } };
}
