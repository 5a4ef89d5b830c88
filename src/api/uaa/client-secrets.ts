import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { createUaaApi } from './api.js';
import { buildClientPath, reportMissingClient } from './clients.js';

const actionResultType = {
  noun: 'result',
  schema: v.looseObject({ message: v.string() }),
};

/** The response to a change that does not return a resource. */
export type ActionResult = v.InferInput<typeof actionResultType.schema>;

export type ClientSecrets = ReturnType<typeof createClientSecrets>;

/**
 * Manages the secrets of UAA clients. A client can have two at a time, so that a new secret can be
 * distributed before the old one is deleted. Requires the scope `clients.admin`. With the scope
 * `clients.secret` and the current secret (`old`), a client can change its own secrets.
 * @see uaa-api, section 9.5
 */
export function createClientSecrets(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const change = async (
    id: string,
    { secret, old, changeMode }: { secret?: Secret; old?: Secret | undefined; changeMode?: string },
  ): Promise<ActionResult> => {
    const body = { secret: secret?.reveal(), oldSecret: old?.reveal(), changeMode };
    const path = [...buildClientPath(id), 'secret'];
    try {
      return await reportMissingClient(id, api.write(actionResultType, 'PUT', path, { body }));
    } catch (error) {
      throw withSecretHint(error, id);
    }
  };
  return {
    /** Replaces all secrets, and revokes all tokens that were issued for them. */
    set: (id: string, secret: Secret, old?: Secret) => change(id, { secret, old }),
    /** Adds a second secret. @throws {TpksError} `failed` if the client already has two. */
    add: (id: string, secret: Secret, old?: Secret) =>
      change(id, { secret, old, changeMode: 'ADD' }),
    /**
     * Deletes the older of two secrets, and revokes the tokens that are older than the newer secret.
     * @throws {TpksError} `failed` if the client has only one.
     */
    removeOlder: (id: string, old?: Secret) => change(id, { old, changeMode: 'DELETE' }),
  };
}

/** Hints by a part of the UAA's message. */
const hintsByMessage: readonly (readonly [text: string, formatHint: (client: string) => string])[] =
  [
    [
      'already has two secrets',
      (client) => `delete the older one: tpks uaa secret delete ${client}`,
    ],
    ['has only one secret', (client) => `add the new one first: tpks uaa secret add ${client}`],
    ['Only a client can', () => 'use the token of a client: tpks uaa token client get admin'],
    ['Previous secret is required', () => 'pass the current secret with --old-secret-file'],
    ['another client', () => 'use a token with the scope clients.admin or uaa.admin'],
  ];

function withSecretHint(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.kind !== 'failed') return error;
  const found = hintsByMessage.find(([text]) => error.message.includes(text));
  if (found === undefined) return error;
  return rewordError(error, { hint: found[1](quoteForShell(id)) });
}

/** Keys or an issuer that a client's JWTs must come from. */
export interface JwtTrust {
  /** URL of the client's public keys; `*` removes all keys. */
  readonly jwksUri?: string | undefined;
  /** The client's public keys as JSON: one JWK or a JWK set. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  /** Id of a key to remove. */
  readonly keyId?: string | undefined;
}

/**
 * Configures the JWTs with which UAA clients authenticate instead of a secret. Requires the scope
 * `clients.trust` or `clients.admin`, and UAA 76.22 or later.
 * @see uaa-api, section 12
 */
export function createClientJwts(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  return {
    /** @throws {TpksError} `notFound`; `failed` if the UAA rejects the change or is too old. */
    change: async (
      id: string,
      changeMode: 'ADD' | 'UPDATE' | 'DELETE',
      { jwksUri, jwks, issuer, subject, audience, keyId }: JwtTrust,
    ) => {
      const body = {
        client_id: id,
        kid: keyId,
        jwks_uri: jwksUri,
        jwks,
        iss: issuer,
        sub: subject,
        aud: audience,
        changeMode,
      };
      const path = [...buildClientPath(id), 'clientjwt'];
      try {
        return await reportMissingClient(id, api.write(actionResultType, 'PUT', path, { body }));
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? unsupportedError(error) : error;
      }
    },
  };
}

function unsupportedError(cause: TpksError): TpksError {
  return new TpksError('failed', 'This UAA does not support JWT authentication of clients', {
    hint: 'this requires UAA 76.22 or later; show the version: tpks uaa info',
    status: 405,
    cause,
  });
}
