import { errorMessage, TpksError } from '../../base/errors.js';

/** Stores the 32-byte keys that encrypt the session files. */
export interface KeyStore {
  /**
   * Tests whether keys can be stored, before the user is prompted for a password. Writes only if there is
   * no other way to test it.
   * @throws {TpksError} `keychain` or `storage` with the cause and the alternatives.
   */
  readonly probe: () => Promise<void>;
  /**
   * @param account - identifies the context and, if config folders share the store, the config folder.
   * @returns the key in base64, or `undefined` if none is stored.
   * @throws {TpksError} `keychain` if the store is absent, locked or does not respond within 4 s.
   */
  readonly read: (account: string) => Promise<string | undefined>;
  /** @throws {TpksError} `keychain` */
  readonly write: (account: string, key: string) => Promise<void>;
  /** @returns whether an entry existed. @throws {TpksError} `keychain` */
  readonly remove: (account: string) => Promise<boolean>;
}

/** The OS keychain, or key files if the user chose them. Both pass the same contract tests. */
export interface Keychain extends KeyStore {
  /** Whether all config folders share the store, so that accounts must also identify the config folder. */
  readonly isShared: boolean;
}

/** Where a context's key is stored; with `none`, the session exists only in memory. */
export type StoreKind = 'keychain' | 'file' | 'none';

export type KeychainProblem = keyof ReturnType<typeof describeProblems>;

const alternatives = [
  'store the key in a file: log in again with --store file',
  'store nothing: set TPKS_API, TPKS_USERNAME and TPKS_PASSWORD; see tpks help ci',
];

/** Creates a `keychain` error with the cause in its message, and a numbered list of what to do as its hint. */
export function keychainError(
  problem: KeychainProblem,
  platform: NodeJS.Platform,
  cause?: unknown,
): TpksError {
  const detail = cause === undefined ? '' : ` (${firstLine(errorMessage(cause))})`;
  const store = storeNames[platform] ?? 'OS keychain';
  const description = describeProblems(store, detail, platform)[problem];
  const options = 'fix' in description ? [description.fix, ...alternatives] : alternatives;
  const hint = options.map((option, index) => `${String(index + 1)}. ${option}`).join('\n');
  return new TpksError('keychain', description.message, { hint, cause });
}

function describeProblems(store: string, detail: string, platform: NodeJS.Platform) {
  return {
    absent: {
      message: `No Secret Service is running on the D-Bus session bus${detail}`,
      fix: `start one; for example, run dbus-run-session -- bash, and in that shell:\n   ${unlockGnomeKeyring}`,
    },
    locked: {
      message: 'The keyring is locked',
      fix:
        platform === 'darwin'
          ? 'unlock it: security unlock-keychain'
          : `unlock it on the desktop or, for the GNOME Keyring, run:\n   ${unlockGnomeKeyring}`,
    },
    noCollection: {
      message: 'The keyring is not set up: it has no default collection',
      fix: `create one with Seahorse, log in to the desktop once, or run:\n   ${unlockGnomeKeyring}`,
    },
    unresponsive: { message: `The ${store} does not respond`, fix: 'restart it' },
    noModule: { message: `The keychain module cannot be loaded on this platform${detail}` },
    lossy: { message: `A key written to the ${store} could not be read back` },
    malformed: { message: `The ${store} sent an invalid response${detail}`, fix: 'restart it' },
    rejected: { message: `The ${store} rejected the request${detail}` },
  };
}

/**
 * Starts the GNOME Keyring and unlocks its default collection, which is created if it does not exist. Without
 * `--replace`, a running daemon stays locked; a line break would become part of the password.
 */
const unlockGnomeKeyring = `bash -c 'read -rsp "Keyring password: " p && printf %s "$p" | gnome-keyring-daemon --replace --unlock'`;

const storeNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** Returns the first line, because loader errors have many, without the prefix of the library. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.replace(/^(Platform failure|Couldn't access platform storage): /, '').trim();
}
