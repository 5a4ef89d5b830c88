import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { challenges, oauthError, unauthorizedError } from '../errors.js';
import type { Realm } from '../realm.js';
import { isForm, readParameters } from '../requests.js';
import type { Client } from '../store/identities.js';
import { isValidPkceValue } from './pkce.js';

/**
 * How a client authenticated without a secret: `none` for a public client, `empty` for a client with
 * an empty secret.
 */
export type ClientAuthMethod = 'none' | 'empty';

export interface AuthenticatedClient {
  readonly client: Client;
  /** Undefined if the client used a secret, or if the release does not report the method. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
}

/** A request to the token endpoint, whose client is authenticated. */
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
 * Authenticates the client of a request for a token by Basic credentials or, without an
 * `Authorization` header, by the fields `client_id` and `client_secret`. Public clients do not send
 * a secret.
 * @throws ErrorResponse 401 if the credentials are missing or wrong.
 * @see UAA 77 `ClientDetailsAuthenticationProvider`
 */
export function authenticateTokenClient(
  request: SandboxRequest,
  realm: Realm,
): AuthenticatedClient {
  const { state, settings } = realm;
  const basic = readBasicCredentials(request, settings.behaviour);
  if (basic) return verifyCredentials(basic, realm);
  if (request.headers['authorization'] || !isForm(request)) throw clientAuthError();
  const fields = readParameters(request);
  const id = fields.get('client_id') ?? '';
  const secret = fields.get('client_secret');
  if (secret !== null) return verifyCredentials({ id, secret }, realm);
  const client = state.clients.get(id);
  const isPublic = settings.behaviour.hasPkce && client?.information['allowpublic'] === true;
  if (isPublic && isPublicClientGrant(fields)) return { client, clientAuthMethod: 'none' };
  throw clientAuthError('Bad credentials', settings.behaviour);
}

export function clientAuthError(
  description = 'An Authentication object was not found in the SecurityContext',
  { badCredentialsError: error }: Pick<Behaviour, 'badCredentialsError'> = {
    badCredentialsError: 'unauthorized',
  },
): ErrorResponse {
  const options = { challenge: challenges.client, challengeError: 'unauthorized' };
  return oauthError(401, error, description, options);
}

/** @throws ErrorResponse 401 if the client may not use the grant type. */
export function checkGrantType(
  { grants }: Client,
  grantType: string,
  { settings: { behaviour } }: Realm,
): void {
  if (grants.includes(grantType)) return;
  const value = behaviour.namesRefusedValues ? `: ${grantType}` : '';
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
    throw clientAuthError('Bad credentials', behaviour);
  }
  const isEmpty = secret === '' && behaviour.hasClientJwtKeys;
  return { client, clientAuthMethod: isEmpty ? 'empty' : undefined };
}

/** Whether the grant works without a secret: only the code and refresh grants do. */
function isPublicClientGrant(fields: URLSearchParams): boolean {
  const grant = fields.get('grant_type');
  if (grant === 'refresh_token') return fields.has('refresh_token');
  const isCode = grant === 'authorization_code' && fields.has('code') && fields.has('redirect_uri');
  return isCode && isValidPkceValue(fields.get('code_verifier'));
}
