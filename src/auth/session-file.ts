/** One identity's tokens, as they lie encrypted on the disk. */
export interface StoredSession {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  /** Only after `--save-secret`. */
  readonly clientSecret?: string | undefined;
  /** Granted scopes, blank-separated. */
  readonly scope: string;
  /** End of the access token by the server's clock, ISO 8601. */
  readonly expiresAt: string;
  /** The lifetime that the server stated when it issued the access token. */
  readonly lifetimeSeconds: number;
  /** Server's clock minus ours when the token came. */
  readonly clockOffsetSeconds: number;
  /** When UAA refused the refresh token, ISO 8601: no further refresh is sent until a new login. */
  readonly refreshRejectedAt?: string | undefined;
}

/** The session of one context. */
export interface SessionStore {
  /**
   * @returns `undefined` when there is none.
   * @throws {TpksError} `keychain`, or `unauthenticated` when the file cannot be decrypted
   *   (key gone, file damaged): it is left as it is, and a new login replaces it.
   */
  readonly read: () => Promise<StoredSession | undefined>;
  /**
   * Takes the room that a new session needs *before* a token is asked for, so that a full or
   * read-only disk cannot lose a token that the server has already replaced.
   * @throws {TpksError} `keychain` when the folder cannot be written.
   */
  readonly reserve: () => Promise<Reservation>;
  /**
   * Removes the key and the file.
   * @returns whether there was a session.
   */
  readonly remove: () => Promise<boolean>;
}

export interface Reservation {
  /** Encrypts and replaces the session file in one step. */
  readonly write: (session: StoredSession) => Promise<void>;
  /** Gives the room back unused. Harmless after `write`. */
  readonly release: () => Promise<void>;
}
