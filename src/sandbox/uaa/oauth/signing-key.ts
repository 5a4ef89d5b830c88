import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { CompactSign, compactVerify, exportJWK, exportSPKI } from 'jose';
import type { Storage } from '../../storage/storage.js';
import type { Claims } from './token-check.js';

/** How many verified tokens are remembered. */
const maximumVerified = 100;

/** The key that signs every token of this UAA. */
export interface SigningKey {
  readonly sign: (claims: Claims) => Promise<string>;
  /** @returns whether the text is a JWT signed with this key; its claims are not checked. */
  readonly verifies: (jwt: string) => Promise<boolean>;
  readonly id: string;
  /** The public half as `/token_key` shows it. */
  readonly jwk: Readonly<Record<string, string>>;
}

/**
 * @param uaaUrl - base URL; `jku` is always https, as on the real server.
 * @param padsModulus - whether the modulus has a zero byte before it.
 * @param storage - stores the key, so that it survives a restart.
 */
export async function createSigningKey(
  uaaUrl: string,
  padsModulus: boolean,
  storage: Storage,
): Promise<SigningKey> {
  const id = 'sandbox-key';
  const privateKey = await privateKeyIn(storage);
  const publicKey = createPublicKey(privateKey);
  const header = {
    alg: 'RS256',
    jku: `${uaaUrl.replace(/^http:/, 'https:')}/token_keys`,
    kid: id,
    typ: 'JWT',
  };
  const encoder = new TextEncoder();
  const { n = '', e = '' } = await exportJWK(publicKey);
  const shown = padsModulus ? withSignByte(n) : n;
  const pem = (await exportSPKI(publicKey)).trim();
  // Clients send the same token many times, and each verification takes time.
  const verified = new Set<string>();
  return {
    id,
    sign: (claims) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader(header)
        .sign(privateKey),
    async verifies(jwt) {
      if (verified.has(jwt)) return true;
      const isVerified = await compactVerify(jwt, publicKey).then(
        () => true,
        () => false,
      );
      if (isVerified) verified.add(jwt);
      if (verified.size > maximumVerified) verified.delete(verified.values().next().value ?? '');
      return isVerified;
    },
    jwk: { kty: 'RSA', e, use: 'sig', kid: id, alg: 'RS256', value: pem, n: shown },
  };
}

/**
 * UAA before 75.5 writes the modulus as a signed number: a zero byte comes before it.
 * Three bytes become four letters, so the whole text shifts.
 */
function withSignByte(modulus: string): string {
  const bytes = Buffer.from(modulus, 'base64url');
  return Buffer.concat([Buffer.of(0), bytes]).toString('base64url');
}

async function privateKeyIn(storage: Storage): Promise<KeyObject> {
  const keys = storage.collection<JsonWebKey>({
    name: 'signing-key',
    key: () => 'current',
    requiredMembers: ['kty', 'n', 'e', 'd'],
  });
  const [known] = keys.all();
  if (known) return createPrivateKey({ key: known, format: 'jwk' });
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  keys.put(privateKey.export({ format: 'jwk' }));
  return privateKey;
}
