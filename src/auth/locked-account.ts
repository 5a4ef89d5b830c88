import { shellWord } from '../shell-word.js';

/**
 * What to do where the UAA refuses whoever has failed too often.
 * @param message - the UAA's own.
 * @param identity - who was refused, where that is known.
 * @returns `undefined` for any other refusal.
 * @see uaa-api, sections 3.4 to 3.6 and 13.5
 */
export function lockedHint(message: string, identity: string | undefined): string | undefined {
  if (!message.includes('account has been locked')) return undefined;
  const name = identity === undefined ? 'NAME' : shellWord(identity);
  return (
    'it opens by itself after some minutes, and stays shut to the right password until then\n' +
    `an administrator opens it at once: tpks uaa user unlock ${name}`
  );
}
