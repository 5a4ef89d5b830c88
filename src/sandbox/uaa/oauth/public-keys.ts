import { createPublicKey } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import { createHttpClient } from '../../http-client.js';
import { isObject, parseJson, type JsonObject } from '../../json.js';
import { parseJwtPart } from './token-check.js';

/** The key type for each supported signature algorithm. */
const keyTypes: Readonly<Record<string, { readonly kty: string; readonly crv?: string }>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
};

/**
 * Verifies the signature of a JWT with the keys that match its header. A key without an ID, such as a
 * PEM key, matches any `kid`. The claims are not checked.
 * @returns `noKey` if no key matches.
 */
export async function verifySignature(
  jwt: string,
  keys: readonly JsonObject[],
): Promise<'valid' | 'invalid' | 'noKey'> {
  const { alg, kid } = parseJwtPart(jwt.split('.')[0]) ?? {};
  const type = typeof alg === 'string' ? keyTypes[alg] : undefined;
  if (typeof alg !== 'string' || !type) return 'noKey';
  const usable = keys.filter(
    (key) =>
      key['kty'] === type.kty &&
      (type.crv === undefined || key['crv'] === type.crv) &&
      (kid === undefined || key['kid'] === undefined || key['kid'] === kid) &&
      (key['alg'] === undefined || key['alg'] === alg),
  );
  if (usable.length === 0) return 'noKey';
  const results = await Promise.all(
    usable.map(async (key) => {
      try {
        await compactVerify(jwt, await importJWK(key, alg));
        return true;
      } catch {
        return false;
      }
    }),
  );
  return results.includes(true) ? 'valid' : 'invalid';
}

/** Allowed difference between the clocks of two servers in seconds, as in UAA 77. */
const clockTolerance = 60;

/** Whether the time is between `nbf` and `exp`, with a tolerance. Missing claims set no limit. */
export function isWithinLifetime({ exp, nbf }: JsonObject, now: number): boolean {
  const seconds = now / 1000;
  return (
    (typeof exp !== 'number' || seconds < exp + clockTolerance) &&
    (typeof nbf !== 'number' || seconds > nbf - clockTolerance)
  );
}

/** Converts a PEM key to a JSON Web Key. @returns no key if the text is not a public key. */
export function parsePem(text: string): readonly JsonObject[] {
  try {
    return [{ ...createPublicKey(text).export({ format: 'jwk' }) }];
  } catch {
    return [];
  }
}

/** Parses a JSON Web Key, or a set of them. @returns undefined if the text is neither. */
export function parseJwks(text: string): readonly JsonObject[] | undefined {
  const value = parseJson(text);
  const keys = isObject(value) && 'keys' in value ? value['keys'] : [value];
  return Array.isArray(keys) && keys.every(isObject) ? keys : undefined;
}

interface FetchOptions {
  /** PEM of the CA to trust (default: Node's CAs). */
  readonly ca: string | undefined;
  readonly skipsVerification: boolean;
}

/** Requests a set of JSON Web Keys. @throws {Error} if the response does not contain one. */
export async function fetchJwks(
  url: string,
  options: FetchOptions,
): Promise<readonly JsonObject[]> {
  const { origin, pathname, search } = new URL(url);
  const http = createHttpClient(origin, options.ca, options.skipsVerification);
  try {
    const headers = { accept: 'application/json' };
    const { status, body } = await http.send({ method: 'GET', path: pathname + search, headers });
    const keys = status === 200 ? parseJwks(body) : undefined;
    if (!keys) throw new Error(`${url} did not return keys`);
    return keys;
  } finally {
    await http.close();
  }
}
