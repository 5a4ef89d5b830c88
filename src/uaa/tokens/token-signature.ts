import { createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { TpksError } from '../../errors.js';
import { jsonOrNothing } from '../../http/decode.js';

const headerSchema = v.looseObject({ alg: v.string(), kid: v.optional(v.string()) });

/** A JWT, taken apart. @see RFC 7515, section 3.1 */
export interface SignedToken {
  readonly algorithm: string;
  /** Name of the key that signed it. */
  readonly keyId: string | undefined;
  readonly data: Buffer;
  readonly signature: Buffer;
}

/** @returns `undefined` for an opaque token. */
export function toSignedToken(token: string): SignedToken | undefined {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = jsonOrNothing(Buffer.from(head, 'base64url').toString('utf8'));
  if (signature === '' || more.length > 0 || !v.is(headerSchema, header)) return undefined;
  return {
    algorithm: header.alg,
    keyId: header.kid,
    data: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * Verifies by a public key. A shared key is no public one: a token that claims to be signed with
 * the text of a public key as its secret, which everybody knows, is refused.
 * @throws {TpksError} `failed`
 */
export function verifyByPublicKey(token: SignedToken, key: KeyObject): void {
  const { algorithm, data, signature } = token;
  const [family, digest] = taken(algorithm);
  if (family === 'HS')
    throw invalidSignature(`its algorithm is ${algorithm}, which needs a secret`);
  const wanted = family === 'ES' ? 'ec' : 'rsa';
  if (key.asymmetricKeyType !== wanted) {
    throw invalidSignature(`its algorithm is ${algorithm}, which the key does not fit`);
  }
  const publicKey = { key, ...(family === 'ES' ? { dsaEncoding: 'ieee-p1363' as const } : {}) };
  if (!verify(digest, data, publicKey, signature))
    throw invalidSignature('it does not fit the key');
}

/** Verifies by a secret that UAA and whoever checks share. @throws {TpksError} `failed` */
export function verifyBySecret(token: SignedToken, secret: string): void {
  const { algorithm, data, signature } = token;
  const [family, digest] = taken(algorithm);
  if (family !== 'HS') {
    throw invalidSignature(`its algorithm is ${algorithm}, which needs a public key`);
  }
  const expected = createHmac(digest, secret).update(data).digest();
  const fits = expected.length === signature.length && timingSafeEqual(expected, signature);
  if (!fits) throw invalidSignature('it does not fit the key');
}

export function invalidSignature(why: string): TpksError {
  return new TpksError('failed', `The token’s signature is not valid: ${why}`, {
    hint: 'do not trust its claims; --no-verify shows them all the same',
  });
}

function taken(algorithm: string): readonly [family: 'RS' | 'ES' | 'HS', digest: string] {
  const [, family, bits] = /^(RS|ES|HS)(256|384|512)$/.exec(algorithm) ?? [];
  if ((family === 'RS' || family === 'ES' || family === 'HS') && bits !== undefined) {
    return [family, `sha${bits}`];
  }
  throw invalidSignature(`its algorithm is ${algorithm}`);
}
