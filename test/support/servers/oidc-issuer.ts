import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
} from 'jose';
import { createCertificates } from './certificates.js';

type Claims = Readonly<Record<string, unknown>>;

interface SignOptions {
  /** Default: RS256. The issuer also has a key for ES256. Others: HS256 and none. */
  readonly alg?: string;
  /** Default: that of the key. */
  readonly kid?: string;
  /** Signs with this key instead of the issuer's own. */
  readonly key?: CryptoKey;
}

/** An identity provider that issues ID tokens, for example for the jobs of a CI system. */
export interface OidcIssuer {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** The key for RS256, as PEM, for servers that cannot request the keys. */
  readonly publicKey: string;
  /** Both public keys, as the JSON text that `keysUrl` returns. */
  readonly jwks: string;
  readonly keysUrl: string;
  /** PEM of the CA that signed the certificate of the server. */
  readonly ca: string;
  /**
   * Issues a token for 5 minutes.
   * @param claims - replace the default claims; an undefined claim is omitted.
   */
  readonly sign: (claims: Claims, options?: SignOptions) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts an identity provider on a free port. @param audience - the default audience of its tokens. */
export async function startOidcIssuer(audience: string): Promise<OidcIssuer> {
  const { good, ca } = await createCertificates();
  const pairs = {
    RS256: await generateKeyPair('RS256'),
    ES256: await generateKeyPair('ES256'),
  };
  const keys = await Promise.all(
    Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      ...{ alg, kid: `key-${alg}`, use: 'sig' },
    })),
  );
  const jwks = JSON.stringify({ keys });
  const server = createServer(good, ({ url: path }, response) => {
    const documents: Readonly<Record<string, string>> = {
      '/.well-known/openid-configuration': JSON.stringify({
        ...{ issuer: url, jwks_uri: keysUrl },
        ...{ authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` },
      }),
      '/keys': jwks,
    };
    const document = documents[path ?? ''];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(document ?? '{}');
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const url = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  const keysUrl = `${url}/keys`;
  return {
    ...{ url, keysUrl, jwks, ca: ca.cert },
    publicKey: await exportSPKI(pairs.RS256.publicKey),
    async sign(claims, { alg = 'RS256', kid = `key-${alg}`, key } = {}) {
      const iat = Math.floor(Date.now() / 1000);
      const payload = { iss: url, aud: audience, iat, exp: iat + 300, ...claims };
      if (alg === 'none') return new UnsecuredJWT(payload).encode();
      const ownKey = alg === 'ES256' ? pairs.ES256.privateKey : pairs.RS256.privateKey;
      const signed = new SignJWT(payload).setProtectedHeader({ alg, kid });
      return signed.sign(key ?? (alg === 'HS256' ? Buffer.from(jwks) : ownKey));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
