import { isTpksError, TpksError } from '../errors.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { withNeededScope } from './needed-scope.js';
import { sendJson } from './scim.js';
import type { UserKey, Users } from './users.js';

/** What UAA's own users log in with; those of an identity provider do so elsewhere. */
export interface UserAccounts {
  /**
   * Forgets failed logins, so that the right password counts again at once. Needs `scim.write` or
   * `uaa.account_status.write`.
   * @throws {TpksError} `failed` for a user of an identity provider.
   */
  readonly unlock: (key: UserKey) => Promise<unknown>;
  /**
   * Sets a password without the old one; every token of the user ends with it. Needs
   * `password.write`, which `uaa.admin` does not imply.
   * @throws {TpksError} `failed` for one that the policy refuses or that is the same as before.
   */
  readonly setPassword: (key: UserKey, password: Secret) => Promise<unknown>;
  /**
   * Changes a user's own password. Needs `password.write`.
   * @throws {TpksError} `failed` when the old one is wrong.
   */
  readonly changePassword: (
    userId: string,
    passwords: { readonly old: Secret; readonly new: Secret },
  ) => Promise<unknown>;
}

export interface UserAccountsDeps {
  /** Signed with a token, and throwing for every status that is not a success. */
  readonly send: Send;
  readonly uaa: string;
  readonly users: Pick<Users, 'idOf'>;
}

/** @see uaa-api, sections 8.2 and 8.3 */
export function createUserAccounts({ send, uaa, users }: UserAccountsDeps): UserAccounts {
  const unlocking = withNeededScope(send, 'scim.write');
  const withPasswords = withNeededScope(send, 'password.write');
  const url = (id: string): string => `${uaa}/Users/${pathSegment(id, 'user id')}`;
  const putPassword = async (id: string, body: object): Promise<unknown> => {
    try {
      return await sendJson(withPasswords, 'PUT', `${url(id)}/password`, body);
    } catch (error) {
      throw toPasswordError(error, id);
    }
  };
  return {
    unlock: async (key) =>
      sendJson(unlocking, 'PATCH', `${url(await users.idOf(key))}/status`, { locked: false }),
    setPassword: async (key, password) =>
      putPassword(await users.idOf(key), { password: password.open() }),
    changePassword: (userId, passwords) =>
      putPassword(userId, { password: passwords.new.open(), oldPassword: passwords.old.open() }),
  };
}

/** UAA answers both with 401, which elsewhere means that a login would help. */
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
    hint: 'give the password that is in force now',
    cause: error,
    status: 401,
    oauthError: error.oauthError,
  });
}
