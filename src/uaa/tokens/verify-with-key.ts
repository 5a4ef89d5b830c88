import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readText, userFileOptions } from '../../disk/bounded-read.js';
import { describeDiskError, isNotFilePath } from '../../disk/disk-error.js';
import { errorMessage, TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import { readHeader, verifySignature } from './token-signature.js';

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
  const header = readHeader(token);
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
