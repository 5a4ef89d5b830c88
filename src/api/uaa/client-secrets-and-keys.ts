import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { unexpectedResponseFrom } from '../../platform/http/response.js';
import type { Send } from '../../platform/http/send.js';
import { isPlausibleServerTime } from '../../platform/http/server-clock.js';
import { readJson } from '../client/api-client.js';
import { buildClientPath, reportMissingClient } from './clients.js';
import { createUaaApi } from './uaa-api.js';

const actionResultType = {
  noun: 'result',
  schema: v.looseObject({ message: v.string() }),
};

export type ActionResult = v.InferInput<typeof actionResultType.schema>;

/** Keys or an issuer that a client's JWTs must come from. */
export interface JwtTrust {
  /** URL of the client's public keys; `*` removes all keys. */
  readonly jwks_uri?: string | undefined;
  /** The client's public keys as JSON: one JWK or a JWK set. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  readonly kid?: string | undefined;
}

export type ClientCredentials = ReturnType<typeof createClientCredentials>;

/**
 * Manages how UAA clients authenticate: with secrets, or with JWTs that they sign. Requires the scope
 * `clients.admin`; with `clients.secret` and the current secret (`old`), a client can change its own.
 * @see docs/contributing/servers/uaa.md#client-secrets
 */
export function createClientCredentials(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const put = (id: string, route: 'secret' | 'clientjwt', body: object): Promise<ActionResult> =>
    reportMissingClient(
      id,
      api.write(actionResultType, 'PUT', [...buildClientPath(id), route], { body }),
    );
  const changeSecret = async (
    id: string,
    secret: Secret | undefined,
    old: Secret | undefined,
    changeMode?: 'ADD' | 'DELETE',
  ): Promise<ActionResult> => {
    const body = { secret: secret?.reveal(), oldSecret: old?.reveal(), changeMode };
    try {
      return await put(id, 'secret', body);
    } catch (error) {
      throw withSecretHint(error, id);
    }
  };
  return {
    /** Replaces all secrets, and revokes all tokens that were issued for them. */
    set: (id: string, secret: Secret, old?: Secret) => changeSecret(id, secret, old),
    /** Adds a second secret. @throws {TpksError} `failed` if the client already has two. */
    add: (id: string, secret: Secret, old?: Secret) => changeSecret(id, secret, old, 'ADD'),
    /**
     * Deletes the older of two secrets, and revokes the tokens that are older than the newer secret.
     * @throws {TpksError} `failed` if the client has only one.
     */
    removeOlder: (id: string, old?: Secret) => changeSecret(id, undefined, old, 'DELETE'),
    /**
     * Changes which JWTs the UAA accepts instead of a secret. Requires UAA 76.22; logins with a JWT require 76.23.
     * A token with only `clients.trust` is rejected with 400, because the request has no current secret.
     * @see docs/contributing/servers/ci.md#client-keys
     * @throws {TpksError} `notFound`; `failed` if the UAA rejects the change or is too old.
     */
    changeJwtTrust: async (
      id: string,
      changeMode: 'ADD' | 'UPDATE' | 'DELETE',
      { jwks_uri, jwks, issuer: iss, subject: sub, audience: aud, kid }: JwtTrust,
    ) => {
      const body = { client_id: id, kid, jwks_uri, jwks, iss, sub, aud, changeMode };
      try {
        return await put(id, 'clientjwt', body);
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? keysUnsupportedError(error) : error;
      }
    },
  };
}

/** Hints by a part of the UAA's message. */
const secretHints = (client: string): Readonly<Record<string, string>> => ({
  'already has two secrets': `delete the older one: tpks uaa secret delete ${client}`,
  'has only one secret': `add the new one first: tpks uaa secret add ${client}`,
  'Only a client can': 'use the token of a client: tpks uaa token client get admin',
  'Previous secret is required': 'pass the current secret with --old-secret-file',
  'another client': 'use a token with the scope clients.admin or uaa.admin',
});

function withSecretHint(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.kind !== 'failed') return error;
  const hints = Object.entries(secretHints(quoteForShell(id)));
  const [, hint] = hints.find(([message]) => error.message.includes(message)) ?? [];
  return hint === undefined ? error : rewordError(error, { hint });
}

function keysUnsupportedError(cause?: TpksError): TpksError {
  return new TpksError('failed', 'This UAA does not support JWT authentication of clients', {
    hint: 'this requires UAA 76.23 or later; show the version: tpks uaa info',
    status: cause?.status,
    cause,
  });
}

const discoverySchema = v.looseObject({
  token_endpoint: v.string(),
  token_endpoint_auth_methods_supported: v.optional(v.array(v.string()), []),
});

/**
 * Reads the audience that JWTs of clients must have. Its host may differ from the address of the UAA.
 * @returns also the time of the response in ms, because the server checks the JWT with its own clock.
 * @throws {TpksError} `failed` for a UAA before 76.23.
 */
export async function readAssertionAudience(
  send: Send,
  uaa: string,
): Promise<{ readonly audience: string; readonly serverTime: number | undefined }> {
  const url = `${uaa}/.well-known/openid-configuration`;
  const response = await send({ method: 'GET', url, headers: { accept: 'application/json' } });
  const discovery = v.safeParse(discoverySchema, await readJson(response));
  if (!discovery.success) throw unexpectedResponseFrom('The UAA', 'it names no token endpoint');
  const { token_endpoint: audience, token_endpoint_auth_methods_supported: methods } =
    discovery.output;
  if (!methods.includes('private_key_jwt')) throw keysUnsupportedError();
  const time = Date.parse(response.headers['date'] ?? '');
  return { audience, serverTime: isPlausibleServerTime(time) ? time : undefined };
}
