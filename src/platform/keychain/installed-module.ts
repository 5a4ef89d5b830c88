import { createRequire } from 'node:module';

/** The module that npm installed, with the interface of keytar. `import` would take 25 ms longer than `require`. */
export function loadKeychainModule(): unknown {
  return createRequire(import.meta.url)('@napi-rs/keyring/keytar');
}
