import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../../base/errors.js';
import type { Secret } from '../../../base/secret/secret.js';
import type { Send } from '../../../platform/http/send.js';
import { readJson } from '../../client/decode.js';
import { createUaaApi } from '../api.js';
import { invalidSignatureError, readHeader, verifySignature } from './token-signature.js';

const keysSchema = v.looseObject({
  keys: v.array(
    v.looseObject({
      kty: v.string(),
      kid: v.optional(v.string()),
      /** PEM of the public key, which the UAA sends in addition to the fields of the JWK. */
      value: v.optional(v.string()),
    }),
  ),
});
type Key = v.InferOutput<typeof keysSchema>['keys'][number];

export type TokenKeys = ReturnType<typeof createTokenKeys>;

/** Verifies tokens with the public keys of a UAA. @see uaa-api, section 2.3 */
export function createTokenKeys(send: Send, uaa: string) {
  return {
    /**
     * @returns the id of the key that signed the token; `unnamed` if the key has no id.
     * @throws {TpksError} `failed` if no key matches the signature, or if the token is not a JWT.
     */
    verify: async (token: string) => {
      const header = await readHeader(token);
      if (header === undefined) {
        throw new TpksError('failed', 'The token is opaque: only the UAA can decode it', {
          hint: 'use a client that has the authority uaa.resource: tpks uaa token decode -c CLIENT',
        });
      }
      const { keyId } = header;
      // Ignores shared keys, because the UAA returns them only to authenticated clients.
      const keys = (await fetchKeys(send, uaa)).filter(({ kty }) => kty !== 'MAC');
      const keyWithId = keys.find(({ kid }) => kid === keyId);
      const key = keyWithId ?? (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined) {
        throw invalidSignatureError(`the UAA has no key ${keyId ?? 'without an id'}`);
      }
      await verifySignature(token, header, toPublicKey(key));
      return key.kid ?? 'unnamed';
    },
  };
}

async function fetchKeys(send: Send, uaa: string): Promise<Key[]> {
  const headers = { accept: 'application/json' };
  const result = v.safeParse(
    keysSchema,
    await readJson(await send({ method: 'GET', url: `${uaa}/token_keys`, headers })),
  );
  if (result.success) return result.output.keys;
  throw new TpksError('unavailable', `${uaa}/token_keys did not return keys`, {
    hint: invalidKeysHint,
  });
}

const invalidKeysHint =
  'check the address of the UAA, or add --no-verify to decode the token without verifying it';

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
      { hint: invalidKeysHint, cause: error },
    );
  }
}

const signingKeyType = {
  noun: 'key',
  schema: v.looseObject({ kty: v.string(), alg: v.string(), value: v.string() }),
};

export function createSigningKeys(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const get = (headers: Readonly<Record<string, string>>) =>
    api.get(signingKeyType, ['token_key'], { headers });
  return {
    /**
     * Reads the key that the UAA signs new tokens with.
     * @param reader - a client with the authority `uaa.resource`; required to read a shared key.
     * @throws {TpksError} `unauthenticated` if a client is required and none is given, or its secret is
     *   wrong; `forbidden` for a client that is not allowed to read a shared key.
     */
    getCurrent: async (reader?: BasicClient) => {
      try {
        return await (reader === undefined ? get({}) : sendAsClient(reader, get));
      } catch (error) {
        if (reader !== undefined) throw explainClientError(error, reader);
        if (!isTpksError(error) || (error.status !== 401 && error.status !== 403)) throw error;
        throw rewordError(error, { hint: sharedKeyHint });
      }
    },
  };
}

const sharedKeyHint =
  'this UAA signs with a shared key; use -c CLIENT with a client that has the authority uaa.resource';

/** A UAA client that authenticates with HTTP Basic, for routes that do not accept form fields. */
export interface BasicClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/**
 * Sends a request with the credentials of a client. UAA 74.5 and later decodes the id and the secret,
 * earlier versions do not. If encoding changes them, both forms are tried.
 * @param request - sends the request with the given headers; throws on 401.
 * @see uaa-api, section 1.1; real-uaa, section 2
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

const claimsType = {
  noun: 'token description',
  schema: v.looseObject({ client_id: v.string(), exp: v.number() }),
};

export type TokenCheck = ReturnType<typeof createTokenCheck>;

export function createTokenCheck(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  return {
    /**
     * Lets the UAA validate and decode a token.
     * @param client - a client with the authority `uaa.resource`.
     * @throws {TpksError} `failed` for an invalid token, whatever the reason; `unauthenticated` or
     *   `forbidden` if the UAA rejects the client.
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

/** Status 401 and 403 concern the client, not a token. */
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
