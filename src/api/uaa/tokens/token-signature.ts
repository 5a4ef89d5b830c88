import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { errorMessage, TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret/secret.js';
import { readText, userFileOptions } from '../../../platform/disk/bounded-read.js';
import { describeDiskError, isNotFilePath } from '../../../platform/disk/disk-error.js';

/** The header of a signed JWT. @see RFC 7515, section 4.1 */
export interface TokenHeader {
  readonly algorithm: string;
  /** Id of the key that signed the token. */
  readonly keyId: string | undefined;
}

/** Reads the header of a token. @returns `undefined` for an opaque token. */
export async function readHeader(token: string): Promise<TokenHeader | undefined> {
  const [, , signature = '', ...more] = token.split('.');
  if (signature === '' || more.length > 0) return undefined;
  const { decodeProtectedHeader } = await import('jose');
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return typeof alg === 'string' ? { algorithm: alg, keyId: kid } : undefined;
  } catch {
    return undefined;
  }
}

/** Minimum size of an RSA key for JWS. @see RFC 7518, section 3.3 */
const minimumRsaKeyBits = 2048;

/**
 * Verifies the signature of a JWT. The type of the key determines the allowed algorithms. Otherwise,
 * an attacker could forge a token by using the text of the public key as an HMAC secret.
 * @param key - a public key, or a shared secret of the type `secret`.
 * @throws {TpksError} `failed` if the key did not sign the token.
 */
export async function verifySignature(
  token: string,
  { algorithm }: TokenHeader,
  key: KeyObject,
): Promise<void> {
  const allowed = listAlgorithms(key);
  if (!allowed.includes(algorithm))
    throw invalidSignatureError(describeAlgorithmProblem(algorithm, key));
  const bits = key.asymmetricKeyDetails?.modulusLength ?? minimumRsaKeyBits;
  if (bits < minimumRsaKeyBits) {
    throw invalidSignatureError(
      `the key has ${bits} bits, but ${algorithm} requires ${minimumRsaKeyBits}`,
    );
  }
  const { compactVerify } = await import('jose');
  try {
    await compactVerify(token, key, { algorithms: [...allowed] });
  } catch (error) {
    throw invalidSignatureError('it does not match the key', error);
  }
}

export function invalidSignatureError(reason: string, cause?: unknown): TpksError {
  return new TpksError('failed', `The token's signature is invalid: ${reason}`, {
    hint: 'do not trust its claims; use --no-verify to show them without verification',
    cause,
  });
}

const hmac = ['HS256', 'HS384', 'HS512'];
const rsa = ['RS256', 'RS384', 'RS512'];
const ecdsa = ['ES256', 'ES384', 'ES512'];

function listAlgorithms({ type, asymmetricKeyType }: KeyObject): readonly string[] {
  if (type === 'secret') return hmac;
  return asymmetricKeyType === 'ec' ? ecdsa : rsa;
}

function describeAlgorithmProblem(algorithm: string, { type }: KeyObject): string {
  if (hmac.includes(algorithm))
    return `its algorithm is ${algorithm}, which requires a shared secret`;
  if (![...rsa, ...ecdsa].includes(algorithm)) return `its algorithm ${algorithm} is not supported`;
  const why = type === 'secret' ? 'requires a public key' : 'does not match the key';
  return `its algorithm is ${algorithm}, which ${why}`;
}

/**
 * Verifies a token with a key that the user provides.
 * @param key - PEM of a public key or certificate, the path of a PEM file, or a shared secret; `-` for
 *   one of them on stdin.
 * @returns the type of the key.
 * @throws {TpksError} `failed` if the key did not sign the token; `usage` for an invalid key.
 */
export async function verifyWithKey(
  token: string,
  key: string,
  readStdin: () => Promise<string>,
): Promise<'public key' | 'shared secret'> {
  const header = await readHeader(token);
  if (header === undefined)
    throw new TpksError('failed', 'The token is not a signed JWT', {
      hint: 'to let the UAA check it: tpks uaa token decode -c CLIENT',
    });
  const { text, name } =
    key === '-' ? { text: (await readStdin()).trim(), name: 'key on stdin' } : readKey(key);
  if (text.includes('-----BEGIN')) {
    await verifySignature(token, header, toPublicKey(text, name));
    return 'public key';
  }
  // As a Secret, so that it is redacted in traces and errors.
  const secret = new Secret(text).reveal();
  await verifySignature(token, header, createSecretKey(Buffer.from(secret)));
  return 'shared secret';
}

/**
 * Reads the key from a file. An argument that is not the path of a file is the key itself.
 * @returns the key, and a `name` for errors, which contains the path but never the key.
 */
function readKey(key: string): { readonly text: string; readonly name: string } {
  try {
    return { text: readText(key, userFileOptions).trim(), name: `key in ${key}` };
  } catch (error) {
    // In a PEM text from a shell variable, line breaks may be written as `\n`.
    if (isNotFilePath(error)) return { text: key.replaceAll('\\n', '\n'), name: 'key' };
    throw new TpksError('usage', `Cannot read the key ${key}: ${describeDiskError(error)}`, {
      hint: 'check the path in --key',
      cause: error,
    });
  }
}

function toPublicKey(pem: string, name: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new TpksError('usage', `The ${name} is not a PEM public key: ${errorMessage(error)}`, {
      hint: 'show the key of the UAA: tpks uaa signing key',
      cause: error,
    });
  }
}
