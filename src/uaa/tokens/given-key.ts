import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readText, userFileOptions } from '../../disk/bounded-read.js';
import { describeDiskError, isNotFilePath } from '../../disk/disk-error.js';
import { errorMessage, TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import { readHeader, verifySignature } from './token-signature.js';

/**
 * Verifies a token with a key that the user provides.
 * @param key - PEM of a public key or certificate, a file with one, or a shared secret.
 * @returns what the key was.
 * @throws {TpksError} `failed` if it did not sign the token; `usage` for a broken key.
 */
export async function verifyByGivenKey(
  token: string,
  key: string,
): Promise<'public key' | 'shared secret'> {
  const header = readHeader(token);
  if (header === undefined) throw new TpksError('failed', 'The token is not a signed JWT');
  const { text, name } = contents(key);
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
 * Reads the key from a file; an argument that is not the path of a file is the key itself.
 * @returns `name` for errors: the path, but never the key.
 */
function contents(key: string): { readonly text: string; readonly name: string } {
  try {
    return { text: readText(key, userFileOptions).trim(), name: `key in ${key}` };
  } catch (error) {
    // A PEM text that came through a shell variable may have its line ends written out.
    if (isNotFilePath(error)) return { text: key.replaceAll('\\n', '\n'), name: 'key' };
    throw new TpksError('usage', `Cannot read the key ${key}: ${describeDiskError(error)}`, {
      hint: 'check the path after --key',
      cause: error,
    });
  }
}

function toPublicKey(pem: string, name: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new TpksError('usage', `The ${name} is not a public key in PEM: ${errorMessage(error)}`, {
      hint: 'tpks uaa signing key shows the UAA’s',
      cause: error,
    });
  }
}
