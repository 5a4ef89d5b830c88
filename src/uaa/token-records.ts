import * as v from 'valibot';
import { TpksError } from '../errors.js';
import { checkConfirmation, readConfirmation } from '../http/confirmation.js';
import { readJson } from '../http/decode.js';
import { pathSegment } from '../http/path-segment.js';
import type { HttpResponse, Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { withHint } from './hint.js';
import { unfitForPath } from './path-segment.js';
import { checked } from './scim.js';

/** Epoch milliseconds within the range of dates. */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

const recordSchema = v.looseObject({
  /** Of an opaque token this is the token itself. */
  tokenId: v.string(),
  clientId: v.string(),
  userId: v.nullish(v.string()),
  format: v.string(),
  responseType: v.string(),
  issuedAt: time,
  expiresAt: time,
});

/** A token that the UAA has a record of, spelled as UAA spells it. @see uaa-api, section 7.4 */
export type TokenRecord = v.InferInput<typeof recordSchema>;

/** Of whom: of a user, by id, of a client, or of a user through one client. */
export interface TokenOwnerKey {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** The tokens that a UAA keeps: opaque ones, and JWTs that can be revoked. */
export interface TokenRecords {
  /** Needs the scope `tokens.list`. @throws {TpksError} `forbidden` */
  readonly list: (of: TokenOwnerKey) => Promise<readonly TokenRecord[]>;
  /**
   * Ends all tokens of a user or of a client, also JWTs of which there is no record; of a user
   * through one client those with a record alone. Needs the scope `tokens.revoke`.
   * @throws {TpksError} `forbidden`; `notFound`
   */
  readonly revokeAll: (of: TokenOwnerKey) => Promise<void>;
  /**
   * Ends one token; those of one’s own user or client need no scope.
   * @throws {TpksError} `forbidden`; `notFound` where there is no record of it.
   */
  readonly revoke: (tokenId: Secret) => Promise<void>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createTokenRecords(send: Send, uaa: string): TokenRecords {
  const call = (method: string, path: string) =>
    send({ method, url: `${uaa}/oauth/token/${path}`, headers: { accept: 'application/json' } });
  return {
    list: async (of) => {
      const body = await readJson(await call('GET', `list/${pathOf(of)}`));
      return checked(v.array(recordSchema), body, 'a list of tokens');
    },
    revokeAll: async (of) => {
      try {
        // UAA's own documents say GET; it takes any method.
        await revoked(call('GET', `revoke/${pathOf(of)}`));
      } catch (error) {
        throw withHint(error, 'notFound', 'tpks uaa users, tpks uaa clients');
      }
    },
    revoke: async (tokenId) => {
      try {
        const path = `revoke/${pathSegment(tokenId.open(), 'token id')}`;
        await revoked(call('DELETE', path));
      } catch (error) {
        throw withHint(error, 'notFound', noRecord);
      }
    },
  };
}

/** The UAA confirms a revocation with an empty body. */
async function revoked(response: Promise<HttpResponse>): Promise<void> {
  checkConfirmation('The UAA', v.strictObject({}), await readConfirmation(await response));
}

const noRecord =
  'the UAA has no record of it: it has ended, was revoked, or is a JWT that lives by itself; ' +
  'those end with all tokens of their user: tpks uaa token revoke --user NAME';

function pathOf({ userId, clientId }: TokenOwnerKey): string {
  const parts = [
    ...(userId === undefined ? [] : ['user', inPath(userId)]),
    ...(clientId === undefined ? [] : ['client', inPath(clientId)]),
  ];
  return parts.join('/');
}

function inPath(id: string): string {
  const segment = pathSegment(id, 'id');
  const unfit = unfitForPath(id);
  if (unfit === undefined) return segment;
  throw new TpksError('failed', `The UAA takes no id with ${unfit} in it here: ${id}`, {
    hint: 'nothing was sent',
  });
}
