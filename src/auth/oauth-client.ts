import { Configuration, type ClientAuth } from 'openid-client';
import type { Secret } from '../secret.js';

/**
 * A UAA client as openid-client needs it, without a request for discovery. The issuer is a setting of
 * the server that only discovery could tell. openid-client compares it with id tokens, so those must
 * not reach it.
 * @param clientSecret - `undefined` for a public client.
 */
export function createOAuthClient(
  uaa: string,
  clientId: string,
  clientSecret: Secret | undefined,
): Configuration {
  const tokenEndpoint = `${uaa}/oauth/token`;
  const server = {
    issuer: tokenEndpoint,
    authorization_endpoint: `${uaa}/oauth/authorize`,
    token_endpoint: tokenEndpoint,
  };
  return new Configuration(server, clientId, undefined, authenticateInForm(clientSecret));
}

/** Client id and secret as form fields: every UAA accepts them, even an empty secret. */
function authenticateInForm(secret: Secret | undefined): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id);
    if (secret !== undefined) body.set('client_secret', secret.open());
  };
}
