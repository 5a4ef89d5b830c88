import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { errorMessage, isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import { readText, userFileOptions } from '../../platform/disk/bounded-read.js';
import { describeDiskError, isNotFilePath } from '../../platform/disk/disk-error.js';
import type { Send } from '../../platform/http/send.js';
import { createUaaApi } from './uaa-api.js';

const keysType = {
  noun: 'list of keys',
  schema: v.looseObject({
    keys: v.array(
      v.looseObject({
        kty: v.string(),
        kid: v.optional(v.string()),
        /** PEM of the public key, which the UAA sends in addition to the fields of the JWK. */
        value: v.optional(v.string()),
      }),
    ),
  }),
};
type Key = v.InferInput<typeof keysType.schema>['keys'][number];

/** A UAA client that authenticates with HTTP Basic, for routes that do not accept form fields. */
export interface BasicClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

const signingKeyType = {
  noun: 'key',
  schema: v.looseObject({
    kty: v.string(),
    alg: v.string(),
    value: v.string(),
    kid: v.optional(v.string()),
  }),
};

const claimsType = {
  noun: 'token description',
  schema: v.looseObject({ client_id: v.string(), exp: v.number() }),
};

export type TokenVerifier = ReturnType<typeof createTokenVerifier>;

/** Verifies tokens with the keys of a UAA, or lets the UAA verify them. */
export function createTokenVerifier(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  return {
    /**
     * Verifies the signature of a token with the public keys of the UAA. @see docs/contributing/servers/uaa.md#token-keys
     * @returns the id of the key that signed the token; `unnamed` if the key has no id.
     * @throws {TpksError} `failed` if no key matches the signature, or if the token is not a JWT.
     */
    verify: async (token: string) => {
      const header = await readHeader(token);
      const { keyId } = header;
      // Ignores shared keys, because the UAA returns them only to authenticated clients.
      const { keys: allKeys } = await api.get(keysType, ['token_keys']);
      const keys = allKeys.filter(({ kty }) => kty !== 'MAC');
      const keyWithId = keys.find(({ kid }) => kid === keyId);
      const key = keyWithId ?? (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined) {
        throw invalidSignatureError(
          keyId === undefined ? 'the token does not name its key' : `the UAA has no key ${keyId}`,
        );
      }
      await verifySignature(token, header, toPublicKey(key));
      return key.kid ?? 'unnamed';
    },
    /**
     * Reads the key that the UAA signs new tokens with.
     * @param reader - a client with the authority `uaa.resource`; required to read a shared key.
     * @throws {TpksError} `unauthenticated` for a missing or wrong client; `forbidden` if it must not read
     *   the key.
     */
    getSigningKey: async (reader?: BasicClient) => {
      const get = (headers: Readonly<Record<string, string>>) =>
        api.get(signingKeyType, ['token_key'], { headers });
      try {
        return await (reader === undefined ? get({}) : sendAsClient(reader, get));
      } catch (error) {
        if (reader !== undefined) throw explainClientError(error, reader);
        if (!isTpksError(error) || (error.status !== 401 && error.status !== 403)) throw error;
        throw rewordError(error, { hint: sharedKeyHint });
      }
    },
    /**
     * Lets the UAA validate and decode a token.
     * @param client - a client with the authority `uaa.resource`.
     * @throws {TpksError} `failed` for an invalid token; `unauthenticated` or `forbidden` if the UAA
     *   rejects the client.
     */
    check: async (token: Secret, client: BasicClient) => {
      try {
        return await sendAsClient(client, (headers) =>
          api.write(claimsType, 'POST', ['check_token'], {
            headers,
            form: { token: token.reveal() },
          }),
        );
      } catch (error) {
        if (!isTpksError(error) || error.status !== 400) throw explainClientError(error, client);
        const message = `The token is invalid: ${error.message}`;
        throw rewordError(error, { kind: 'failed', message });
      }
    },
  };
}

/** Prefers the PEM, because UAA before 75.5 adds a leading zero byte to `n` in the JWK. */
function toPublicKey(key: Key): KeyObject {
  try {
    return key.value === undefined
      ? createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
      : createPublicKey(key.value);
  } catch (error) {
    const field = key.value === undefined ? 'n or e' : 'value';
    const name = key.kid ?? 'without an id';
    throw new TpksError(
      'unavailable',
      `The UAA returned an invalid public key: ${field} of the key ${name} cannot be read`,
      { hint: 'add --no-verify to decode the token without verifying it', cause: error },
    );
  }
}

const sharedKeyHint =
  'this UAA signs with a shared key; use -c CLIENT with a client that has the authority uaa.resource';

/**
 * Sends a request with the credentials of a client: URL-encoded, as UAA 74.5 and later expects. If that is
 * rejected, tries again with unencoded credentials, as older versions expect.
 * @param request - sends the request with the given headers; throws on 401.
 * @see docs/contributing/servers/uaa.md#client-authentication
 */
async function sendAsClient<T>(
  client: BasicClient,
  request: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const credentials = [client.clientId, client.clientSecret.reveal()];
  const encoded = credentials.map(encodeURIComponent);
  try {
    const authorization = formatBasicHeader(encoded);
    return await request({ authorization, 'x-cf-encoded-credentials': 'true' });
  } catch (error) {
    const isUnchanged = credentials.every((text, index) => text === encoded[index]);
    if (isUnchanged || !isTpksError(error) || error.status !== 401) throw error;
    return request({ authorization: formatBasicHeader(credentials) });
  }
}

function formatBasicHeader(pair: readonly string[]): string {
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
}

/** Status 401 and 403 mean that the client was rejected, not the token. */
function explainClientError(error: unknown, { clientId }: BasicClient): unknown {
  if (!isTpksError(error)) return error;
  if (error.status === 401) {
    const hint = `check the client ${clientId} and its secret`;
    return rewordError(error, { kind: 'unauthenticated', hint });
  }
  if (error.status === 403) {
    const hint = `the client ${clientId} needs the authority uaa.resource`;
    return rewordError(error, { kind: 'forbidden', hint });
  }
  return error;
}

/** The header of a signed JWT. @see RFC 7515, section 4.1 */
interface TokenHeader {
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

/** @throws {TpksError} `failed` for an opaque token or one without a signature. */
async function readHeader(token: string): Promise<TokenHeader> {
  const { decodeProtectedHeader } = await import('jose');
  const [, , signature = '', ...more] = token.split('.');
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (typeof alg === 'string' && signature !== '' && more.length === 0)
      return { algorithm: alg, keyId: kid };
  } catch {
    // Reported below.
  }
  throw new TpksError('failed', 'The token is not a signed JWT', {
    hint: 'to let the UAA check it: tpks uaa token decode -c CLIENT',
  });
}

/**
 * Verifies the signature of a JWT. The type of the key determines the allowed algorithms: otherwise, a
 * token could be forged with the text of the public key as an HMAC secret.
 * @throws {TpksError} `failed` if the key did not sign the token.
 */
async function verifySignature(
  token: string,
  { algorithm }: TokenHeader,
  key: KeyObject,
): Promise<void> {
  const algorithms = listAlgorithms(key);
  if (!algorithms.includes(algorithm)) {
    throw invalidSignatureError(`its algorithm ${algorithm} does not match the key`);
  }
  const { compactVerify, errors } = await import('jose');
  try {
    await compactVerify(token, key, { algorithms });
  } catch (error) {
    const isMismatch = error instanceof errors.JWSSignatureVerificationFailed;
    const reason = isMismatch ? 'it does not match the key' : errorMessage(error);
    throw invalidSignatureError(reason, error);
  }
}

function invalidSignatureError(reason: string, cause?: unknown): TpksError {
  return new TpksError('failed', `The token's signature is invalid: ${reason}`, {
    hint: 'do not trust its claims; use --no-verify to show them without verification',
    cause,
  });
}

function listAlgorithms({ type, asymmetricKeyType }: KeyObject): string[] {
  const family = type === 'secret' ? 'HS' : asymmetricKeyType === 'ec' ? 'ES' : 'RS';
  return [256, 384, 512].map((bits) => `${family}${String(bits)}`);
}

/**
 * Verifies a token with a key that the user provides.
 * @param key - PEM of a public key or certificate, the path of a PEM file, or a shared secret; `-` for stdin.
 * @returns the type of the key.
 * @throws {TpksError} `failed` if the key did not sign the token; `usage` for an invalid key.
 */
export async function verifyWithKey(
  token: string,
  key: string,
  readStdin: () => Promise<string>,
): Promise<'public key' | 'shared secret'> {
  const header = await readHeader(token);
  const { text, name } =
    key === '-' ? { text: (await readStdin()).trim(), name: 'key on stdin' } : readKey(key);
  if (text.includes('-----BEGIN')) {
    await verifySignature(token, header, parsePublicKey(text, name));
    return 'public key';
  }
  // As a Secret, so that it is redacted in traces and errors.
  const secret = new Secret(text).reveal();
  await verifySignature(token, header, createSecretKey(Buffer.from(secret)));
  return 'shared secret';
}

/**
 * Reads the key from a file. An argument that is not the path of a file is the key itself.
 * @returns the key, and a `name` for errors that contains the path but never the key.
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

function parsePublicKey(pem: string, name: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new TpksError('usage', `The ${name} is not a PEM public key: ${errorMessage(error)}`, {
      hint: 'show the key of the UAA: tpks uaa signing key',
      cause: error,
    });
  }
}
