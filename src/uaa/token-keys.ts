import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import * as v from 'valibot';
import { TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';

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

const headerSchema = v.looseObject({ alg: v.string(), kid: v.optional(v.string()) });

/** UAA's public keys. @see uaa-api, section 2.3 */
export interface TokenKeys {
  /**
   * @returns the id of the key that signed the token.
   * @throws {TpksError} `failed` when no key did, or when the token is not a JWT.
   */
  readonly verify: (token: string) => Promise<string>;
}

/** @param send - unsigned; throws on every status that is not a success. */
export function createTokenKeys(send: Send, uaa: string): TokenKeys {
  return {
    verify: async (token) => {
      const [head = '', body = '', signature = ''] = token.split('.');
      const header = decoded(head);
      if (header === undefined || token.split('.').length !== 3) {
        throw new TpksError('failed', 'The token is opaque: only the UAA knows what it means', {
          hint: 'POST /check_token with a client that has uaa.resource tells its claims',
        });
      }
      const keys = await fetchKeys(send, uaa);
      const key =
        keys.find(({ kid }) => kid === header.kid) ?? (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined) throw invalid(`the UAA has no key ${header.kid ?? 'without a name'}`);
      const digest = digests[header.alg];
      if (digest === undefined || key.kty === 'MAC')
        throw invalid(`its algorithm is ${header.alg}`);
      const data = Buffer.from(`${head}.${body}`);
      const publicKey = { key: toPublicKey(key), ...(header.alg.startsWith('ES') ? ieee : {}) };
      if (!verify(digest, data, publicKey, Buffer.from(signature, 'base64url'))) {
        throw invalid('the signature does not fit');
      }
      return key.kid ?? 'unnamed';
    },
  };
}

const digests: Readonly<Record<string, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
};
const ieee = { dsaEncoding: 'ieee-p1363' } as const;

async function fetchKeys(send: Send, uaa: string): Promise<Key[]> {
  const headers = { accept: 'application/json' };
  const result = v.safeParse(
    keysSchema,
    await readJson(await send({ method: 'GET', url: `${uaa}/token_keys`, headers })),
  );
  if (result.success) return result.output.keys;
  throw new TpksError('unavailable', `${uaa}/token_keys did not answer with keys`, {
    hint: 'check the address of the UAA, or decode without verifying: --no-verify',
  });
}

/** UAA before 75.5 writes `n` with a leading zero byte, which its PEM does not have. */
function toPublicKey(key: Key) {
  return key.value === undefined
    ? createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    : createPublicKey(key.value);
}

function decoded(head: string): v.InferOutput<typeof headerSchema> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
    return v.is(headerSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function invalid(why: string): TpksError {
  return new TpksError('failed', `The token’s signature is not valid: ${why}`, {
    hint: 'do not trust its claims; tpks token --decode --no-verify shows them all the same',
  });
}
