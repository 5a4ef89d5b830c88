import { createHash } from 'node:crypto';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { badRequestError, challenges, oauthError, unauthorizedError } from '../errors.js';
import type { Realm } from '../realm.js';
import { isForm, readParameters } from '../requests.js';
import type { PkceChallenge } from '../store/expiring.js';
import type { Client } from '../store/identities.js';

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
 *
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
 *
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

/** Creates the error for missing or wrong client credentials. */
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

/** Whether a value has the format of a challenge or verifier. @see RFC 7636, section 4.1 */
function isValidPkceValue(value: string | null): value is string {
  return value !== null && /^[\w.~-]{43,128}$/.test(value);
}

const invalidFormat =
  'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/** Reads the challenge of an authorization request; undefined if it has none. */
export function readChallenge(fields: URLSearchParams): PkceChallenge | undefined {
  const challenge = fields.get('code_challenge');
  if (challenge === null) return undefined;
  return { challenge, method: fields.get('code_challenge_method') ?? 'plain' };
}

/**
 * Checks the challenge of an authorization request.
 *
 * @returns UAA's error text; undefined if the challenge is valid.
 */
export function validateChallenge({ challenge, method }: PkceChallenge): string | undefined {
  if (!isValidPkceValue(challenge)) return `Code challenge ${invalidFormat}`;
  if (method === 'S256' || method === 'plain') return undefined;
  return 'Unsupported code challenge method. Supported: [S256, plain]';
}

/** @throws ErrorResponse 400 if the verifier of a token request is present, but malformed. */
export function checkVerifierFormat(verifier: string | null): void {
  if (verifier === null || isValidPkceValue(verifier)) return;
  throw badRequestError('invalid_request', `Code verifier ${invalidFormat}`);
}

/**
 * Checks that the verifier of a token request matches the challenge.
 *
 * @throws ErrorResponse 400 if it does not match, or if only one of them is present.
 * @see UAA 77 `PkceValidationService`
 */
export function checkVerifier(
  pkce: PkceChallenge | undefined,
  verifier: string | null,
  isPublicClient: boolean,
): void {
  const error = (description: string) => badRequestError('invalid_grant', description);
  if (!pkce) {
    if (verifier === null) return;
    throw error('PKCE error: Code verifier not required for this authorization code.');
  }
  if (verifier === null) {
    throw error('PKCE error: Code verifier must be provided for this authorization code.');
  }
  if (isPublicClient && pkce.method !== 'S256') {
    throw error('Public client must use code challenge method S256');
  }
  const expected =
    pkce.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  if (expected !== pkce.challenge) throw error(`Invalid code verifier: ${verifier}`);
}
