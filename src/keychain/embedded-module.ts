/**
 * Loads the native keychain module inside the standalone binary. The runtime unpacks the module to the
 * temporary folder, so this fails if that folder is not writable or does not allow programs.
 */
export function loadKeychainModule(): unknown {
  return require('#embedded-keychain-module');
}
