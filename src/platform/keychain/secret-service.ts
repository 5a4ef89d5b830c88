import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../base/errors.js';
import type { Environment } from '../config/environment.js';
import { keychainError, type KeychainProblem, type KeyStore } from './keychain.js';
import {
  isVariant,
  readValues,
  toList,
  findSessionBusPath,
  openSessionBus,
  type BusValue,
  type BusMessage,
  type SessionBus,
} from './session-bus.js';

/**
 * Connects to the Secret Service, runs `work` with the items of tpks in the default collection, and
 * disconnects. Aborting `signal` disconnects immediately. A service that needs a dialog is treated as
 * locked. @see Secret Service API Draft 0.2
 * @param service - value of the attribute `service` of the items.
 * @throws {TpksError} `keychain` if the service is absent or locked, rejects a call, or sends a malformed
 *   reply.
 */
export async function withSecretService<T>(
  env: Environment,
  service: string,
  signal: AbortSignal,
  work: (items: KeyStore) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw secretServiceError('unresponsive');
  const path = findSessionBusPath(env);
  if (path === undefined) throw secretServiceError('absent', new Error(describeMissingBus(env)));
  const bus = openSessionBus(path);
  signal.addEventListener('abort', bus.close, { once: true });
  try {
    const call = createCaller(bus);
    const complete = (prompt: BusValue | undefined) => completePrompt(bus, call, prompt);
    // Before all other calls: gnome-keyring 42 sometimes crashes if a connection starts differently (see
    // decisions.md), and KeePassXC opens a dialog for a search while it is locked.
    const collection = await findDefaultCollection(call);
    return await work(createItemStore({ call, complete, collection, service }));
  } finally {
    signal.removeEventListener('abort', bus.close);
    bus.close();
  }
}

function describeMissingBus(env: Environment): string {
  return env.DBUS_SESSION_BUS_ADDRESS
    ? 'DBUS_SESSION_BUS_ADDRESS does not contain a Unix socket'
    : 'DBUS_SESSION_BUS_ADDRESS is not set';
}

const servicePath = '/org/freedesktop/secrets';

/** While another process writes to the keyring, gnome-keyring briefly reports that there is no default collection. */
const maximumAliasReads = 5;
const pauseMilliseconds = 20;

/** @throws {TpksError} `keychain` if the default collection does not exist or is locked. */
async function findDefaultCollection(call: Call): Promise<string> {
  let collection = await readDefaultAlias(call);
  for (let reads = 1; collection === undefined && reads < maximumAliasReads; reads += 1) {
    await sleep(pauseMilliseconds);
    collection = await readDefaultAlias(call);
  }
  if (collection === undefined) throw secretServiceError('noCollection');
  const [locked] = await call(collection, 'Get', `${freedesktopPrefix}Secret.Collection`, 'Locked');
  if (!isVariant(locked) || typeof locked.value !== 'boolean') {
    throw malformedReplyError('Locked is not a boolean');
  }
  if (locked.value) throw secretServiceError('locked');
  return collection;
}

/** @returns `undefined` if the default collection does not exist. */
async function readDefaultAlias(call: Call): Promise<string | undefined> {
  const [collection] = await call(servicePath, 'ReadAlias', 'default');
  return typeof collection === 'string' && collection !== noObjectPath ? collection : undefined;
}

interface ItemsDeps {
  readonly call: Call;
  readonly complete: (prompt: BusValue | undefined) => Promise<void>;
  /** Path of the collection in which items are created. */
  readonly collection: string;
  /** Value of the items' attribute `service`. */
  readonly service: string;
}

/** Sends independent calls together, because each round trip takes about a millisecond. */
function createItemStore({ call, complete, collection, service }: ItemsDeps): KeyStore {
  const attributesOf = (account: string): BusValue => [
    ['service', service],
    ['username', account],
  ];
  const find = async (account: string): Promise<string | undefined> => {
    const [unlocked, locked] = await call(servicePath, 'SearchItems', attributesOf(account));
    const [item] = toList(unlocked);
    if (typeof item === 'string') return item;
    if (toList(locked).length > 0) throw secretServiceError('locked');
    return undefined;
  };

  return {
    probe: async () => {
      await openSession(call);
    },
    read: async (account) => {
      const [item, session] = await Promise.all([find(account), openSession(call)]);
      if (item === undefined) return undefined;
      const [secret] = await call(item, 'GetSecret', session);
      const [, , value] = toList(secret);
      if (!Buffer.isBuffer(value)) throw malformedReplyError('GetSecret returned no secret');
      return value.toString('utf8');
    },
    write: async (account, text) => {
      const [item, session] = await Promise.all([find(account), openSession(call)]);
      const secret = [session, noParameters, Buffer.from(text), contentType];
      if (item !== undefined) {
        await call(item, 'SetSecret', secret);
        return;
      }
      const label = { type: 's', value: `keyring:${account}@${service}` };
      const attributes = { type: 'a{ss}', value: attributesOf(account) };
      const properties = [
        [`${freedesktopPrefix}Secret.Item.Label`, label],
        [`${freedesktopPrefix}Secret.Item.Attributes`, attributes],
      ];
      const [, prompt] = await call(collection, 'CreateItem', properties, secret, true);
      await complete(prompt);
    },
    remove: async (account) => {
      const item = await find(account);
      if (item === undefined) return false;
      const [prompt] = await call(item, 'Delete');
      await complete(prompt);
      return true;
    },
  };
}

/**
 * Opens a session without encryption, because only this user and root can read the bus, and both can read the
 * keychain too (decisions.md). @returns the path of the session.
 */
async function openSession(call: Call): Promise<string> {
  const input = { type: 's', value: '' };
  const [, path] = await call(servicePath, 'OpenSession', 'plain', input);
  if (typeof path !== 'string') throw malformedReplyError('OpenSession returned no path');
  return path;
}

/** Encryption parameters, which the algorithm `plain` does not have. */
const noParameters = Buffer.alloc(0);

/** The same value that `@napi-rs/keyring` writes, which tpks 0.1.0 used. */
const contentType = 'application/octet-stream';

/** The methods that tpks calls, with their interface and the signatures of arguments and reply. */
const methods = {
  Get: { interface: 'DBus.Properties', types: 'ss', replyTypes: 'v' },
  ReadAlias: { interface: 'Secret.Service', types: 's', replyTypes: 'o' },
  OpenSession: { interface: 'Secret.Service', types: 'sv', replyTypes: 'vo' },
  SearchItems: { interface: 'Secret.Service', types: 'a{ss}', replyTypes: 'aoao' },
  CreateItem: { interface: 'Secret.Collection', types: 'a{sv}(oayays)b', replyTypes: 'oo' },
  GetSecret: { interface: 'Secret.Item', types: 'o', replyTypes: '(oayays)' },
  SetSecret: { interface: 'Secret.Item', types: '(oayays)', replyTypes: '' },
  Delete: { interface: 'Secret.Item', types: '', replyTypes: 'o' },
  Prompt: { interface: 'Secret.Prompt', types: 's', replyTypes: '' },
  Dismiss: { interface: 'Secret.Prompt', types: '', replyTypes: '' },
} as const;

/** Calls a method of the object at a path. @returns the values of the reply. */
type Call = (
  path: string,
  member: keyof typeof methods,
  ...args: readonly BusValue[]
) => Promise<readonly BusValue[]>;

/** @throws {TpksError} `keychain` from the calls if the service is absent or returns an error. */
function createCaller(bus: SessionBus): Call {
  return async (path, member, ...args) => {
    const { interface: interfaceName, types, replyTypes } = methods[member];
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

const freedesktopPrefix = 'org.freedesktop.';
/** The path that means "no object", e.g. no dialog. */
const noObjectPath = '/';

/** A prompt that does not need a dialog completes immediately. */
const promptMilliseconds = 1000;

/**
 * Completes an operation for which the service returned a prompt, as KeePassXC does for each change.
 * @param prompt - path of the prompt; `/` if the operation is already complete.
 * @throws {TpksError} `keychain`, as for a locked keyring, if the prompt does not complete in time.
 */
async function completePrompt(
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

function secretServiceError(problem: KeychainProblem, cause?: unknown) {
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
function decodeReply<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw malformedReplyError(errorMessage(error));
  }
}

/** @param reason - e.g. `Locked is not a boolean`. */
function malformedReplyError(reason: string) {
  return secretServiceError('malformed', new Error(reason));
}
