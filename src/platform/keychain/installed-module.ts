import { createRequire } from 'node:module';

/**
 * Loads the native keychain module that npm installed, with the interface of keytar, with `require`
 * because `import` takes 25 ms.
 */
export function loadKeychainModule(): unknown {
  return createRequire(import.meta.url)('@napi-rs/keyring/keytar');
}
