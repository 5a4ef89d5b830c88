import * as v from 'valibot';
import { isTpksError, rewordError } from '../../errors.js';
import type { Send } from '../../http/send.js';
import { createUaaApi } from '../api.js';
import { sendAsClient, type BasicClient } from './basic-client.js';

const keyType = {
  noun: 'key',
  schema: v.looseObject({ kty: v.string(), alg: v.string(), value: v.string() }),
};

/** The key that the UAA signs new tokens with, with its own field names. @see uaa-api, section 2.3 */
export type SigningKey = v.InferInput<typeof keyType.schema>;

export interface SigningKeys {
  /**
   * Reads the key that the UAA signs new tokens with.
   * @param reader - a client with the authority `uaa.resource`; required to read a shared key.
   * @throws {TpksError} `unauthenticated` if a client is required and none is given, or its secret is
   *   wrong; `forbidden` for a client that is not allowed to read a shared key.
   */
  readonly getCurrent: (reader?: BasicClient) => Promise<SigningKey>;
}

export function createSigningKeys(send: Send, uaa: string): SigningKeys {
  const api = createUaaApi(send, uaa);
  const get = (headers: Readonly<Record<string, string>>) =>
    api.get(keyType, ['token_key'], { headers });
  return {
    getCurrent: async (reader) => {
      try {
        return await (reader === undefined ? get({}) : sendAsClient(reader, get));
      } catch (error) {
        throw explainClientError(error, reader);
      }
    },
  };
}

function explainClientError(error: unknown, reader: BasicClient | undefined): unknown {
  if (!isTpksError(error) || (error.status !== 401 && error.status !== 403)) return error;
  const hint =
    reader === undefined
      ? 'this UAA signs with a shared key; use -c CLIENT with a client that has the authority uaa.resource'
      : error.status === 401
        ? `check the client ${reader.clientId} and its secret`
        : `the client ${reader.clientId} needs the authority uaa.resource`;
  return rewordError(error, { hint });
}
