import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';
import { buildClientPath } from './client-id.js';
import { actionResultType, type ActionResult } from './client-secrets.js';
import { reportMissingClient } from './clients.js';

/** Keys or an issuer that a client's JWTs must come from. */
export interface JwtTrust {
  /** URL of the client's public keys; `*` removes all keys. */
  readonly jwksUri?: string | undefined;
  /** The client's public keys as JSON: one JWK or a JWK set. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  /** Id of a key to remove. */
  readonly keyId?: string | undefined;
}

/**
 * Configures the JWTs with which UAA clients authenticate instead of a secret. Requires the scope
 * `clients.trust` or `clients.admin`, and UAA 76.22 or later.
 * @see uaa-api, section 12
 */
export interface ClientJwts {
  /** @throws {TpksError} `notFound`; `failed` if the UAA rejects the change or is too old. */
  readonly change: (
    id: string,
    mode: 'ADD' | 'UPDATE' | 'DELETE',
    trust: JwtTrust,
  ) => Promise<ActionResult>;
}

export function createClientJwts(send: Send, uaa: string): ClientJwts {
  const api = createUaaApi(send, uaa, 'clients.trust');
  return {
    change: async (id, changeMode, { jwksUri, jwks, issuer, subject, audience, keyId }) => {
      const body = {
        client_id: id,
        kid: keyId,
        jwks_uri: jwksUri,
        jwks,
        iss: issuer,
        sub: subject,
        aud: audience,
        changeMode,
      };
      const path = [...buildClientPath(id), 'clientjwt'];
      try {
        return await reportMissingClient(id, api.write(actionResultType, 'PUT', path, { body }));
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? unsupportedError(error) : error;
      }
    },
  };
}

function unsupportedError(cause: TpksError): TpksError {
  return new TpksError('failed', 'This UAA does not support JWTs of clients', {
    hint: 'this requires UAA 76.22 or later; show the version: tpks uaa info',
    status: 405,
    cause,
  });
}
