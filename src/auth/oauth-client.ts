import { Configuration, type ClientAuth } from 'openid-client';
import type { Secret } from '../secret.js';

/**
 * Creates the configuration of a UAA client for openid-client, without a discovery request. Only
 * discovery could tell the issuer, which is a setting of the server. openid-client compares it with the
 * issuer of id tokens, so they must not be passed to it.
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

/** Sends client id and secret as form fields: every UAA accepts them, even an empty secret. */
function authenticateInForm(secret: Secret | undefined): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id);
    if (secret !== undefined) body.set('client_secret', secret.reveal());
  };
}
