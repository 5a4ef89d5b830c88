import { CompactSign, compactVerify, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { Claims } from './claims.js';

/** The key that signs every token of this UAA. */
export interface SigningKey {
  readonly sign: (claims: Claims) => Promise<string>;
  /** @returns whether the text is a JWT under this key; its claims are not looked at. */
  readonly verifies: (jwt: string) => Promise<boolean>;
  readonly id: string;
  /** The public half as `/token_key` shows it. */
  readonly jwk: Readonly<Record<string, string>>;
}

/**
 * @param uaaUrl - base URL; `jku` is https whatever its scheme is, as on the real server.
 * @param padsModulus - whether the modulus has a zero byte before it.
 */
export async function createSigningKey(uaaUrl: string, padsModulus: boolean): Promise<SigningKey> {
  const id = 'sandbox-key';
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
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
  return {
    id,
    sign: (claims) =>
      new CompactSign(encoder.encode(JSON.stringify(claims)))
        .setProtectedHeader(header)
        .sign(privateKey),
    verifies: (jwt) =>
      compactVerify(jwt, publicKey).then(
        () => true,
        () => false,
      ),
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
