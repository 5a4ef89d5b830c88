import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { TpksError } from '../../errors.js';
import { readJson } from '../../http/decode.js';
import type { Send } from '../../http/send.js';
import { invalidSignature, readHeader, verifySignature } from './token-signature.js';

const keysSchema = v.looseObject({
  keys: v.array(
    v.looseObject({
      kty: v.string(),
      kid: v.optional(v.string()),
      /** PEM of the public key, which UAA sends besides the parts of the JWK. */
      value: v.optional(v.string()),
    }),
  ),
});
type Key = v.InferOutput<typeof keysSchema>['keys'][number];

/** UAA's public keys. @see uaa-api, section 2.3 */
export interface TokenKeys {
  /**
   * @returns the id of the key that signed the token.
   * @throws {TpksError} `failed` when no key did, or when the token is not a JWT.
   */
  readonly verify: (token: string) => Promise<string>;
}

export function createTokenKeys(send: Send, uaa: string): TokenKeys {
  return {
    verify: async (token) => {
      const header = readHeader(token);
      if (header === undefined) {
        throw new TpksError('failed', 'The token is opaque: only the UAA knows what it means', {
          hint: 'it tells a client that has uaa.resource: tpks uaa token decode -c CLIENT',
        });
      }
      const { keyId } = header;
      // Shared keys are ignored: the UAA shows them only with credentials.
      const keys = (await fetchKeys(send, uaa)).filter(({ kty }) => kty !== 'MAC');
      const named = keys.find(({ kid }) => kid === keyId);
      const key = named ?? (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined)
        throw invalidSignature(`the UAA has no key ${keyId ?? 'without a name'}`);
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
  throw new TpksError('unavailable', `${uaa}/token_keys did not answer with keys`, {
    hint: withoutVerifying,
  });
}

const withoutVerifying =
  'check the address of the UAA, or add --no-verify to decode the token without verifying it';

/** UAA before 75.5 writes `n` with a leading zero byte, which its PEM does not have. */
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
      `The UAA answered with something unexpected: ${field} of the key ${name} is not a valid public key`,
      { hint: withoutVerifying, cause: error },
    );
  }
}
