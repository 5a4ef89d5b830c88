import type { Storage } from '../../storage/storage.js';

/** A provider for multi-factor authentication. Times are in epoch milliseconds. */
export interface MfaProvider {
  readonly id: string;
  /** The name is unique and case-sensitive. */
  readonly name: string;
  readonly config: MfaProviderConfig;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface MfaProviderConfig {
  /** Shown in the user's authenticator app. */
  readonly issuer: string;
  readonly providerDescription?: string | undefined;
}

/** Creates the store for MFA providers. */
export function createMfaProviderStore(storage: Storage) {
  return storage.collection<MfaProvider>({
    name: 'mfa-providers',
    key: ({ id }) => id,
  });
}
