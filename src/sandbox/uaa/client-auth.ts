import type { SandboxRequest } from '../router.js';
import type { Client } from './client-store.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import { isForm, parameters } from './parameters.js';
import type { Refusal } from './refusal.js';
import type { State } from './state.js';

/**
 * Which client a request comes from: by Basic (id and secret raw, an empty secret is `id:`), or,
 * without an Authorization header, by the form fields `client_id` and `client_secret`.
 *
 * @param options.form - whether form fields count; check_token and introspect know Basic only.
 * @returns undefined when the request names no client in a way that counts.
 * @throws Refusal 401 `unauthorized` when it names one and the secret does not fit.
 * @see UAA 4.30.0 `ClientBasicAuthenticationFilter`,
 *   `ClientParametersAuthenticationFilter`
 */
export function authenticateClient(
  request: SandboxRequest,
  { clients }: State,
  options: { readonly form: boolean },
): Client | undefined {
  const header = request.headers['authorization']?.trim();
  if (header?.startsWith('Basic ')) {
    const [id, secret] = basicCredentials(header);
    return clients.authenticate(id, secret) ?? badCredentials();
  }
  if (!options.form || header !== undefined || !isForm(request)) return undefined;
  const fields = parameters(request);
  const secret = fields.get('client_secret');
  if (secret === null) return badCredentials();
  return clients.authenticate(fields.get('client_id') ?? '', secret) ?? badCredentials();
}

/** The answer to a request without a client, on a route that wants one. */
export function clientMissing(
  description = 'An Authentication object was not found in the SecurityContext',
): Refusal {
  return oauthRefusal({ status: 401, error: 'unauthorized', description }, challenges.client);
}

function basicCredentials(header: string): readonly [string, string] {
  const encoded = header.slice('Basic '.length).trim();
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) {
    throw clientMissing('Failed to decode basic authentication token');
  }
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw clientMissing('Invalid basic authentication token');
  return [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

function badCredentials(): never {
  throw clientMissing('Bad credentials');
}
