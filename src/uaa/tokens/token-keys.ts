import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { TpksError } from '../../errors.js';
import { readJson } from '../../http/decode.js';
import type { Send } from '../../http/send.js';
import { invalidSignatureError, readHeader, verifySignature } from './token-signature.js';

const keysSchema = v.looseObject({
  keys: v.array(
    v.looseObject({
      kty: v.string(),
      kid: v.optional(v.string()),
      /** PEM of the public key, which the UAA sends in addition to the fields of the JWK. */
      value: v.optional(v.string()),
    }),
  ),
});
type Key = v.InferOutput<typeof keysSchema>['keys'][number];

/** Verifies tokens with the public keys of a UAA. @see uaa-api, section 2.3 */
export interface TokenKeys {
  /**
   * @returns the id of the key that signed the token; `unnamed` if the key has no id.
   * @throws {TpksError} `failed` if no key did, or if the token is not a JWT.
   */
  readonly verify: (token: string) => Promise<string>;
}

export function createTokenKeys(send: Send, uaa: string): TokenKeys {
  return {
    verify: async (token) => {
      const header = readHeader(token);
      if (header === undefined) {
        throw new TpksError('failed', 'The token is opaque: only the UAA can decode it', {
          hint: 'use a client that has the authority uaa.resource: tpks uaa token decode -c CLIENT',
        });
      }
      const { keyId } = header;
      // Ignores shared keys, because the UAA returns them only to authenticated clients.
      const keys = (await fetchKeys(send, uaa)).filter(({ kty }) => kty !== 'MAC');
      const keyWithId = keys.find(({ kid }) => kid === keyId);
      const key = keyWithId ?? (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined) {
        throw invalidSignatureError(`the UAA has no key ${keyId ?? 'without an id'}`);
      }
      await verifySignature(token, header, toPublicKey(key));
      return key.kid ?? 'unnamed';
    },
  };
}

async function fetchKeys(send: Send, uaa: string): Promise<Key[]> {
  const headers = { accept: 'application/json' };
  const result = v.safeParse(
    keysSchema,
    await readJson(await send({ method: 'GET', url: `${uaa}/token_keys`, headers })),
  );
  if (result.success) return result.output.keys;
  throw new TpksError('unavailable', `${uaa}/token_keys did not return keys`, {
    hint: invalidKeysHint,
  });
}

const invalidKeysHint =
  'check the address of the UAA, or add --no-verify to decode the token without verifying it';

/** Prefers the PEM, because UAA before 75.5 adds a leading zero byte to `n` in the JWK. */
function toPublicKey(key: Key): KeyObject {
  try {
    return key.value === undefined
      ? createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
      : createPublicKey(key.value);
  } catch (error) {
    const field = key.value === undefined ? 'n or e' : 'value';
    const name = key.kid ?? 'without an id';
    throw new TpksError(
      'unavailable',
      `The UAA returned an invalid public key: ${field} of the key ${name} cannot be read`,
      { hint: invalidKeysHint, cause: error },
    );
  }
}
