import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import { asBasicClient, type BasicClient } from './client-basic.js';
import { checked } from './scim.js';

const keySchema = v.looseObject({ kty: v.string(), alg: v.string(), value: v.string() });

/** The key that signs tokens now, spelled as UAA spells it. @see uaa-api, section 2.3 */
export type SigningKey = v.InferInput<typeof keySchema>;

export interface SigningKeys {
  /**
   * @param reader - a client that may see a shared key: one with the authority `uaa.resource`.
   * @throws {TpksError} `unauthenticated` where a client is wanted and none given, or its secret is
   *   wrong; `forbidden` for a client that may not see a shared key.
   */
  readonly current: (reader?: BasicClient) => Promise<SigningKey>;
}

/** @param send - unsigned; throws on every status that is not a success. */
export function createSigningKeys(send: Send, uaa: string): SigningKeys {
  const get = async (credentials: Readonly<Record<string, string>>): Promise<SigningKey> => {
    const headers = { accept: 'application/json', ...credentials };
    const request = { method: 'GET', url: `${uaa}/token_key`, headers };
    return checked(keySchema, await readJson(await send(request)), 'a key');
  };
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
  return new TpksError(error.kind, error.message, { hint, cause: error, status: error.status });
}
