import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  webcrypto,
} from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import { diskError } from '../../platform/disk/disk-error.js';

/** The private key of a UAA client. @see docs/contributing/servers/ci.md#client-keys */
export interface ClientKey {
  readonly privateKey: webcrypto.CryptoKey;
  /** The `kid` of a JWK; `undefined` for a PEM file, whose key may be registered with any id. */
  readonly keyId: string | undefined;
  /** Absolute path; `undefined` for a key from a variable or from stdin. */
  readonly path: string | undefined;
  /** Facts about the UAA from an earlier token; `undefined` to request them. */
  readonly knownUaa?: KnownUaa | undefined;
}

export interface KnownUaa {
  /** The token endpoint, which assertions name as their audience. */
  readonly audience: string;
  readonly clockOffsetSeconds: number;
}

const algorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

type Algorithm = keyof typeof algorithms;

const minimumRsaBits = 2048;

/**
 * Parses a private key: PEM, or a JWK.
 * @param source - the file or variable that contains it, for errors.
 * @throws {TpksError} `usage` for encrypted keys, public keys and anything else.
 */
export async function parseClientKey(
  text: Secret,
  source: string,
  path?: string,
): Promise<ClientKey> {
  const jwk = readPrivateJwk(text.reveal(), source);
  const algorithm = findAlgorithm(jwk);
  if (algorithm === undefined) throw unsupportedKeyError(source);
  const { kty, crv, x, y, n, e, d, p, q, dp, dq, qi } = jwk;
  const members = kty === 'EC' ? { kty, crv, x, y, d } : { kty, n, e, d, p, q, dp, dq, qi };
  const parameters = algorithms[algorithm];
  const privateKey = await webcrypto.subtle
    .importKey('jwk', members as webcrypto.JsonWebKey, parameters, false, ['sign'])
    .catch((error: unknown) => {
      throw invalidKeyError(`${source} contains no valid private key`, error);
    });
  if (Buffer.from(n ?? '', 'base64url').length * 8 < minimumRsaBits && kty === 'RSA') {
    throw unsupportedKeyError(source);
  }
  return { privateKey, keyId: readKeyId(jwk), path: path && resolve(path) };
}

function readPrivateJwk(text: string, source: string): JsonWebKey {
  const json = tryParseJson(text);
  if (isObject(json) && typeof json['kty'] === 'string') {
    if (json['d'] === undefined) throw publicKeyError(source);
    return json;
  }
  if (/-----BEGIN (?:\w+ )?PUBLIC KEY-----|-----BEGIN CERTIFICATE-----/.test(text)) {
    throw publicKeyError(source);
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw new TpksError('usage', `The key in ${source} is encrypted`, {
      hint: 'tpks does not prompt for passphrases; decrypt the key: openssl pkey -in FILE -out NEW-FILE',
    });
  }
  try {
    return createPrivateKey(text).export({ format: 'jwk' });
  } catch (error) {
    const isPath = source === 'TPKS_CLIENT_KEY' && !text.includes('-----BEGIN');
    const hint = isPath ? 'for a path, use TPKS_CLIENT_KEY_FILE\n' : '';
    throw invalidKeyError(`${source} contains no private key`, error, hint);
  }
}

function findAlgorithm({ kty, crv, alg }: JsonWebKey): Algorithm | undefined {
  const found = kty === 'RSA' ? 'RS256' : ecAlgorithms.get(kty === 'EC' ? crv : undefined);
  return alg === undefined || alg === found ? found : undefined;
}

const ecAlgorithms = new Map<string | undefined, Algorithm>([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
]);

function readKeyId({ kid }: JsonWebKey): string | undefined {
  return typeof kid === 'string' && kid !== '' ? kid : undefined;
}

function publicKeyError(source: string): TpksError {
  return invalidKeyError(`${source} contains a public key, but the private key is needed`);
}

function unsupportedKeyError(source: string): TpksError {
  return invalidKeyError(`The UAA does not support the key in ${source}`);
}

function invalidKeyError(message: string, cause?: unknown, hint = ''): TpksError {
  return new TpksError('usage', message, {
    hint: `${hint}use a PEM file or a JWK with an EC key (ES256 or ES384) or an RSA key (RS256, at least ${minimumRsaBits} bits)`,
    cause,
  });
}

/** A new key. Its private part is stored only in the file. */
export interface NewKeyFile {
  readonly path: string;
  readonly keyId: string;
  /** The public JWK set to register, as JSON. */
  readonly jwks: string;
  readonly remove: () => void;
}

export type KeyType = 'ec' | 'rsa';

/**
 * Generates a key and writes it to a new file that only this user can read.
 * @throws {TpksError} `usage` if the file exists; `storage` if it cannot be written.
 */
export function createKeyFile(path: string, type: KeyType): NewKeyFile {
  const alg = type === 'ec' ? 'ES256' : 'RS256';
  const privateJwk = generateJwk(type);
  const { kty, crv, x, y, n, e } = privateJwk;
  const publicMembers = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  const keyId = thumbprintOf(publicMembers);
  const text = `${JSON.stringify({ ...privateJwk, kid: keyId, alg })}\n`;
  const remove = () => {
    rmSync(path, { force: true });
  };
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(file, text);
    } catch (error) {
      remove();
      throw error;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const hint = 'choose another file';
    if (errorCode(error) !== 'EEXIST') throw diskError(error, 'write', path, { hint });
    throw new TpksError('usage', `${path} already exists: tpks never overwrites a key`, { hint });
  }
  return {
    path,
    keyId,
    jwks: JSON.stringify({ keys: [{ ...publicMembers, kid: keyId, alg }] }),
    remove,
  };
}

function generateJwk(type: KeyType): JsonWebKey {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 3072 });
  return privateKey.export({ format: 'jwk' });
}

/** @param publicMembers - in alphabetical order. @see RFC 7638, section 3 */
function thumbprintOf(publicMembers: object): string {
  return createHash('sha256').update(JSON.stringify(publicMembers)).digest('base64url');
}

/**
 * Returns the id of a key: the `kid` of a JWK. PEM files contain no id.
 * @throws {TpksError} `usage` for a file without an id.
 */
export function requireKeyId({ keyId, path = '' }: ClientKey): string {
  if (keyId !== undefined) return keyId;
  throw new TpksError('usage', `${path} does not contain the id of the key`, {
    hint: 'use a JWK file with a kid, such as one that --generate-key created',
  });
}
