/** Stores the 32-byte keys that encrypt the session files. */
export interface KeyStore {
  /**
   * @param account - identifies the context and, if config folders share the store, the config folder.
   * @returns the stored key in base64, or `undefined` if none is stored.
   * @throws {TpksError} `keychain` if the store is absent, locked or does not respond within 4 s.
   */
  readonly read: (account: string) => Promise<string | undefined>;
  /** @throws {TpksError} `keychain` */
  readonly write: (account: string, key: string) => Promise<void>;
  /**
   * @returns whether an entry existed.
   * @throws {TpksError} `keychain`
   */
  readonly remove: (account: string) => Promise<boolean>;
}

/**
 * Stores keys in the OS keychain, or in key files if the user chose them. Both implementations pass the
 * same contract tests.
 */
export interface Keychain extends KeyStore {
  /** Whether all config folders share the store, so that accounts must also identify the config folder. */
  readonly isShared: boolean;
  /**
   * Writes, reads back and deletes a probe entry. Called before the user is prompted for a password, to
   * make sure that the session can be stored.
   * @throws {TpksError} `keychain` with the cause and the alternatives.
   */
  readonly probe: () => Promise<void>;
}

/** Where a context's key is stored; with `none`, the session exists only in memory. */
export type StoreKind = 'keychain' | 'file' | 'none';
