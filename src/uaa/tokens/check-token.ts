import * as v from 'valibot';
import { isTpksError, rewordError } from '../../errors.js';
import type { Send } from '../../http/send.js';
import type { Secret } from '../../secret.js';
import { createUaaApi } from '../api.js';
import { sendAsClient, type BasicClient } from './basic-client.js';

const claimsType = {
  noun: 'token description',
  schema: v.looseObject({ client_id: v.string(), exp: v.number() }),
};

/** The claims of a token, as returned by the UAA. @see uaa-api, section 7.1 */
export type CheckedClaims = v.InferInput<typeof claimsType.schema>;

export interface TokenCheck {
  /**
   * Lets the UAA validate and decode a token.
   * @param client - a client with the authority `uaa.resource`.
   * @throws {TpksError} `failed` for an invalid token, whatever the reason; `unauthenticated` or
   *   `forbidden` if the UAA rejects the client.
   */
  readonly check: (token: Secret, client: BasicClient) => Promise<CheckedClaims>;
}

export function createTokenCheck(send: Send, uaa: string): TokenCheck {
  const api = createUaaApi(send, uaa);
  return {
    check: async (token, client) => {
      try {
        return await sendAsClient(client, (headers) =>
          api.write(claimsType, 'POST', ['check_token'], {
            headers,
            form: { token: token.reveal() },
          }),
        );
      } catch (error) {
        throw explainClientError(error, client);
      }
    },
  };
}

/** Status 400 means that the token is invalid; 401 and 403 concern the client. */
function explainClientError(error: unknown, { clientId }: BasicClient): unknown {
  if (!isTpksError(error)) return error;
  if (error.status === 400) {
    return rewordError(error, {
      kind: 'failed',
      message: `The token is invalid: ${error.message}`,
    });
  }
  if (error.status === 401) {
    return rewordError(error, {
      kind: 'unauthenticated',
      hint: `check the client ${clientId} and its secret`,
    });
  }
  if (error.status === 403) {
    return rewordError(error, {
      kind: 'forbidden',
      hint: `the client ${clientId} needs the authority uaa.resource`,
    });
  }
  return error;
}
