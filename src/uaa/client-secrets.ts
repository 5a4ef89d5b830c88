import { isTpksError, reworded } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { toActionResult, type ActionResult } from './action-result.js';
import { clientUrl } from './client-id.js';
import { named } from './clients.js';
import { shellWord } from '../shell-word.js';
import { withNeededScope } from './needed-scope.js';
import { sendJson } from './scim.js';

/**
 * Secrets of UAA's clients, of which each may have two at a time: so a new one can be spread before
 * the old one ends. Needs the scope `clients.admin`, or `clients.secret` for the client of the token
 * itself together with its secret as it is. `old` is that secret.
 * @see uaa-api, section 9.5
 */
export interface ClientSecrets {
  /** The one secret from now on; all tokens got with others end. */
  readonly set: (id: string, secret: Secret, old?: Secret) => Promise<ActionResult>;
  /** A second one. @throws {TpksError} `failed` when there are two. */
  readonly add: (id: string, secret: Secret, old?: Secret) => Promise<ActionResult>;
  /**
   * Ends the older of two, and the tokens that are older than the second one.
   * @throws {TpksError} `failed` when there is only one.
   */
  readonly removeOlder: (id: string, old?: Secret) => Promise<ActionResult>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createClientSecrets(send: Send, uaa: string): ClientSecrets {
  const changing = withNeededScope(send, 'clients.secret');
  const change = async (
    id: string,
    { secret, old, changeMode }: { secret?: Secret; old?: Secret | undefined; changeMode?: string },
  ): Promise<ActionResult> => {
    const body = { secret: secret?.open(), oldSecret: old?.open(), changeMode };
    try {
      return toActionResult(await sendJson(changing, 'PUT', `${clientUrl(uaa, id)}/secret`, body));
    } catch (error) {
      throw advised(named(error, id), id);
    }
  };
  return {
    set: (id, secret, old) => change(id, { secret, old }),
    add: (id, secret, old) => change(id, { secret, old, changeMode: 'ADD' }),
    removeOlder: (id, old) => change(id, { old, changeMode: 'DELETE' }),
  };
}

/** What to type next, by words of UAA's complaint. */
const advice: readonly (readonly [words: string, hint: (client: string) => string])[] = [
  ['already has two secrets', (client) => `end the older one: tpks uaa secret delete ${client}`],
  ['has only one secret', (client) => `add the new one first: tpks uaa secret add ${client}`],
  ['Only a client can', () => 'use a client’s token: tpks uaa token client get admin'],
  ['Previous secret is required', () => 'give the secret as it is now with --old-secret-file'],
  ['another client', () => 'for that the token needs the scope clients.admin or uaa.admin'],
];

function advised(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.kind !== 'failed') return error;
  const found = advice.find(([words]) => error.message.includes(words));
  if (found === undefined) return error;
  return reworded(error, { hint: found[1](shellWord(id)) });
}
