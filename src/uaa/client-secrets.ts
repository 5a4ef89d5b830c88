import * as v from 'valibot';
import { isTpksError, rewordError } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { quoteForShell } from '../shell-quote.js';
import { createUaaApi } from './api.js';
import { clientPath } from './client-id.js';
import { explainNotFound } from './clients.js';

export const actionResultType = {
  noun: 'result',
  schema: v.looseObject({ message: v.string() }),
};

/** The response to a change that returns no resource. */
export type ActionResult = v.InferInput<typeof actionResultType.schema>;

/**
 * Secrets of UAA's clients. A client can have two at a time, so that a new one can be distributed
 * before the old one ends. Needs the scope `clients.admin`, or `clients.secret` together with `old`,
 * the current secret, for the client that the token belongs to.
 * @see uaa-api, section 9.5
 */
export interface ClientSecrets {
  /** Replaces all secrets; all tokens that were issued for them end. */
  readonly set: (id: string, secret: Secret, old?: Secret) => Promise<ActionResult>;
  /** Adds a second secret. @throws {TpksError} `failed` if there are two. */
  readonly add: (id: string, secret: Secret, old?: Secret) => Promise<ActionResult>;
  /**
   * Ends the older of two secrets, and the tokens that are older than the second one.
   * @throws {TpksError} `failed` if there is only one.
   */
  readonly removeOlder: (id: string, old?: Secret) => Promise<ActionResult>;
}

export function createClientSecrets(send: Send, uaa: string): ClientSecrets {
  const api = createUaaApi(send, uaa, 'clients.secret');
  const change = async (
    id: string,
    { secret, old, changeMode }: { secret?: Secret; old?: Secret | undefined; changeMode?: string },
  ): Promise<ActionResult> => {
    const body = { secret: secret?.reveal(), oldSecret: old?.reveal(), changeMode };
    const path = [...clientPath(id), 'secret'];
    try {
      return await explainNotFound(id, api.write(actionResultType, 'PUT', path, { body }));
    } catch (error) {
      throw advised(error, id);
    }
  };
  return {
    set: (id, secret, old) => change(id, { secret, old }),
    add: (id, secret, old) => change(id, { secret, old, changeMode: 'ADD' }),
    removeOlder: (id, old) => change(id, { old, changeMode: 'DELETE' }),
  };
}

/** Hints, by a part of the UAA's message. */
const advice: readonly (readonly [words: string, hint: (client: string) => string])[] = [
  ['already has two secrets', (client) => `end the older one: tpks uaa secret delete ${client}`],
  ['has only one secret', (client) => `add the new one first: tpks uaa secret add ${client}`],
  ['Only a client can', () => 'use a client’s token: tpks uaa token client get admin'],
  ['Previous secret is required', () => 'give the current secret with --old-secret-file'],
  ['another client', () => 'this needs a token with the scope clients.admin or uaa.admin'],
];

function advised(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.kind !== 'failed') return error;
  const found = advice.find(([words]) => error.message.includes(words));
  if (found === undefined) return error;
  return rewordError(error, { hint: found[1](quoteForShell(id)) });
}
