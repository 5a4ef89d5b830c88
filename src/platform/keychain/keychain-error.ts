import { errorMessage, TpksError } from '../../base/errors.js';

/** Why the OS keychain cannot be used. */
export type KeychainProblem = keyof ReturnType<typeof describeProblems>;

const alternativesHint =
  'log in with --store file (or TPKS_STORE=file), or set TPKS_API and credentials in the ' +
  'environment, so that nothing is stored';

/** Creates a `keychain` error with the cause in its message and the alternatives in its hint. */
export function keychainError(
  problem: KeychainProblem,
  platform: NodeJS.Platform,
  cause?: unknown,
): TpksError {
  const detail = cause === undefined ? '' : ` (${firstLine(errorMessage(cause))})`;
  const description = describeProblems(storeNames[platform] ?? 'OS keychain', detail)[problem];
  const hint =
    'hint' in description ? `${description.hint}, or ${alternativesHint}` : alternativesHint;
  return new TpksError('keychain', description.message, { hint, cause });
}

/** Classifies an error of the native module by its message, because such errors have no codes. */
export function classifyNativeError(error: unknown): KeychainProblem {
  const message = errorMessage(error);
  if (/prompt was dismissed|is locked|interaction is not allowed/i.test(message)) return 'locked';
  if (/no result found/i.test(message)) return 'noCollection';
  if (/did not receive a reply|timed? ?out/i.test(message)) return 'unresponsive';
  return 'rejected';
}

/** @param detail - the cause in parentheses, or an empty string. */
function describeProblems(store: string, detail: string) {
  return {
    absent: {
      message: `No Secret Service is running on the D-Bus session bus${detail}`,
      hint: 'start one (GNOME Keyring, KWallet, KeePassXC)',
    },
    locked: { message: 'The keyring is locked', hint: 'unlock it' },
    noCollection: {
      message: 'The keyring has no collection to store a key in',
      hint: 'create one (with Seahorse, or by logging in to the desktop once)',
    },
    unresponsive: { message: `The ${store} does not respond`, hint: 'restart it' },
    noModule: { message: `The keychain module cannot be loaded on this platform${detail}` },
    lossy: { message: `A key written to the ${store} could not be read back` },
    malformed: {
      message: `The ${store} sent an invalid reply${detail}`,
      hint: 'restart it',
    },
    rejected: { message: `The ${store} rejected the request${detail}` },
  };
}

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
