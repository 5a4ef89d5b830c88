import type { KeyObject } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { TpksError } from '../../errors.js';

/** The header of a signed JWT. @see RFC 7515, section 4.1 */
export interface TokenHeader {
  readonly algorithm: string;
  /** Id of the key that signed the token. */
  readonly keyId: string | undefined;
}

/** @returns `undefined` for an opaque token. */
export function readHeader(token: string): TokenHeader | undefined {
  const [, , signature = '', ...more] = token.split('.');
  if (signature === '' || more.length > 0) return undefined;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return typeof alg === 'string' ? { algorithm: alg, keyId: kid } : undefined;
  } catch {
    return undefined;
  }
}

/** JWS needs RSA keys of at least this size. @see RFC 7518, section 3.3 */
const minimumRsaBits = 2048;

/**
 * @param key - a shared secret has the type `secret`. The type determines the allowed algorithms: a
 *   token must not pass because its HMAC was made with the text of a public key, which is not secret.
 * @throws {TpksError} `failed` if the key did not sign the token.
 */
export async function verifySignature(
  token: string,
  { algorithm }: TokenHeader,
  key: KeyObject,
): Promise<void> {
  const allowed = algorithmsFor(key);
  if (!allowed.includes(algorithm)) throw invalidSignature(wrongAlgorithm(algorithm, key));
  const bits = key.asymmetricKeyDetails?.modulusLength ?? minimumRsaBits;
  if (bits < minimumRsaBits) {
    throw invalidSignature(`the key has ${bits} bits, but ${algorithm} requires ${minimumRsaBits}`);
  }
  try {
    await compactVerify(token, key, { algorithms: [...allowed] });
  } catch (error) {
    throw invalidSignature('it does not fit the key', error);
  }
}

export function invalidSignature(why: string, cause?: unknown): TpksError {
  return new TpksError('failed', `The token’s signature is not valid: ${why}`, {
    hint: 'do not trust its claims; --no-verify shows them without verifying',
    cause,
  });
}

const hmac = ['HS256', 'HS384', 'HS512'];
const rsa = ['RS256', 'RS384', 'RS512'];
const ecdsa = ['ES256', 'ES384', 'ES512'];

function algorithmsFor({ type, asymmetricKeyType }: KeyObject): readonly string[] {
  if (type === 'secret') return hmac;
  return asymmetricKeyType === 'ec' ? ecdsa : rsa;
}

function wrongAlgorithm(algorithm: string, { type }: KeyObject): string {
  if (hmac.includes(algorithm)) return `its algorithm is ${algorithm}, which needs a secret`;
  if (![...rsa, ...ecdsa].includes(algorithm)) return `its algorithm is ${algorithm}`;
  const why = type === 'secret' ? 'needs a public key' : 'the key does not fit';
  return `its algorithm is ${algorithm}, which ${why}`;
}
