import { createRequire } from 'node:module';

/**
 * Loads the native keychain module that npm has installed. It uses `require`, because an ESM import of
 * the module takes 25 ms.
 */
export function loadKeychainModule(): unknown {
  return createRequire(import.meta.url)('@napi-rs/keyring');
}
