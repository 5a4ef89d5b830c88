import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { CompactSign, compactVerify, exportJWK, exportSPKI } from 'jose';
import type { JsonObject } from '../../json.js';
import type { Storage } from '../../storage.js';

/** Maximum number of cached verification results. */
const maximumCachedTokens = 100;

export interface SigningKey {
  readonly sign: (claims: JsonObject) => Promise<string>;
  /** Whether a JWT is signed with this key. The claims are not checked. */
  readonly verify: (jwt: string) => Promise<boolean>;
  readonly id: string;
  /** The public key in the format of `/token_key`. */
  readonly jwk: Readonly<Record<string, string>>;
}

/**
 * Loads the signing key from the storage, or creates and stores a new one.
 * @param uaaUrl - base URL for `jku`, which is always https, as on the real server.
 * @param padsModulus - whether the modulus starts with an extra zero byte.
 * @param storage - stores the key, so that tokens stay valid after a restart.
 */
export async function createSigningKey(
  uaaUrl: string,
  padsModulus: boolean,
  storage: Storage,
): Promise<SigningKey> {
  const id = 'sandbox-key';
  const privateKey = await loadPrivateKey(storage);
  const publicKey = createPublicKey(privateKey);
  const header = {
    alg: 'RS256',
    jku: `${uaaUrl.replace(/^http:/, 'https:')}/token_keys`,
    kid: id,
    typ: 'JWT',
  };
  const encoder = new TextEncoder();
  const { n = '', e = '' } = await exportJWK(publicKey);
  const modulus = padsModulus ? prependSignByte(n) : n;
  const pem = (await exportSPKI(publicKey)).trim();
  // Verification is slow, and clients send the same token many times.
  const verifiedTokens = new Set<string>();
  return {
    id,
    sign: (claims) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader(header)
        .sign(privateKey),
    async verify(jwt) {
      if (verifiedTokens.has(jwt)) return true;
      const isVerified = await compactVerify(jwt, publicKey).then(
        () => true,
        () => false,
      );
      if (isVerified) verifiedTokens.add(jwt);
      if (verifiedTokens.size > maximumCachedTokens) {
        verifiedTokens.delete(verifiedTokens.values().next().value ?? '');
      }
      return isVerified;
    },
    jwk: { kty: 'RSA', e, use: 'sig', kid: id, alg: 'RS256', value: pem, n: modulus },
  };
}

/**
 * Prepends a zero byte to the modulus, because UAA before 75.5 encodes the modulus as a signed number.
 */
function prependSignByte(modulus: string): string {
  const bytes = Buffer.from(modulus, 'base64url');
  return Buffer.concat([Buffer.of(0), bytes]).toString('base64url');
}

async function loadPrivateKey(storage: Storage): Promise<KeyObject> {
  const keys = storage.collection<JsonWebKey>({ name: 'signing-key', key: () => 'current' });
  const [storedKey] = keys.all();
  if (storedKey) return createPrivateKey({ key: storedKey, format: 'jwk' });
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  keys.put(privateKey.export({ format: 'jwk' }));
  return privateKey;
}
