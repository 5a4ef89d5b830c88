import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../errors.js';
import type { BusMessage } from './bus-message.js';
import { readValues, type BusValue } from './bus-values.js';
import { keychainError, type KeychainProblem } from './keychain-error.js';
import type { SessionBus } from './session-bus.js';

/** The methods that tpks calls, with their interface and the signatures of arguments and reply. */
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

/** @throws {TpksError} `keychain` from the calls if the service is absent or returns an error. */
export function createCaller(bus: SessionBus): Call {
  return async (path, member, ...args) => {
    const [interfaceName, types, replyTypes] = methods[member];
    const reply = await bus
      .call({
        destination: 'org.freedesktop.secrets',
        path,
        interface: freedesktopPrefix + interfaceName,
        member,
        types,
        args,
      })
      .catch((error: unknown) => {
        throw secretServiceError('absent', error);
      });
    if (reply.kind === 'error') throw replyError(reply);
    if (reply.types !== replyTypes) {
      throw malformedReplyError(`${member} returned ${JSON.stringify(reply.types)}`);
    }
    return decodeReply(() => readValues(replyTypes, reply.body));
  };
}

export const freedesktopPrefix = 'org.freedesktop.';
/** The path that means "no object", e.g. no dialog. */
export const noObjectPath = '/';

/** A prompt that does not need a dialog completes immediately. */
const promptMilliseconds = 1000;

/**
 * Completes an operation for which the service returned a prompt. KeePassXC returns a prompt for each
 * item that it creates or deletes, and completes it without a dialog unless the user has to confirm.
 * @param prompt - path of the prompt; `/` if the operation is already complete.
 * @throws {TpksError} `keychain`, as for a locked keyring, if the prompt does not complete in time.
 */
export async function completePrompt(
  bus: SessionBus,
  call: Call,
  prompt: BusValue | undefined,
): Promise<void> {
  if (prompt === noObjectPath) return;
  if (typeof prompt !== 'string') throw malformedReplyError('a prompt has no path');
  const timer = new AbortController();
  const timeout = sleep(promptMilliseconds, undefined, { signal: timer.signal }).catch(
    () => undefined,
  );
  const completed = bus.waitForSignal(prompt, 'Completed').catch(() => undefined);
  try {
    await bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      types: 's',
      args: [`type='signal',interface='${freedesktopPrefix}Secret.Prompt',path='${prompt}'`],
    });
    await call(prompt, 'Prompt', '');
    const signal = await Promise.race([completed, timeout]);
    if (signal === undefined) {
      // Closes the dialog.
      void call(prompt, 'Dismiss').catch(() => undefined);
      throw secretServiceError('locked');
    }
    const [isDismissed] = decodeReply(() => readValues('b', signal.body));
    if (isDismissed !== false) throw secretServiceError('locked');
  } finally {
    timer.abort();
  }
}

/** Creates the error for a problem with the Secret Service. */
export function secretServiceError(problem: KeychainProblem, cause?: unknown) {
  return keychainError(problem, 'linux', cause);
}

function replyError({ errorName, types, body }: BusMessage) {
  const text = types.startsWith('s') ? decodeReply(() => readValues('s', body)[0]) : undefined;
  const cause = new Error(typeof text === 'string' ? `${errorName}: ${text}` : errorName);
  if (/\.(ServiceUnknown|NameHasNoOwner|Spawn\.\w+)$/.test(errorName))
    return secretServiceError('absent', cause);
  if (/\.(NoReply|Timeout|TimedOut)$/.test(errorName))
    return secretServiceError('unresponsive', cause);
  return secretServiceError(errorName.endsWith('.IsLocked') ? 'locked' : 'rejected', cause);
}

/** Decodes a reply. @throws {TpksError} `keychain` if it is malformed. */
export function decodeReply<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw malformedReplyError(errorMessage(error));
  }
}

/** @param reason - e.g. `Locked is not a boolean`. */
export function malformedReplyError(reason: string) {
  return secretServiceError('malformed', new Error(reason));
}
