import * as v from 'valibot';
import { isTpksError, rewordError } from '../../errors.js';
import type { Send } from '../../http/send.js';
import { createUaaApi } from '../api.js';
import { asBasicClient, type BasicClient } from './client-basic.js';

const keyType = {
  noun: 'key',
  schema: v.looseObject({ kty: v.string(), alg: v.string(), value: v.string() }),
};

/** The key that signs tokens now, with the UAA's own field names. @see uaa-api, section 2.3 */
export type SigningKey = v.InferInput<typeof keyType.schema>;

export interface SigningKeys {
  /**
   * @param reader - a client that may see a shared key: one with the authority `uaa.resource`.
   * @throws {TpksError} `unauthenticated` if a client is required and none is given, or its secret is
   *   wrong; `forbidden` for a client that may not see a shared key.
   */
  readonly current: (reader?: BasicClient) => Promise<SigningKey>;
}

export function createSigningKeys(send: Send, uaa: string): SigningKeys {
  const api = createUaaApi(send, uaa);
  const get = (headers: Readonly<Record<string, string>>) =>
    api.get(keyType, ['token_key'], { headers });
  return {
    current: async (reader) => {
      try {
        return await (reader === undefined ? get({}) : asBasicClient(reader, get));
      } catch (error) {
        throw explained(error, reader);
      }
    },
  };
}

function explained(error: unknown, reader: BasicClient | undefined): unknown {
  if (!isTpksError(error) || (error.status !== 401 && error.status !== 403)) return error;
  const hint =
    reader === undefined
      ? 'this UAA signs with a shared key: name a client that has the authority uaa.resource with -c'
      : error.status === 401
        ? `check the client ${reader.clientId} and its secret`
        : `the client ${reader.clientId} needs the authority uaa.resource`;
  return rewordError(error, { hint });
}
