import { hasMembers, keptMap, type Keep } from '../keep.js';

/** A token that lives on the server and dies when it is removed. Instants: epoch milliseconds. */
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

export interface TokenStore {
  /** @returns the token, unless it is unknown, removed or expired. */
  readonly get: (id: string) => StoredToken | undefined;
  readonly save: (token: StoredToken) => void;
  /** @returns false when there was none: of two that take a token away, one succeeds. */
  readonly remove: (id: string) => boolean;
  readonly removeWhere: (fits: (token: StoredToken) => boolean) => void;
  readonly all: () => readonly StoredToken[];
}

export function createTokenStore(now: () => number, keep: Keep): TokenStore {
  const tokens = keptMap(keep, 'tokens', isToken);

  function live(id: string): StoredToken | undefined {
    const token = tokens.get(id);
    if (token && token.expiresAt < now()) {
      tokens.delete(id);
      return undefined;
    }
    return token;
  }

  return {
    get: live,
    save: (token) => tokens.set(token.id, token),
    remove: (id) => tokens.delete(id),
    removeWhere(fits) {
      tokens.replace(tokens.entries().filter(([, token]) => !fits(token)));
    },
    all: () => tokens.values().flatMap(({ id }) => live(id) ?? []),
  };
}

function isToken(value: unknown): value is StoredToken {
  return hasMembers(value, 'id', 'clientId', 'responseType', 'expiresAt', 'value');
}
