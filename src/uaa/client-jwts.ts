import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';
import { clientPath } from './client-id.js';
import { actionResultType, type ActionResult } from './client-secrets.js';
import { explainNotFound } from './clients.js';

/** Keys, or an issuer, whose JWTs authenticate a client. */
export interface JwtTrust {
  /** URL of its public keys; `*` removes all of them. */
  readonly jwksUri?: string | undefined;
  /** Its public keys: one key or a set, as JSON. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  /** Id of a key to remove. */
  readonly keyId?: string | undefined;
}

/**
 * How UAA's clients authenticate without a secret. Needs the scope `clients.trust` or
 * `clients.admin`, and UAA 76.22 or later.
 * @see uaa-api, section 12
 */
export interface ClientJwts {
  /** @throws {TpksError} `notFound`; `failed`, also if the UAA is too old. */
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
      const path = [...clientPath(id), 'clientjwt'];
      try {
        return await explainNotFound(id, api.write(actionResultType, 'PUT', path, { body }));
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? tooOld(error) : error;
      }
    },
  };
}

function tooOld(cause: TpksError): TpksError {
  return new TpksError('failed', 'This UAA cannot trust JWTs of clients: it has no route for it', {
    hint: 'this needs UAA 76.22 or later; tpks uaa info shows the version',
    status: 405,
    cause,
  });
}
