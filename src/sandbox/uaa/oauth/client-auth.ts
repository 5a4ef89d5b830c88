import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import type { Client } from '../store/clients.js';
import { challenges, oauthError } from './error.js';
import { isForm, parameters } from '../parameters.js';
import { isPkceText } from './pkce.js';
import type { Realm } from '../realm.js';

/**
 * Which client a request comes from: by Basic (id and secret raw, an empty secret is `id:`; later
 * releases decode both), or, without an Authorization header, by the form fields `client_id` and
 * `client_secret`. A public client, which later releases know, has no secret to send.
 *
 * @param options.form - whether form fields count; check_token and introspect know Basic only.
 * @returns undefined when the request names no client in a way that counts.
 * @throws ErrorResponse 401 `unauthorized` when it names one and the secret does not fit.
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

/** Code and refresh token alone may be redeemed without a secret. */
function isPublicRequest(fields: URLSearchParams): boolean {
  const grant = fields.get('grant_type');
  if (grant === 'refresh_token') return fields.has('refresh_token');
  const isCode = grant === 'authorization_code' && fields.has('code') && fields.has('redirect_uri');
  return isCode && isPkceText(fields.get('code_verifier'));
}

function isBasic(header: string, { decodesBasic }: Behaviour): boolean {
  return (decodesBasic ? /^basic /i : /^Basic /).test(header);
}

/** The answer to a request without a client, on a route that wants one. */
export function clientMissing(
  description = 'An Authentication object was not found in the SecurityContext',
  { badCredentials }: Pick<Behaviour, 'badCredentials'> = { badCredentials: 'unauthorized' },
): ErrorResponse {
  return oauthError(
    { status: 401, error: badCredentials, challengeError: 'unauthorized', description },
    challenges.client,
  );
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

/** As Java's `URLDecoder` does it: a plus is a blank; what is no escape is an error. */
function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw clientMissing('Failed to decode basic authentication token');
  }
}
