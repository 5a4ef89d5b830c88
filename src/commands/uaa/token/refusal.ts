import { isTpksError, reworded, type TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import { shellWord } from '../../../shell-word.js';
import { lockedHint } from '../../session/locked-account.js';

/** Who asked for a token, and for what. */
export interface Asked {
  readonly uaa: string;
  readonly grant: string;
  /** As it was typed; absent where a person proves in another way who they are. */
  readonly identity?: string | undefined;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** As OAuth spells it; `undefined`: all that are allowed. */
  readonly scope: string | undefined;
  /** What to look at besides the client, e.g. `the code`. */
  readonly check?: string | undefined;
}

/** A UAA's refusal to give a token, with what to do about it. */
export function refusal(error: unknown, asked: Asked): unknown {
  if (!isTpksError(error) || error.hint !== undefined) return error;
  const hint = wayOut(error, asked);
  if (hint === undefined) return error;
  return reworded(error, { hint });
}

/** @see uaa-api, sections 3.4 to 3.6 and 13.5 */
function wayOut(error: TpksError, asked: Asked): string | undefined {
  const client = `tpks uaa client get ${shellWord(asked.clientId)}`;
  const locked = lockedHint(error.message, asked.identity);
  if (locked !== undefined) return locked;
  if (/^Unauthorized grant type/.test(error.message)) {
    return `the client ${asked.clientId} may not be used in this way; its grant types: ${client}`;
  }
  if (error.oauthError === 'invalid_scope') return scopes(asked, client);
  return error.kind === 'unauthenticated' ? credentials(asked) : undefined;
}

function scopes({ scope, identity, grant, clientId }: Asked, client: string): string {
  if (grant === 'client_credentials') {
    return `leave --scope out for all that ${clientId} may have: ${client}`;
  }
  if (scope === undefined) {
    return `the client ${clientId} asks for nothing that you have, or is not for people: ${client}`;
  }
  const grantees = scope
    .split(' ')
    .map((each) => `tpks uaa member add ${each} ${identity ?? 'NAME'}`);
  return [
    `leave --scope out, or let an administrator grant it: ${grantees.join(', ')}`,
    `(the client ${clientId} must allow it too: ${client})`,
  ].join('\n');
}

function credentials(asked: Asked): string {
  const { uaa, check } = asked;
  const things = [check, client(asked)].filter((each) => each !== undefined).join(', ');
  return `check ${things}, and that the target is right: ${uaa}`;
}

/** What there is to check of the client; the implicit grant shows the UAA no secret. */
function client({ grant, clientId, clientSecret }: Asked): string {
  if (clientSecret !== undefined) return `the client ${clientId} and its secret`;
  if (grant === 'implicit') return `the client ${clientId}`;
  return `that the client ${clientId} has no secret (for an empty one: -s '')`;
}
