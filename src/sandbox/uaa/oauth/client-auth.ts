import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../uaa-releases.js';
import { clientAuthError, unauthorizedError } from '../errors.js';
import type { Realm } from '../realm.js';
import { isForm, readParameters } from '../requests.js';
import type { Client } from '../store/identities.js';
import { authenticateByClientAssertion, hasClientAssertion } from './client-assertion.js';
import { isValidPkceValue } from './pkce.js';

/**
 * How a client authenticated without a secret: `none` for a public client, `empty` for a client with
 * an empty secret, `private_key_jwt` for a client with a key.
 */
export type ClientAuthMethod = 'none' | 'empty' | 'private_key_jwt';

export interface AuthenticatedClient {
  readonly client: Client;
  /** Undefined if the client used a secret, or if the release does not report the method. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
}

/** A request of an authenticated client to the token endpoint. */
export interface TokenRequest extends AuthenticatedClient {
  readonly realm: Realm;
  readonly request: SandboxRequest;
  readonly fields: URLSearchParams;
}

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * Authenticates the client of a request by Basic credentials.
 * @returns undefined if the request has none.
 * @throws ErrorResponse 401 if they are wrong.
 */
export function authenticateClient(request: SandboxRequest, realm: Realm): Client | undefined {
  const credentials = readBasicCredentials(request, realm.settings.behaviour);
  return credentials && verifyCredentials(credentials, realm).client;
}

/**
 * Authenticates the client of a token request by Basic credentials or, without an `Authorization`
 * header, by the fields `client_id` and `client_secret`, or by a signed JWT. Public clients send only
 * `client_id`.
 * @throws ErrorResponse 401 if the credentials are missing or wrong.
 * @see UAA 77 `ClientDetailsAuthenticationProvider`
 */
export async function authenticateTokenClient(
  request: SandboxRequest,
  realm: Realm,
): Promise<AuthenticatedClient> {
  const { state, settings } = realm;
  const { behaviour } = settings;
  const basic = readBasicCredentials(request, behaviour);
  if (basic) return verifyCredentials(basic, realm);
  if (request.headers['authorization'] || !isForm(request)) throw clientAuthError();
  const fields = readParameters(request);
  const id = fields.get('client_id') ?? '';
  const secret = fields.get('client_secret');
  if (secret !== null) return verifyCredentials({ id, secret }, realm);
  const client = state.clients.get(id);
  const isPublic = behaviour.hasPkce && client?.information['allowpublic'] === true;
  if (isPublic && isPublicClientGrant(fields)) return { client, clientAuthMethod: 'none' };
  if (behaviour.hasClientJwtKeys && hasClientAssertion(fields)) {
    const keyClient = await authenticateByClientAssertion(fields, realm);
    return { client: keyClient, clientAuthMethod: 'private_key_jwt' };
  }
  throw credentialsError(client, behaviour);
}

/** @throws ErrorResponse 401 if the client may not use the grant type. */
export function checkGrantType(
  { grants }: Client,
  grantType: string,
  { settings: { behaviour } }: Realm,
): void {
  if (grants.includes(grantType)) return;
  const value = behaviour.namesRefusedGrantType ? `: ${grantType}` : '';
  throw unauthorizedError('invalid_client', `Unauthorized grant type${value}`);
}

/** Reads the credentials of a `Basic` header. UAA 4.30 does not URL-decode them; later releases do. */
function readBasicCredentials(
  { headers }: SandboxRequest,
  behaviour: Behaviour,
): Credentials | undefined {
  const { decodesBasicCredentials: isEncoded } = behaviour;
  const pattern = isEncoded ? /^basic (.*)$/i : /^Basic (.*)$/;
  const [, encoded] = pattern.exec(headers['authorization']?.trim() ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (id === undefined || secret === undefined) {
    throw clientAuthError('Invalid basic authentication token', behaviour);
  }
  if (!isEncoded) return { id, secret };
  try {
    return { id: decodeFormValue(id), secret: decodeFormValue(secret) };
  } catch {
    throw clientAuthError('Failed to decode basic authentication token', behaviour);
  }
}

function decodeFormValue(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Since UAA 77, a client that was created without a secret cannot use an empty one. */
function verifyCredentials(
  { id, secret }: Credentials,
  { state, settings: { behaviour } }: Realm,
): AuthenticatedClient {
  const client = state.clients.authenticate(id, secret);
  if (!client || (behaviour.hasPkce && client.secretHashes.length === 0)) {
    throw credentialsError(state.clients.get(id), behaviour);
  }
  const isEmpty = secret === '' && behaviour.hasClientJwtKeys;
  return { client, clientAuthMethod: isEmpty ? 'empty' : undefined };
}

function credentialsError(client: Client | undefined, behaviour: Behaviour): ErrorResponse {
  const hasNoSecret = behaviour.hasPkce && client?.secretHashes.length === 0;
  return clientAuthError(hasNoSecret ? 'Missing credentials' : 'Bad credentials', behaviour);
}

/** Public clients can only use the code and refresh grants. */
function isPublicClientGrant(fields: URLSearchParams): boolean {
  const grant = fields.get('grant_type');
  if (grant === 'refresh_token') return fields.has('refresh_token');
  const isCode = grant === 'authorization_code' && fields.has('code') && fields.has('redirect_uri');
  return isCode && isValidPkceValue(fields.get('code_verifier'));
}
