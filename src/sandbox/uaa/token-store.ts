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

export function createTokenStore(now: () => number): TokenStore {
  const tokens = new Map<string, StoredToken>();

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
    save: (token) => void tokens.set(token.id, token),
    remove: (id) => tokens.delete(id),
    removeWhere(fits) {
      for (const token of tokens.values()) if (fits(token)) tokens.delete(token.id);
    },
    all: () => [...tokens.keys()].flatMap((id) => live(id) ?? []),
  };
}
