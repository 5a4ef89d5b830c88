import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JWK, type JWTPayload } from 'jose';
import { isObject, parseJson } from '../../body.js';
import type { HttpClient } from '../../http-client.js';
import { toList } from '../../storage/storage.js';
import { describeToken, type Identity } from './identity.js';

/** The audience of tokens for clusters: the UAA client that the CLI uses for kubectl. */
const audience = 'pks_cluster_client';
const prefix = 'oidc:';

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Returns the identity of a token, or undefined if the token is invalid. */
export type TokenAuthenticator = (token: string) => Promise<Identity | undefined>;

/**
 * Authenticates users with tokens of the UAA, like an API server with the OIDC flags of a PKS cluster.
 * Like a real API server, it also accepts access tokens of the client.
 *
 * @param uaa - its base URL determines the issuer.
 * @param now - epoch milliseconds.
 * @see kubernetes, section 2
 */
export function createOidcAuthenticator(uaa: HttpClient, now: () => number): TokenAuthenticator {
  const issuer = `${uaa.baseUrl}/oauth/token`;
  let keys: KeySet | undefined;
  let pending: Promise<KeySet> | undefined;

  /** Parallel calls share one request. */
  function fetchKeysOnce(): Promise<KeySet> {
    pending ??= fetchKeys(uaa)
      .then((fetched) => (keys = fetched))
      .finally(() => (pending = undefined));
    return pending;
  }

  const verify = async (token: string, keySet: KeySet): Promise<JWTPayload> => {
    const currentDate = new Date(now());
    const options = { issuer, audience, currentDate, algorithms: ['RS256'] };
    return (await jwtVerify(token, keySet, options)).payload;
  };

  async function verifyWithCurrentKeys(token: string): Promise<JWTPayload> {
    if (!keys) return verify(token, await fetchKeysOnce());
    try {
      return await verify(token, keys);
    } catch (error) {
      if (!isKeyError(error)) throw error;
      // The UAA may have a new key.
      return verify(token, await fetchKeysOnce());
    }
  }

  return async (token) => {
    if (readIssuer(token) !== issuer) return undefined;
    try {
      return toIdentity(await verifyWithCurrentKeys(token));
    } catch {
      return undefined;
    }
  };
}

/** Reads the issuer without verifying the token, so that keys are fetched only for its tokens. */
function readIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function fetchKeys(uaa: HttpClient): Promise<KeySet> {
  const headers = { accept: 'application/json' };
  const { status, body } = await uaa.send({ method: 'GET', path: '/token_keys', headers });
  const value = parseJson(body);
  if (status !== 200 || !isObject(value)) throw new Error('The UAA did not return its keys');
  return createLocalJWKSet({ keys: toList(value['keys']) as JWK[] });
}

function isKeyError(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWSSignatureVerificationFailed
  );
}

/** @returns undefined if a claim is missing or has the wrong type. */
function toIdentity({ jti, ...claims }: JWTPayload): Identity | undefined {
  const { user_name: username, roles = [] } = claims;
  if (typeof username !== 'string') return undefined;
  const names: readonly unknown[] = Array.isArray(roles) ? roles : [roles];
  if (!names.every((name) => typeof name === 'string')) return undefined;
  const groups = names.map((name) => `${prefix}${name}`);
  return { username: `${prefix}${username}`, groups, ...describeToken(jti) };
}
