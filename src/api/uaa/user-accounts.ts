import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret/secret.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { createUaaApi } from './api.js';
import { createUsers, type UserKey } from './users.js';

const resultType = { noun: 'user', key: 'id', schema: v.looseObject({}) };

export type UserAccounts = ReturnType<typeof createUserAccounts>;

/**
 * Manages lockouts and passwords of the UAA's own users. Other users log in at their identity provider.
 * @see uaa-api, sections 8.2 and 8.3
 */
export function createUserAccounts(send: Send, uaa: string) {
  const users = createUsers(send, uaa);
  const api = createUaaApi(send, uaa);
  const putPassword = async (id: string, body: object): Promise<unknown> => {
    try {
      return await api.write(resultType, 'PUT', ['Users', id, 'password'], { body });
    } catch (error) {
      throw toPasswordError(error, id);
    }
  };
  return {
    /**
     * Unlocks a user who is locked out after failed logins. Requires the scope `scim.write` or
     * `uaa.account_status.write`.
     * @throws {TpksError} `failed` for a user of an identity provider.
     */
    unlock: async (key: UserKey) => {
      const path = ['Users', await users.findId(key), 'status'];
      return api.write(resultType, 'PATCH', path, { body: { locked: false } });
    },
    /**
     * Sets a password without the old one, and revokes all tokens of the user. Requires the scope
     * `password.write`, which `uaa.admin` does not imply.
     * @throws {TpksError} `failed` for a password that the policy does not allow, or the current one.
     */
    setPassword: async (key: UserKey, password: Secret) =>
      putPassword(await users.findId(key), { password: password.reveal() }),
    /**
     * Changes a user's own password. Requires the scope `password.write`.
     * @throws {TpksError} `failed` if the old password is wrong.
     */
    changePassword: (userId: string, change: { readonly old: Secret; readonly new: Secret }) =>
      putPassword(userId, { password: change.new.reveal(), oldPassword: change.old.reveal() }),
  };
}

/**
 * Explains a 401, which usually means that the user must log in. Here, it means that the user does not
 * exist or that the old password is wrong.
 */
function toPasswordError(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.status !== 401) return error;
  if (error.oauthError === 'bad_credentials') {
    return new TpksError('notFound', `User with the id ${id} not found`, {
      hint: 'tpks uaa users',
      cause: error,
      status: 401,
    });
  }
  if (error.oauthError !== 'unauthorized') return error;
  return new TpksError('failed', error.message, {
    hint: 'enter the current password',
    cause: error,
    status: 401,
    oauthError: error.oauthError,
  });
}

const userinfoType = {
  noun: 'user',
  schema: v.looseObject({ user_id: segmentSchema, user_name: v.string() }),
};

/**
 * Reads the user that a token belongs to. Requires the scope `openid`, which the token of a client cannot
 * have.
 */
export function createUserinfoEndpoint(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  return {
    /** @throws {TpksError} `forbidden` for a token without `openid`. */
    get: () => api.get(userinfoType, ['userinfo'], { query: { schema: 'openid' } }),
  };
}

const scoreType = {
  noun: 'password score',
  schema: v.looseObject({ score: v.number(), requiredScore: v.number() }),
};

/** @see https://github.com/cloudfoundry/uaa/pull/1104 */
export function createPasswordStrength(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  return {
    /** @throws {TpksError} `failed` if the UAA no longer has this route. */
    measure: async (password: Secret) => {
      const form = { password: password.reveal() };
      try {
        return await api.write(scoreType, 'POST', ['password', 'score'], { form });
      } catch (error) {
        throw isRouteMissing(error) ? unsupportedError(error) : error;
      }
    },
  };
}

/**
 * Whether the UAA does not have the route. It then redirects to its login page, or rejects the form
 * because it has no CSRF token.
 */
function isRouteMissing(error: unknown): boolean {
  if (!isTpksError(error) || error.kind === 'untrusted' || error.status === undefined) return false;
  return error.status === 302 || (error.status < 500 && error.kind !== 'unavailable');
}

function unsupportedError(cause: unknown): TpksError {
  return new TpksError(
    'failed',
    'This UAA cannot check the strength of passwords: UAA 74 (September 2019) removed this feature',
    {
      hint:
        'the UAA still enforces its policy when a password is set; show the policy: ' +
        'tpks uaa idp get uaa',
      cause,
    },
  );
}
