/**
 * Where the 32-byte keys lie that session files are encrypted under: the OS keychain, or a key file
 * if the user chose so. Both are tested by the same contract.
 */
export interface Keychain {
  /**
   * Writes, reads back and deletes a probe entry, so that a password is asked for only when its
   * session can be kept.
   * @throws {TpksError} `keychain` naming the cause and the choices.
   */
  readonly probe: () => Promise<void>;
  /**
   * @param account - the context's name.
   * @returns the stored key in base64, or `undefined` when there is none.
   * @throws {TpksError} `keychain` when the store is absent, locked or does not answer (within 4 s).
   */
  readonly read: (account: string) => Promise<string | undefined>;
  /** @throws {TpksError} `keychain` */
  readonly write: (account: string, key: string) => Promise<void>;
  /**
   * @returns whether there was an entry.
   * @throws {TpksError} `keychain`
   */
  readonly remove: (account: string) => Promise<boolean>;
}

/** Where a context keeps its key: `none` keeps nothing at all (the session lives in memory). */
export type StoreKind = 'keychain' | 'file' | 'none';
