import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import { toActionResult, type ActionResult } from './action-result.js';
import { clientUrl } from './client-id.js';
import { named } from './clients.js';
import { withNeededScope } from './needed-scope.js';
import { sendJson } from './scim.js';

/** Keys, or an issuer, by whose JWTs a client may prove who it is. */
export interface JwtTrust {
  /** Where its public keys are; `*` stands for all of them when they are to go. */
  readonly jwksUri?: string | undefined;
  /** Its public keys: one key or a set, as JSON. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  /** One key, by its id; to take it away. */
  readonly keyId?: string | undefined;
}

/**
 * How UAA's clients prove themselves without a secret. Needs the scope `clients.trust` or
 * `clients.admin`, and a UAA of 76.22 or later.
 * @see uaa-api, section 12
 */
export interface ClientJwts {
  /** @throws {TpksError} `notFound`; `failed` also where the UAA is too old. */
  readonly change: (
    id: string,
    mode: 'ADD' | 'UPDATE' | 'DELETE',
    trust: JwtTrust,
  ) => Promise<ActionResult>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createClientJwts(send: Send, uaa: string): ClientJwts {
  const changing = withNeededScope(send, 'clients.trust');
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
      try {
        return toActionResult(
          await sendJson(changing, 'PUT', `${clientUrl(uaa, id)}/clientjwt`, body),
        );
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? tooOld(error) : named(error, id);
      }
    },
  };
}

function tooOld(cause: TpksError): TpksError {
  return new TpksError('failed', 'This UAA cannot trust JWTs of clients: it has no route for it', {
    hint: 'UAA can do that since 76.22; which one this is: tpks uaa info',
    status: 405,
    cause,
  });
}
