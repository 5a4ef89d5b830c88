import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../../body.js';
import {
  empty,
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { readJsonBody, readMember, toJsonText, toNodeText } from '../http/json-request.js';
import { authorizeCaller } from '../oauth/bearer.js';
import type { Realm } from '../realm.js';
import { containerError } from '../http/servlet-container.js';
import type { MfaProvider, MfaProviderConfig } from '../store/mfa-providers.js';

/**
 * Creates the routes below `/mfa-providers`. Providers are stored, but logins do not use them.
 *
 * @see UAA 4.30.0 `MfaProviderEndpoints`
 */
export function mfaProviderRoutes(realm: Realm): readonly Route[] {
  const { mfaProviders } = realm.state;
  const authorize = (request: SandboxRequest) => authorizeCaller(request, realm, []);
  const find = (id = ''): MfaProvider => {
    const provider = mfaProviders.get(id);
    if (!provider) throw new ErrorResponse(empty(404));
    return provider;
  };
  return [
    route('POST', '/mfa-providers', async (request) => {
      await authorize(request);
      return createProvider(request, realm);
    }),
    route('GET', '/mfa-providers', async (request) => {
      await authorize(request);
      return json(200, mfaProviders.all().map(providerToJson));
    }),
    route('PUT', '/mfa-providers/:id', async (request) => {
      await authorize(request);
      return empty(405);
    }),
    route('GET', '/mfa-providers/:id', async (request, { id }) => {
      await authorize(request);
      return json(200, providerToJson(find(id)));
    }),
    route('DELETE', '/mfa-providers/:id', async (request, { id }) => {
      await authorize(request);
      const provider = find(id);
      mfaProviders.delete(provider.id);
      return json(200, providerToJson(provider));
    }),
  ];
}

/** Length of the real server's database column, which is shorter than the validated maximum. */
const maximumStoredNameLength = 255;

function createProvider(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const { now, mfaProviders } = state;
  const { name, config } = readProvider(request);
  if (name.length > maximumStoredNameLength) throw containerError(request, 500);
  if (mfaProviders.all().some((other) => other.name === name)) {
    throw invalidProviderError(409, 'An MFA Provider with that name already exists.');
  }
  const provider = { id: randomUUID(), name, config, createdAt: now(), modifiedAt: now() };
  mfaProviders.put(provider);
  return json(201, providerToJson(provider));
}

/** @throws ErrorResponse 422 `invalid_mfa_provider` for the first invalid value. */
function readProvider(request: SandboxRequest): Pick<MfaProvider, 'name' | 'config'> {
  const body = readJsonBody(request, () => containerError(request, 500));
  const hasType = (toNodeText(readMember(body, 'type')) ?? providerType) === providerType;
  const config = hasType ? readConfig(request, readMember(body, 'config')) : undefined;
  const name = (toNodeText(readMember(body, 'name')) ?? '').trim();
  const problem = [
    name === '' && 'Provider name is required',
    name.length > 256 && 'Provider name cannot be longer than 256 characters',
    !/^[a-zA-Z0-9]+[\sa-zA-Z0-9]*$/.test(name) && 'Provider name must be alphanumeric',
    !hasType && `Provider type is required. Must be one of [${providerType}]`,
    !config && 'Provider config is required',
    config?.issuer.includes(':') &&
      'Provider config contains an invalid issuer. Issuer must not contain a colon',
  ].find((text) => typeof text === 'string');
  if (problem !== undefined || !config) throw invalidProviderError(422, problem ?? '');
  return { name, config: config.issuer.trim() === '' ? { ...config, issuer: 'uaa' } : config };
}

const providerType = 'google-authenticator';

/** @returns undefined if the configuration is null. @throws ErrorResponse 500 if the configuration is not an object. */
function readConfig(request: SandboxRequest, member: unknown): MfaProviderConfig | undefined {
  const text = toJsonText(member) ?? '';
  const value = text.trim() === '' ? {} : parseJson(text);
  if (value === null) return undefined;
  const [issuer, providerDescription] = ['issuer', 'providerDescription'].map(
    (name) => readMember(value, name) ?? undefined,
  );
  const isValid = typeof issuer !== 'object' && typeof providerDescription !== 'object';
  if (!isObject(value) || !isValid) throw containerError(request, 500);
  return {
    issuer: toNodeText(issuer) ?? '',
    providerDescription: toNodeText(providerDescription),
  };
}

function invalidProviderError(status: number, description: string): ErrorResponse {
  const error = 'invalid_mfa_provider';
  return new ErrorResponse(json(status, { error, error_description: description }), description);
}

function providerToJson({ id, name, config, createdAt, modifiedAt }: MfaProvider): object {
  return {
    id,
    name,
    identityZoneId: 'uaa',
    config,
    type: providerType,
    created: createdAt,
    last_modified: modifiedAt,
  };
}
