import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { challenges, oauthError } from './error.js';
import { isForm, readParameters } from '../servlet-container.js';
import { isValidPkceValue } from './pkce.js';
import type { Realm } from '../realm.js';

/**
 * Authenticates the client that sent a request. Without an `Authorization` header, the form fields
 * `client_id` and `client_secret` are used. UAA 4.30 does not URL-decode Basic credentials; later
 * releases do. Public clients, which later releases support, do not send a secret.
 *
 * @param options.form - whether form fields are accepted; `/check_token` and `/introspect` accept
 *   only Basic credentials.
 * @returns undefined if the request has neither a Basic header nor an accepted form.
 * @throws ErrorResponse 401 if the credentials are wrong.
 * @see UAA 4.30.0 `ClientBasicAuthenticationFilter`, `ClientParametersAuthenticationFilter`
 */
export function authenticateClient(
  request: SandboxRequest,
  { state: { clients }, settings: { behaviour } }: Realm,
  options: { readonly form: boolean },
): Client | undefined {
  const reject = (): never => {
    throw clientAuthError('Bad credentials', behaviour);
  };
  const header = request.headers['authorization']?.trim();
  if (header !== undefined && isBasicHeader(header, behaviour)) {
    const [id, secret] = parseBasicCredentials(header, behaviour);
    return clients.authenticate(id, secret) ?? reject();
  }
  if (!options.form || header !== undefined || !isForm(request)) return undefined;
  const fields = readParameters(request);
  const id = fields.get('client_id') ?? '';
  const secret = fields.get('client_secret');
  if (secret !== null) return clients.authenticate(id, secret) ?? reject();
  const client = behaviour.hasPkce && isPublicClientGrant(fields) ? clients.get(id) : undefined;
  return client?.information['allowpublic'] === true ? client : reject();
}

/** Whether the grant works without a secret: only the code and refresh grants do. */
function isPublicClientGrant(fields: URLSearchParams): boolean {
  const grant = fields.get('grant_type');
  if (grant === 'refresh_token') return fields.has('refresh_token');
  const isCode = grant === 'authorization_code' && fields.has('code') && fields.has('redirect_uri');
  return isCode && isValidPkceValue(fields.get('code_verifier'));
}

function isBasicHeader(header: string, { decodesBasicCredentials }: Behaviour): boolean {
  return (decodesBasicCredentials ? /^basic /i : /^Basic /).test(header);
}

/** Creates the error for missing or wrong client credentials. */
export function clientAuthError(
  description = 'An Authentication object was not found in the SecurityContext',
  { badCredentialsError }: Pick<Behaviour, 'badCredentialsError'> = {
    badCredentialsError: 'unauthorized',
  },
): ErrorResponse {
  return oauthError(401, badCredentialsError, description, {
    challenge: challenges.client,
    challengeError: 'unauthorized',
  });
}

function parseBasicCredentials(
  header: string,
  { decodesBasicCredentials }: Behaviour,
): readonly [string, string] {
  const encoded = header.slice('Basic '.length).trim();
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) {
    throw clientAuthError('Failed to decode basic authentication token');
  }
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw clientAuthError('Invalid basic authentication token');
  const pair = [decoded.slice(0, colon), decoded.slice(colon + 1)] as const;
  return decodesBasicCredentials ? [decodeFormValue(pair[0]), decodeFormValue(pair[1])] : pair;
}

/** Decodes text like Java's `URLDecoder`: a plus sign is a space; invalid escapes are errors. */
function decodeFormValue(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw clientAuthError('Failed to decode basic authentication token');
  }
}
