import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { challenges, oauthError } from './error.js';
import { isForm, parameters } from '../container.js';
import { isPkceText } from './pkce.js';
import type { Realm } from '../realm.js';

/**
 * Authenticates the client of a request: by Basic (id and secret as they are, an empty secret is
 * `id:`; later releases decode both), or, without an Authorization header, by the form fields
 * `client_id` and `client_secret`. Public clients, which later releases have, send no secret.
 *
 * @param options.form - whether form fields are used; check_token and introspect use only Basic.
 * @returns undefined if the request names no client.
 * @throws ErrorResponse 401 `unauthorized` if the secret is wrong.
 * @see UAA 4.30.0 `ClientBasicAuthenticationFilter`,
 *   `ClientParametersAuthenticationFilter`
 */
export function authenticateClient(
  request: SandboxRequest,
  { state: { clients }, settings: { behaviour } }: Realm,
  options: { readonly form: boolean },
): Client | undefined {
  const refused = (): never => {
    throw clientMissing('Bad credentials', behaviour);
  };
  const header = request.headers['authorization']?.trim();
  if (header !== undefined && isBasic(header, behaviour)) {
    const [id, secret] = basicCredentials(header, behaviour);
    return clients.authenticate(id, secret) ?? refused();
  }
  if (!options.form || header !== undefined || !isForm(request)) return undefined;
  const fields = parameters(request);
  const id = fields.get('client_id') ?? '';
  const secret = fields.get('client_secret');
  if (secret !== null) return clients.authenticate(id, secret) ?? refused();
  const client = behaviour.hasPkce && isPublicRequest(fields) ? clients.get(id) : undefined;
  return client?.information['allowpublic'] === true ? client : refused();
}

/** Only the code grant and the refresh grant work without a secret. */
function isPublicRequest(fields: URLSearchParams): boolean {
  const grant = fields.get('grant_type');
  if (grant === 'refresh_token') return fields.has('refresh_token');
  const isCode = grant === 'authorization_code' && fields.has('code') && fields.has('redirect_uri');
  return isCode && isPkceText(fields.get('code_verifier'));
}

function isBasic(header: string, { decodesBasic }: Behaviour): boolean {
  return (decodesBasic ? /^basic /i : /^Basic /).test(header);
}

/** The error for a request without a client, on a route that needs one. */
export function clientMissing(
  description = 'An Authentication object was not found in the SecurityContext',
  { badCredentials }: Pick<Behaviour, 'badCredentials'> = { badCredentials: 'unauthorized' },
): ErrorResponse {
  return oauthError(401, badCredentials, description, {
    challenge: challenges.client,
    challengeError: 'unauthorized',
  });
}

function basicCredentials(header: string, { decodesBasic }: Behaviour): readonly [string, string] {
  const encoded = header.slice('Basic '.length).trim();
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) {
    throw clientMissing('Failed to decode basic authentication token');
  }
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw clientMissing('Invalid basic authentication token');
  const pair = [decoded.slice(0, colon), decoded.slice(colon + 1)] as const;
  return decodesBasic ? [urlDecoded(pair[0]), urlDecoded(pair[1])] : pair;
}

/** As Java's `URLDecoder`: a plus is a blank, and an invalid escape is an error. */
function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw clientMissing('Failed to decode basic authentication token');
  }
}
