import * as v from 'valibot';
import type { Secret } from '../../base/secret.js';
import type { Send } from '../../platform/http/send.js';
import { validateSegment } from '../client/api-client.js';
import { translateError } from '../client/api-error.js';
import { createUaaApi, timeSchema } from './uaa-api.js';

const recordType = {
  noun: 'token record',
  schema: v.looseObject({
    /** For an opaque token, the token itself. */
    tokenId: v.string(),
    clientId: v.string(),
    userId: v.nullish(v.string()),
    format: v.string(),
    responseType: v.string(),
    issuedAt: timeSchema,
    expiresAt: timeSchema,
  }),
};

/** The UAA confirms a revocation with an empty body. */
const revokedType = { noun: 'confirmation of the revocation', schema: v.strictObject({}) };

/** The UAA's record of a token, with the UAA's own field names. @see docs/contributing/servers/uaa.md#revocation */
export type TokenRecord = v.InferInput<typeof recordType.schema>;

/** Selects the tokens of a user, of a client, or, with both, of a user that one client requested. */
export interface TokenSelection {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
}

export type TokenRecords = ReturnType<typeof createTokenRecords>;

/** Manages the tokens that a UAA has records of: opaque tokens and revocable JWTs. */
export function createTokenRecords(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const path = ['oauth', 'token'];
  return {
    /** Lists tokens. Requires the scope `tokens.list`. @throws {TpksError} `forbidden` */
    list: async (selection: TokenSelection) =>
      api.list(recordType, [...path, 'list', ...buildOwnerPath(selection)]),
    /**
     * Revokes all tokens of a user or of a client; for a user together with a client, only tokens with a
     * record. Requires the scope `tokens.revoke`. @throws {TpksError} `forbidden`; `notFound`
     */
    revokeAll: async (selection: TokenSelection) => {
      try {
        // The UAA's documentation says GET, but the route accepts any method.
        await api.confirm(revokedType, 'GET', [...path, 'revoke', ...buildOwnerPath(selection)]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: 'tpks uaa users, tpks uaa clients' });
      }
    },
    /**
     * Revokes a token. One's own tokens require no scope.
     * @throws {TpksError} `forbidden`; `notFound` if the UAA has no record of the token.
     */
    revoke: async (tokenId: Secret) => {
      try {
        const id = validateSegment(tokenId.reveal(), 'token id');
        await api.confirm(revokedType, 'DELETE', [...path, 'revoke', id]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: noRecordHint });
      }
    },
  };
}

const noRecordHint =
  'the token has expired, was revoked, or is a JWT without a record in the UAA; ' +
  'to revoke such a JWT, revoke all tokens of the user: tpks uaa token revoke --user NAME';

function buildOwnerPath({ userId, clientId }: TokenSelection): string[] {
  return [
    ...(userId === undefined ? [] : ['user', validateSegment(userId, 'user id')]),
    ...(clientId === undefined ? [] : ['client', validateSegment(clientId, 'client id')]),
  ];
}
