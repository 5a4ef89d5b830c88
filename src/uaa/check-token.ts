import * as v from 'valibot';
import { isTpksError, reworded } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { asBasicClient, type BasicClient } from './client-basic.js';
import { checked } from './scim.js';

const claimsSchema = v.looseObject({ client_id: v.string(), exp: v.number() });

/** What a token means, as the UAA itself reads it. @see uaa-api, section 7.1 */
export type CheckedClaims = v.InferInput<typeof claimsSchema>;

export interface TokenCheck {
  /**
   * @param client - one with the authority `uaa.resource`.
   * @throws {TpksError} `failed` for a token that is not good, whatever the reason;
   *   `unauthenticated` and `forbidden` when it is the client that is not.
   */
  readonly check: (token: Secret, client: BasicClient) => Promise<CheckedClaims>;
}

/** @param send - unsigned; throws on every status that is not a success. */
export function createTokenCheck(send: Send, uaa: string): TokenCheck {
  return {
    check: async (token, client) => {
      try {
        return await asBasicClient(client, async (headers) => {
          const response = await send({
            method: 'POST',
            url: `${uaa}/check_token`,
            headers: {
              accept: 'application/json',
              'content-type': 'application/x-www-form-urlencoded',
              ...headers,
            },
            body: new URLSearchParams({ token: token.open() }).toString(),
          });
          return checked(claimsSchema, await readJson(response), 'the claims of a token');
        });
      } catch (error) {
        throw explained(error, client);
      }
    },
  };
}

/** 400 is about the token, 401 and 403 are about who asks. */
function explained(error: unknown, { clientId }: BasicClient): unknown {
  if (!isTpksError(error)) return error;
  if (error.status === 400) {
    return reworded(error, { kind: 'failed', message: `The token is not valid: ${error.message}` });
  }
  if (error.status === 401) {
    return reworded(error, {
      kind: 'unauthenticated',
      hint: `check the client ${clientId} and its secret`,
    });
  }
  if (error.status === 403) {
    return reworded(error, {
      kind: 'forbidden',
      hint: `the client ${clientId} needs the authority uaa.resource`,
    });
  }
  return error;
}
