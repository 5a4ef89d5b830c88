import { hasMembers, type Storage } from '../../storage/storage.js';

/** A token that the server stores and can revoke. Instants are epoch milliseconds. */
export interface StoredToken {
  readonly id: string;
  readonly clientId: string;
  /** Absent for a token of the client itself. */
  readonly userId?: string;
  readonly format: 'opaque' | 'jwt';
  readonly responseType: 'ACCESS_TOKEN' | 'REFRESH_TOKEN';
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope: readonly string[];
  /** The signed JWT, also behind an opaque token. */
  readonly value: string;
}

/** Selects the tokens of a user, of a client, or of a user for one client. */
export type TokenOwner =
  { readonly userId: string; readonly clientId?: string } | { readonly clientId: string };

export interface TokenStore {
  /** @returns the token, unless it is unknown, removed or expired. */
  readonly get: (id: string) => StoredToken | undefined;
  /** Also deletes the tokens that have expired. */
  readonly save: (token: StoredToken) => void;
  /** @returns false if there was none, so that only one of two concurrent removals succeeds. */
  readonly remove: (id: string) => boolean;
  /** @returns tokens that have not expired, the oldest first. */
  readonly of: (owner: TokenOwner) => readonly StoredToken[];
  readonly removeOf: (owner: TokenOwner) => void;
}

export function createTokenStore(now: () => number, storage: Storage): TokenStore {
  const tokens = storage.collection<StoredToken>({
    name: 'tokens',
    key: ({ id }) => id,
    isRow: isToken,
  });
  const ofUser = tokens.indexedBy('user', ({ userId }) => userId);
  const ofClient = tokens.indexedBy('client', ({ clientId }) => clientId);
  const byExpiry = tokens.orderedBy('expiry', (a, b) => a.expiresAt - b.expiresAt);

  function deleteExpired(): void {
    const at = now();
    for (const { id } of byExpiry.takeWhile(({ expiresAt }) => expiresAt < at)) tokens.delete(id);
  }

  function of(owner: TokenOwner): readonly StoredToken[] {
    deleteExpired();
    const { clientId } = owner;
    if (!('userId' in owner)) return ofClient(owner.clientId);
    const found = ofUser(owner.userId);
    return clientId === undefined ? found : found.filter((token) => token.clientId === clientId);
  }

  return {
    get(id) {
      deleteExpired();
      return tokens.get(id);
    },
    save(token) {
      deleteExpired();
      tokens.put(token);
    },
    remove: tokens.delete,
    of,
    removeOf(owner) {
      for (const { id } of of(owner)) tokens.delete(id);
    },
  };
}

function isToken(value: unknown): value is StoredToken {
  return hasMembers(value, 'id', 'clientId', 'responseType', 'expiresAt', 'value');
}
