import { randomBytes } from 'node:crypto';
import { hasMembers, keptMap, type Keep } from '../keep.js';

/** A user of UAA's own store or of another identity provider. Instants are epoch milliseconds. */
export interface User {
  readonly id: string;
  readonly externalId?: string | undefined;
  readonly userName: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email: string;
  readonly phoneNumber?: string | undefined;
  /** Hash; an origin other than `uaa` has none that a password fits. */
  readonly passwordHash: string;
  readonly passwordChangeRequired: boolean;
  readonly passwordModifiedAt: number;
  readonly active: boolean;
  readonly verified: boolean;
  /** Key of the identity provider; `uaa` is the internal store. */
  readonly origin: string;
  /** Part of every token's `rev_sig`: a new salt ends the user's tokens. */
  readonly salt?: string | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly lastLogonAt?: number | undefined;
  readonly previousLogonAt?: number | undefined;
}

export interface UserStore {
  readonly get: (id: string) => User | undefined;
  /** Names are compared in lower case. */
  readonly byName: (userName: string, origin: string) => User | undefined;
  readonly all: () => readonly User[];
  readonly save: (user: User) => void;
  readonly remove: (id: string) => void;
  /** Ends every token of the user, JWTs included. */
  readonly changeSalt: (id: string) => void;
}

export function createUserStore(keep: Keep): UserStore {
  const users = keptMap(keep, 'users', isUser);
  return {
    get: (id) => users.get(id),
    byName(userName, origin) {
      const wanted = userName.toLowerCase();
      return users
        .values()
        .find((user) => user.origin === origin && user.userName.toLowerCase() === wanted);
    },
    all: users.values,
    save: (user) => users.set(user.id, user),
    remove: (id) => void users.delete(id),
    changeSalt(id) {
      const user = users.get(id);
      if (!user) return;
      const salt = randomBytes(6).toString('hex');
      users.set(id, { ...user, salt, version: user.version + 1 });
    },
  };
}

function isUser(value: unknown): value is User {
  return hasMembers(value, 'id', 'userName', 'origin', 'passwordHash');
}
