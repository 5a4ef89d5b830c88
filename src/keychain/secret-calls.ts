import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../errors.js';
import type { BusMessage } from './bus-message.js';
import { readValues, type BusValue } from './bus-values.js';
import { keychainError, type KeychainTrouble } from './keychain-error.js';
import type { SessionBus } from './session-bus.js';

/** The methods that tpks calls: interface, and signatures of the arguments and of the reply. */
const methods = {
  Get: ['DBus.Properties', 'ss', 'v'],
  ReadAlias: ['Secret.Service', 's', 'o'],
  OpenSession: ['Secret.Service', 'sv', 'vo'],
  SearchItems: ['Secret.Service', 'a{ss}', 'aoao'],
  CreateItem: ['Secret.Collection', 'a{sv}(oayays)b', 'oo'],
  GetSecret: ['Secret.Item', 'o', '(oayays)'],
  SetSecret: ['Secret.Item', '(oayays)', ''],
  Delete: ['Secret.Item', '', 'o'],
  Prompt: ['Secret.Prompt', 's', ''],
  Dismiss: ['Secret.Prompt', '', ''],
} as const;

/** Calls a method of the object at a path. @returns the values of the reply. */
export type Call = (
  path: string,
  member: keyof typeof methods,
  ...args: readonly BusValue[]
) => Promise<readonly BusValue[]>;

export function caller(bus: SessionBus): Call {
  return async (path, member, ...args) => {
    const [on, types, returns] = methods[member];
    const reply = await bus
      .call({
        destination: 'org.freedesktop.secrets',
        path,
        interface: freedesktop + on,
        member,
        types,
        args,
      })
      .catch((error: unknown) => {
        throw trouble('absent', error);
      });
    if (reply.kind === 'error') throw refusal(reply);
    if (reply.types !== returns) {
      throw unexpected(`${member} returned ${JSON.stringify(reply.types)}`);
    }
    return understood(() => readValues(returns, reply.body));
  };
}

export const freedesktop = 'org.freedesktop.';
/** The path that means "no object", e.g. no dialog. */
export const noObject = '/';

/** A prompt that needs no dialog completes at once. */
const promptMilliseconds = 1000;

/**
 * Lets the service do what it returned a prompt for. KeePassXC returns one for each item that it
 * creates or deletes, and completes it without a dialog unless the user has to confirm.
 * @param prompt - its path; "no object" if there is nothing left to do.
 * @throws {TpksError} `keychain` as for a locked keyring if the prompt is not completed soon.
 */
export async function completePrompt(
  bus: SessionBus,
  call: Call,
  prompt: BusValue | undefined,
): Promise<void> {
  if (prompt === noObject) return;
  if (typeof prompt !== 'string' || !/^[\w/]+$/.test(prompt)) {
    throw unexpected('a prompt has no valid path');
  }
  const timer = new AbortController();
  const overdue = sleep(promptMilliseconds, undefined, { signal: timer.signal }).catch(
    () => undefined,
  );
  const completed = bus.signal(prompt, 'Completed').catch(() => undefined);
  try {
    await bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      types: 's',
      args: [`type='signal',interface='${freedesktop}Secret.Prompt',path='${prompt}'`],
    });
    await call(prompt, 'Prompt', '');
    const signal = await Promise.race([completed, overdue]);
    if (signal === undefined) {
      // Closes the dialog.
      void call(prompt, 'Dismiss').catch(() => undefined);
      throw trouble('locked');
    }
    const [isDismissed] = understood(() => readValues('b', signal.body));
    if (isDismissed !== false) throw trouble('locked');
  } finally {
    timer.abort();
  }
}

export function trouble(kind: KeychainTrouble, cause?: unknown) {
  return keychainError(kind, 'linux', cause);
}

function refusal({ errorName, types, body }: BusMessage) {
  const text = types.startsWith('s') ? understood(() => readValues('s', body)[0]) : undefined;
  const cause = new Error(typeof text === 'string' ? `${errorName}: ${text}` : errorName);
  if (/\.(ServiceUnknown|NameHasNoOwner|Spawn\.\w+)$/.test(errorName))
    return trouble('absent', cause);
  if (/\.(NoReply|Timeout|TimedOut)$/.test(errorName)) return trouble('silent', cause);
  return trouble(errorName.endsWith('.IsLocked') ? 'locked' : 'refused', cause);
}

/** Decodes a reply. @throws {TpksError} `keychain` if it is malformed. */
export function understood<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unexpected(errorMessage(error));
  }
}

export function unexpected(what: string) {
  return trouble('malformed', new Error(what));
}
