import * as v from 'valibot';
import { TpksError } from '../../errors.js';
import { validateSegment, describeUaaPathProblem } from '../../http/resource/path-segment.js';
import { translateError } from '../../http/resource/translate-error.js';
import type { Send } from '../../http/send.js';
import type { Secret } from '../../secret.js';
import { createUaaApi } from '../api.js';

/** Epoch milliseconds within the range of dates. */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

const recordType = {
  noun: 'token record',
  schema: v.looseObject({
    /** For an opaque token, the token itself. */
    tokenId: v.string(),
    clientId: v.string(),
    userId: v.nullish(v.string()),
    format: v.string(),
    responseType: v.string(),
    issuedAt: time,
    expiresAt: time,
  }),
};

/** The UAA confirms a revocation with an empty body. */
const revokedType = { noun: 'confirmation of the revocation', schema: v.strictObject({}) };

/** A token that the UAA has a record of, spelled as UAA spells it. @see uaa-api, section 7.4 */
export type TokenRecord = v.InferInput<typeof recordType.schema>;

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

export function createTokenRecords(send: Send, uaa: string): TokenRecords {
  const api = createUaaApi(send, uaa);
  const path = ['oauth', 'token'];
  return {
    list: async (of) => api.list(recordType, [...path, 'list', ...ownerPath(of)]),
    revokeAll: async (of) => {
      try {
        // UAA's own documents say GET; it takes any method.
        await api.confirm(revokedType, 'GET', [...path, 'revoke', ...ownerPath(of)]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: 'tpks uaa users, tpks uaa clients' });
      }
    },
    revoke: async (tokenId) => {
      try {
        await api.confirm(revokedType, 'DELETE', [
          ...path,
          'revoke',
          validateSegment(tokenId.reveal(), 'token id'),
        ]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: noRecord });
      }
    },
  };
}

const noRecord =
  'the UAA has no record of it: it has ended, was revoked, or is a JWT that lives by itself; ' +
  'those end with all tokens of their user: tpks uaa token revoke --user NAME';

function ownerPath({ userId, clientId }: TokenOwnerKey): string[] {
  return [
    ...(userId === undefined ? [] : ['user', addressable(userId)]),
    ...(clientId === undefined ? [] : ['client', addressable(clientId)]),
  ];
}

function addressable(id: string): string {
  const rejected = describeUaaPathProblem(validateSegment(id, 'id'));
  if (rejected === undefined) return id;
  throw new TpksError(
    'failed',
    `The UAA does not accept an id that contains ${rejected} here: ${id}`,
    {
      hint: 'nothing was sent',
    },
  );
}
