import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { createUaaApi } from './api.js';
import { createUsers, type UserKey } from './users.js';

/**
 * Manages lockouts and passwords of the UAA's own users. Other users log in at their identity provider.
 */
export interface UserAccounts {
  /**
   * Unlocks a user who is locked out after failed logins. Requires the scope `scim.write` or
   * `uaa.account_status.write`.
   * @throws {TpksError} `failed` for a user of an identity provider.
   */
  readonly unlock: (key: UserKey) => Promise<unknown>;
  /**
   * Sets a password without the old one, and revokes all tokens of the user. Requires the scope
   * `password.write`, which `uaa.admin` does not imply.
   * @throws {TpksError} `failed` for a password that the policy does not allow, or the current one.
   */
  readonly setPassword: (key: UserKey, password: Secret) => Promise<unknown>;
  /**
   * Changes a user's own password. Requires the scope `password.write`.
   * @throws {TpksError} `failed` if the old password is wrong.
   */
  readonly changePassword: (
    userId: string,
    passwordApi: { readonly old: Secret; readonly new: Secret },
  ) => Promise<unknown>;
}

const resultType = { noun: 'user', key: 'id', schema: v.looseObject({}) };

/** @see uaa-api, sections 8.2 and 8.3 */
export function createUserAccounts(send: Send, uaa: string): UserAccounts {
  const users = createUsers(send, uaa);
  const statusApi = createUaaApi(send, uaa, 'scim.write');
  const passwords = createUaaApi(send, uaa, 'password.write');
  const putPassword = async (id: string, body: object): Promise<unknown> => {
    try {
      return await passwords.write(resultType, 'PUT', ['Users', id, 'password'], { body });
    } catch (error) {
      throw toPasswordError(error, id);
    }
  };
  return {
    unlock: async (key) => {
      const path = ['Users', await users.findId(key), 'status'];
      return statusApi.write(resultType, 'PATCH', path, { body: { locked: false } });
    },
    setPassword: async (key, password) =>
      putPassword(await users.findId(key), { password: password.reveal() }),
    changePassword: (userId, change) =>
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
