import { challenges, oauthError, statusError } from '../errors.js';
import { isForm, readParameters } from '../requests.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import {
  BasicFormatError,
  canLogBasicCredentials,
  parseBasicCredentials,
} from './basic-credentials.js';
import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { canDecodeLoginHint } from './login-hint.js';
import { isValidPkceValue } from './pkce.js';
import type { Realm } from '../realm.js';

/**
 * Authenticates the client that sent a request. Without an `Authorization` header, the form fields
 * `client_id` and `client_secret` are used. Public clients, which later releases support, do not send
 * a secret.
 *
 * @param options.form - whether form fields are accepted; `/check_token` and `/introspect` accept
 *   only Basic credentials.
 * @returns undefined if the request has neither a Basic header nor an accepted form.
 * @throws ErrorResponse 401 if the credentials are wrong, or 500 if the real server fails.
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
  const header = request.headers['authorization']?.trim() ?? '';
  const fields = readParameters(request);
  if (isBasicHeader(header, behaviour)) {
    const [id, secret] = readBasicHeader(request, header, behaviour);
    return clients.authenticate(id, secret) ?? reject();
  }
  if (!options.form || header !== '' || !isForm(request)) return undefined;
  checkLoginHintEscapes(request);
  const id = fields.get('client_id') ?? '';
  const secret = fields.get('client_secret');
  if (secret !== null) return clients.authenticate(id, secret) ?? reject();
  const client = behaviour.hasPkce && isPublicClientGrant(fields) ? clients.get(id) : undefined;
  return client?.information['allowpublic'] === true ? client : reject();
}

/**
 * How a client authenticated without a secret: `none` for a public client, `empty` for a client with
 * an empty secret.
 */
export type ClientAuthMethod = 'none' | 'empty';

/**
 * Determines how the client of a request authenticated.
 *
 * @param request - a request with valid credentials.
 * @returns undefined if the client used a secret, or if the release does not report the method.
 * @see UAA 77 `ClientDetailsAuthenticationProvider`
 */
export function readClientAuthMethod(
  request: SandboxRequest,
  { settings: { behaviour } }: Realm,
): ClientAuthMethod | undefined {
  if (!behaviour.hasClientJwtKeys) return undefined;
  const header = request.headers['authorization']?.trim() ?? '';
  const secret = isBasicHeader(header, behaviour)
    ? readBasicHeader(request, header, behaviour)[1]
    : readParameters(request).get('client_secret');
  if (secret === null) return 'none';
  return secret === '' ? 'empty' : undefined;
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

function readBasicHeader(
  request: SandboxRequest,
  header: string,
  behaviour: Behaviour,
): readonly [id: string, secret: string] {
  const encoded = header.slice('Basic '.length);
  try {
    const credentials = parseBasicCredentials(encoded, behaviour);
    const isLogged = !readParameters(request).get('client_id')?.trim();
    if (isLogged && !canLogBasicCredentials(encoded)) throw statusError(request, 500);
    checkLoginHintEscapes(request);
    return credentials;
  } catch (error) {
    throw error instanceof BasicFormatError ? clientAuthError(error.message) : error;
  }
}

/**
 * Checks the login hint, which the real server decodes in every authentication, even if it does not
 * use it.
 *
 * @throws ErrorResponse 500 if an escape is invalid.
 */
export function checkLoginHintEscapes(request: SandboxRequest): void {
  const hint = readParameters(request).get('login_hint');
  if (hint !== null && !canDecodeLoginHint(hint)) throw statusError(request, 500);
}
