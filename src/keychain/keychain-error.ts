import { errorMessage, TpksError } from '../errors.js';

/** Why the OS keychain cannot be used. */
export type KeychainProblem = keyof ReturnType<typeof describeProblems>;

const alternativesHint =
  'log in with --store file (or TPKS_STORE=file), or set TPKS_API and credentials in the ' +
  'environment: then nothing is stored';

/** @returns a `keychain` error with the cause in its message and the alternatives in its hint. */
export function keychainError(
  trouble: KeychainProblem,
  platform: NodeJS.Platform,
  cause?: unknown,
): TpksError {
  const detail = cause === undefined ? '' : ` (${firstLine(errorMessage(cause))})`;
  const description = describeProblems(storeNames[platform] ?? 'OS keychain', detail)[trouble];
  const hint =
    'hint' in description ? `${description.hint}, or ${alternativesHint}` : alternativesHint;
  return new TpksError('keychain', description.message, { hint, cause });
}

/** What an error of the native module means; it has no codes, only messages. */
export function classifyNativeError(error: unknown): KeychainProblem {
  const message = errorMessage(error);
  if (/prompt was dismissed|is locked|interaction is not allowed/i.test(message)) return 'locked';
  if (/no result found/i.test(message)) return 'noCollection';
  if (/did not receive a reply|timed? ?out/i.test(message)) return 'silent';
  return 'refused';
}

/** @param detail - the cause in parentheses, or nothing. */
function describeProblems(store: string, detail: string) {
  return {
    absent: {
      message: `There is no Secret Service on this session's D-Bus${detail}`,
      hint: 'start one (GNOME Keyring, KWallet, KeePassXC)',
    },
    locked: { message: 'The keyring is locked', hint: 'unlock it' },
    noCollection: {
      message: 'The keyring has no collection to store a key in',
      hint: 'create one (with Seahorse, or by logging in to the desktop once)',
    },
    silent: { message: `The ${store} does not answer`, hint: 'restart it' },
    noModule: { message: `The keychain module does not load on this platform${detail}` },
    forgetful: { message: `The ${store} does not return what was stored in it` },
    malformed: {
      message: `The ${store} answered with something unexpected${detail}`,
      hint: 'restart it',
    },
    refused: { message: `The ${store} refused${detail}` },
  };
}

const storeNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** The first line (loader errors have many), without the library's prefix. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.replace(/^(Platform failure|Couldn't access platform storage): /, '').trim();
}
