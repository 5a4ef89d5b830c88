import { exportSPKI, generateKeyPair, SignJWT } from 'jose';

/** An identity provider that issues ID tokens. */
export interface OidcIssuer {
  readonly url: string;
  /** PEM. The UAA gets the key from its settings, so the issuer needs no server. */
  readonly publicKey: string;
  readonly sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
}

export async function createOidcIssuer(url: string, audience: string): Promise<OidcIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return {
    url,
    publicKey: await exportSPKI(publicKey),
    sign: (claims) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(url)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  };
}
