import { errorMessage, TpksError } from '../errors.js';

/** Why the OS keychain cannot be used. */
export type KeychainTrouble =
  | 'absent'
  | 'locked'
  | 'noCollection'
  | 'silent'
  | 'noModule'
  | 'forgetful'
  | 'malformed'
  | 'refused';

const elsewhere =
  'log in with --store file (or TPKS_STORE=file), or set TPKS_API and credentials in the ' +
  'environment: then nothing is stored';

/** @returns a `keychain` error with the cause in its message and the alternatives in its hint. */
export function keychainError(
  trouble: KeychainTrouble,
  platform: NodeJS.Platform,
  cause?: unknown,
): TpksError {
  const { message, hint } = describe(trouble, platform, cause);
  return new TpksError('keychain', message, {
    hint: hint === undefined ? elsewhere : `${hint}, or ${elsewhere}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What an error of the native module means; it has no codes, only messages. */
export function troubleOf(error: unknown): KeychainTrouble {
  const message = errorMessage(error);
  if (/prompt was dismissed|is locked|interaction is not allowed/i.test(message)) return 'locked';
  if (/no result found/i.test(message)) return 'noCollection';
  if (/did not receive a reply|timed? ?out/i.test(message)) return 'silent';
  return 'refused';
}

function describe(
  trouble: KeychainTrouble,
  platform: NodeJS.Platform,
  cause: unknown,
): { readonly message: string; readonly hint?: string } {
  const store = names[platform] ?? 'OS keychain';
  const detail = cause === undefined ? '' : ` (${essence(errorMessage(cause))})`;
  switch (trouble) {
    case 'absent':
      return {
        message: `There is no Secret Service on this session's D-Bus${detail}`,
        hint: 'start one (GNOME Keyring, KWallet, KeePassXC)',
      };
    case 'locked':
      return { message: 'The keyring is locked', hint: 'unlock it' };
    case 'noCollection':
      return {
        message: 'The keyring has no collection to store a key in',
        hint: 'create one (with Seahorse, or by logging in to the desktop once)',
      };
    case 'silent':
      return { message: `The ${store} does not answer`, hint: 'restart it' };
    case 'noModule':
      return { message: `The keychain module does not load on this platform${detail}` };
    case 'forgetful':
      return { message: `The ${store} does not return what was stored in it` };
    case 'malformed':
      return {
        message: `The ${store} answered with something unexpected${detail}`,
        hint: 'restart it',
      };
    case 'refused':
      return { message: `The ${store} refused${detail}` };
  }
}

const names: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** The first line (loader errors have many), without the library's prefix. */
function essence(text: string): string {
  const [line = ''] = text.split('\n');
  return line.replace(/^(Platform failure|Couldn't access platform storage): /, '').trim();
}
