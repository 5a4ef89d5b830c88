import * as v from 'valibot';
import { isTpksError, rewordError } from '../../errors.js';
import type { Send } from '../../http/send.js';
import type { Secret } from '../../secret.js';
import { createUaaApi } from '../api.js';
import { asBasicClient, type BasicClient } from './client-basic.js';

const claimsType = {
  noun: 'token description',
  schema: v.looseObject({ client_id: v.string(), exp: v.number() }),
};

/** The claims of a token, as the UAA reads them. @see uaa-api, section 7.1 */
export type CheckedClaims = v.InferInput<typeof claimsType.schema>;

export interface TokenCheck {
  /**
   * @param client - one with the authority `uaa.resource`.
   * @throws {TpksError} `failed` for an invalid token, whatever the reason; `unauthenticated` and
   *   `forbidden` if the client is refused.
   */
  readonly check: (token: Secret, client: BasicClient) => Promise<CheckedClaims>;
}

export function createTokenCheck(send: Send, uaa: string): TokenCheck {
  const api = createUaaApi(send, uaa);
  return {
    check: async (token, client) => {
      try {
        return await asBasicClient(client, (headers) =>
          api.write(claimsType, 'POST', ['check_token'], {
            headers,
            form: { token: token.reveal() },
          }),
        );
      } catch (error) {
        throw explained(error, client);
      }
    },
  };
}

/** 400 is about the token, 401 and 403 are about the client. */
function explained(error: unknown, { clientId }: BasicClient): unknown {
  if (!isTpksError(error)) return error;
  if (error.status === 400) {
    return rewordError(error, {
      kind: 'failed',
      message: `The token is not valid: ${error.message}`,
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
