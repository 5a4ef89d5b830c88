import type { Storage } from '../../storage.js';

/** A token that the server stores and can revoke. Times are in epoch milliseconds. */
export interface StoredToken {
  readonly id: string;
  readonly clientId: string;
  /** Undefined for a token of the client itself. */
  readonly userId?: string | undefined;
  readonly format: 'opaque' | 'jwt';
  readonly responseType: 'ACCESS_TOKEN' | 'REFRESH_TOKEN';
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope: readonly string[];
  /** The signed JWT. An opaque token also has one. */
  readonly value: string;
}

/** Selects the tokens of a user, of a client, or of a user for one client. */
export type TokenOwner =
  { readonly userId: string; readonly clientId?: string } | { readonly clientId: string };

/** Creates the store for opaque tokens and revocable JWTs. */
export function createTokenStore(now: () => number, storage: Storage) {
  const tokens = storage.collection<StoredToken>({ name: 'tokens', key: ({ id }) => id });
  const findByUser = tokens.getIndex('user', ({ userId }) => userId);
  const findByClient = tokens.getIndex('client', ({ clientId }) => clientId);
  const tokensByExpiry = tokens.getOrder('expiry', (a, b) => a.expiresAt - b.expiresAt);

  function deleteExpired(): void {
    const time = now();
    const expired = tokensByExpiry.takeWhile(({ expiresAt }) => expiresAt < time);
    for (const { id } of expired) tokens.delete(id);
  }

  function findTokens(owner: TokenOwner): readonly StoredToken[] {
    deleteExpired();
    const { clientId } = owner;
    if (!('userId' in owner)) return findByClient(owner.clientId);
    const found = findByUser(owner.userId);
    return clientId === undefined ? found : found.filter((token) => token.clientId === clientId);
  }

  return {
    /** @returns the token, or undefined if it is unknown, deleted or expired. */
    get(id: string): StoredToken | undefined {
      deleteExpired();
      return tokens.get(id);
    },
    /** Also deletes the tokens that have expired. */
    put(token: StoredToken): void {
      deleteExpired();
      tokens.put(token);
    },
    /** @returns false if the token does not exist, so only one of two concurrent deletions succeeds. */
    delete: tokens.delete,
    /** @returns the tokens that have not expired, oldest first. */
    findByOwner: findTokens,
    deleteByOwner(owner: TokenOwner): void {
      for (const { id } of findTokens(owner)) tokens.delete(id);
    },
  };
}
