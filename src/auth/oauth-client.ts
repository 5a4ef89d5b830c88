import { Configuration, type ClientAuth } from 'openid-client';
import type { Secret } from '../secret.js';

/**
 * Creates the configuration of a UAA client for openid-client, without a discovery request. The
 * issuer is a setting of the server that only discovery could return, so the one used here may be
 * wrong. openid-client compares it with the issuer of id tokens, so id tokens must not be passed to
 * openid-client.
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

/**
 * Sends the client id and secret as form fields: every UAA accepts these, even with an empty
 * secret.
 */
function authenticateInForm(secret: Secret | undefined): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id);
    if (secret !== undefined) body.set('client_secret', secret.reveal());
  };
}
