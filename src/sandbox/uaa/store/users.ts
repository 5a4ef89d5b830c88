import { randomBytes } from 'node:crypto';
import type { Storage } from '../../storage/storage.js';

/** A user of the UAA's own store or of another identity provider. Times are in epoch milliseconds. */
export interface User {
  readonly id: string;
  readonly externalId?: string | undefined;
  readonly userName: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email: string;
  readonly phoneNumber?: string | undefined;
  /** If the origin is not `uaa`, the hash of an empty password, which cannot be used to log in. */
  readonly passwordHash: string;
  readonly passwordChangeRequired: boolean;
  readonly passwordModifiedAt: number;
  /**
   * Groups of the user at an identity provider. Unlike the groups of the UAA, they are not
   * scopes. In the real UAA, only users of LDAP, SAML and OIDC providers have them.
   */
  readonly externalGroups?: readonly string[] | undefined;
  readonly active: boolean;
  readonly verified: boolean;
  /** Key of the identity provider; `uaa` is the internal store. */
  readonly origin: string;
  /** Part of every token's `rev_sig`, so a new salt invalidates the user's tokens. */
  readonly salt?: string | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly lastLogonAt?: number | undefined;
  readonly previousLogonAt?: number | undefined;
}

/** Creates the store for users. */
export function createUserStore(storage: Storage) {
  const users = storage.collection<User>({
    name: 'users',
    key: ({ id }) => id,
  });
  const createNameKey = (userName: string, origin: string) =>
    JSON.stringify([userName.toLowerCase(), origin]);
  const findAllByName = users.getIndex('name and origin', (user) =>
    createNameKey(user.userName, user.origin),
  );
  return {
    ...users,
    /** Names are case-insensitive. */
    findByName: (userName: string, origin: string) =>
      findAllByName(createNameKey(userName, origin))[0],
    /** Invalidates all tokens of the user, including JWTs. */
    changeSalt(id: string): void {
      const user = users.get(id);
      if (!user) return;
      const salt = randomBytes(6).toString('hex');
      users.put({ ...user, salt, version: user.version + 1 });
    },
  };
}
