import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { createUaaApi } from './api.js';
import { createUsers, type UserKey } from './users.js';

/** Lockouts and passwords of UAA's own users; other users log in at their identity provider. */
export interface UserAccounts {
  /**
   * Clears failed logins, so that the password is accepted again. Needs `scim.write` or
   * `uaa.account_status.write`.
   * @throws {TpksError} `failed` for a user of an identity provider.
   */
  readonly unlock: (key: UserKey) => Promise<unknown>;
  /**
   * Sets a password without the old one, which ends every token of the user. Needs
   * `password.write`, which `uaa.admin` does not imply.
   * @throws {TpksError} `failed` for one that the policy refuses, or for the current one.
   */
  readonly setPassword: (key: UserKey, password: Secret) => Promise<unknown>;
  /**
   * Changes a user's own password. Needs `password.write`.
   * @throws {TpksError} `failed` if the old one is wrong.
   */
  readonly changePassword: (
    userId: string,
    passwords: { readonly old: Secret; readonly new: Secret },
  ) => Promise<unknown>;
}

const resultType = { noun: 'user', key: 'id', schema: v.looseObject({}) };

/** @see uaa-api, sections 8.2 and 8.3 */
export function createUserAccounts(send: Send, uaa: string): UserAccounts {
  const users = createUsers(send, uaa);
  const statuses = createUaaApi(send, uaa, 'scim.write');
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
      const path = ['Users', await users.idOf(key), 'status'];
      return statuses.write(resultType, 'PATCH', path, { body: { locked: false } });
    },
    setPassword: async (key, password) =>
      putPassword(await users.idOf(key), { password: password.reveal() }),
    changePassword: (userId, change) =>
      putPassword(userId, { password: change.new.reveal(), oldPassword: change.old.reveal() }),
  };
}

/** For both errors the UAA responds with 401, which elsewhere means that a login would help. */
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
    hint: 'give the current password',
    cause: error,
    status: 401,
    oauthError: error.oauthError,
  });
}
