import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../errors.js';
import type { BusCall, BusMessage } from './bus-message.js';
import { asList, isVariant, readValues, type BusValue } from './bus-values.js';
import { keychainError, type KeychainTrouble } from './keychain-error.js';
import { secretAlgorithm, startKeyExchange, type SecretEncryption } from './secret-session.js';
import { openSessionBus, sessionBusPath, type SessionBus } from './session-bus.js';

/** The items of tpks in the default collection of the Secret Service. */
export interface SecretService {
  /** @returns `undefined` when there is no such item. */
  readonly read: (account: string) => Promise<string | undefined>;
  readonly write: (account: string, secret: string) => Promise<void>;
  /** @returns whether there was such an item. */
  readonly remove: (account: string) => Promise<boolean>;
}

/**
 * Connects to the Secret Service for some work, and disconnects afterwards, or when `signal` says
 * so: calls under way fail then. What needs a dialog counts as locked.
 * @param service - value of the items' attribute `service`.
 * @throws {TpksError} `keychain` when the service is absent, locked, or refuses; when its reply
 *   cannot be understood.
 * @see Secret Service API Draft 0.2
 */
export async function withSecretService<T>(
  env: NodeJS.ProcessEnv,
  service: string,
  signal: AbortSignal,
  work: (items: SecretService) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw trouble('silent');
  const path = sessionBusPath(env);
  if (path === undefined) throw trouble('absent', new Error(unreachable(env)));
  const bus = openSessionBus(path);
  signal.addEventListener('abort', bus.close, { once: true });
  try {
    const call = caller(bus);
    const complete = (prompt: BusValue | undefined) => completePrompt(bus, call, prompt);
    return await work(items({ call, complete, service }, await defaultCollection(call)));
  } finally {
    signal.removeEventListener('abort', bus.close);
    bus.close();
  }
}

function unreachable(env: NodeJS.ProcessEnv): string {
  return env['DBUS_SESSION_BUS_ADDRESS']
    ? 'DBUS_SESSION_BUS_ADDRESS names no Unix socket'
    : 'DBUS_SESSION_BUS_ADDRESS is not set';
}

type Method = Omit<BusCall, 'destination' | 'interface'> & {
  /** Without `org.freedesktop.`. */
  readonly on:
    'Secret.Service' | 'Secret.Collection' | 'Secret.Item' | 'Secret.Prompt' | 'DBus.Properties';
  /** Signature of the reply. */
  readonly returns: string;
};

/** @returns the values of the reply. */
type Call = (method: Method) => Promise<readonly BusValue[]>;

function caller(bus: SessionBus): Call {
  return async ({ on, returns, ...method }) => {
    const reply = await bus
      .call({ ...method, destination: 'org.freedesktop.secrets', interface: freedesktop + on })
      .catch((error: unknown) => {
        throw trouble('absent', error);
      });
    if (reply.kind === 'error') throw refusal(reply);
    if (reply.types !== returns) {
      throw unexpected(`${method.member} returned ${JSON.stringify(reply.types)}`);
    }
    return understood(() => readValues(returns, reply.body));
  };
}

const freedesktop = 'org.freedesktop.';
const servicePath = '/org/freedesktop/secrets';
/** Stands for "no object", e.g. no dialog. */
const noObject = '/';

/** @throws {TpksError} `keychain` when there is none, or it is locked. */
async function defaultCollection(call: Call): Promise<string> {
  const [collection] = await call({
    path: servicePath,
    on: 'Secret.Service',
    member: 'ReadAlias',
    types: 's',
    args: ['default'],
    returns: 'o',
  });
  if (collection === noObject || typeof collection !== 'string') throw trouble('noCollection');
  const [locked] = await call({
    path: collection,
    on: 'DBus.Properties',
    member: 'Get',
    types: 'ss',
    args: [`${freedesktop}Secret.Collection`, 'Locked'],
    returns: 'v',
  });
  if (!isVariant(locked) || typeof locked.value !== 'boolean') {
    throw unexpected('Locked is not a boolean');
  }
  if (locked.value) throw trouble('locked');
  return collection;
}

/** A prompt that needs no dialog completes at once. */
const promptMilliseconds = 1000;

/**
 * Lets the service do what it returned a prompt for. KeePassXC returns one for each item that it
 * creates or deletes, and completes it without a dialog unless the user has to confirm.
 * @param prompt - its path; "no object" if there is nothing left to do.
 * @throws {TpksError} `keychain` as for a locked keyring if the prompt is not completed soon.
 */
async function completePrompt(
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
  const method = { path: prompt, on: 'Secret.Prompt', returns: '' } as const;
  try {
    await bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      types: 's',
      args: [`type='signal',interface='${freedesktop}Secret.Prompt',path='${prompt}'`],
    });
    await call({ ...method, member: 'Prompt', types: 's', args: [''] });
    const signal = await Promise.race([completed, overdue]);
    if (signal === undefined) {
      // Closes the dialog.
      void call({ ...method, member: 'Dismiss' }).catch(() => undefined);
      throw trouble('locked');
    }
    const [isDismissed] = understood(() => readValues('b', signal.body));
    if (isDismissed !== false) throw trouble('locked');
  } finally {
    timer.abort();
  }
}

interface ItemsDeps {
  readonly call: Call;
  readonly complete: (prompt: BusValue | undefined) => Promise<void>;
  /** Value of the items' attribute `service`. */
  readonly service: string;
}

function items({ call, complete, service }: ItemsDeps, collection: string): SecretService {
  const attributesOf = (account: string): BusValue => [
    ['service', service],
    ['username', account],
  ];

  const find = async (account: string): Promise<string | undefined> => {
    const [unlocked, locked] = await call({
      path: servicePath,
      on: 'Secret.Service',
      member: 'SearchItems',
      types: 'a{ss}',
      args: [attributesOf(account)],
      returns: 'aoao',
    });
    const [item] = asList(unlocked);
    if (typeof item === 'string') return item;
    if (asList(locked).length > 0) throw trouble('locked');
    return undefined;
  };

  const openSession = async (): Promise<Session> => {
    const exchange = startKeyExchange();
    const [output, path] = await call({
      path: servicePath,
      on: 'Secret.Service',
      member: 'OpenSession',
      types: 'sv',
      args: [secretAlgorithm, { type: 'ay', value: exchange.publicKey }],
      returns: 'vo',
    });
    const theirs = isVariant(output) ? output.value : undefined;
    if (!Buffer.isBuffer(theirs) || typeof path !== 'string') {
      throw unexpected('OpenSession returned no public key');
    }
    return { path, ...understood(() => exchange.finish(theirs)) };
  };

  return {
    read: async (account) => {
      const item = await find(account);
      if (item === undefined) return undefined;
      const session = await openSession();
      const [secret] = await call({
        path: item,
        on: 'Secret.Item',
        member: 'GetSecret',
        types: 'o',
        args: [session.path],
        returns: '(oayays)',
      });
      const [, parameters, value] = asList(secret);
      if (!Buffer.isBuffer(parameters) || !Buffer.isBuffer(value)) {
        throw unexpected('GetSecret returned no secret');
      }
      return understood(() => session.decrypt({ parameters, value }));
    },
    write: async (account, text) => {
      const [session, item] = [await openSession(), await find(account)];
      const { parameters, value } = session.encrypt(text);
      const secret = [session.path, parameters, value, contentType];
      if (item !== undefined) {
        await call({
          path: item,
          on: 'Secret.Item',
          member: 'SetSecret',
          types: '(oayays)',
          args: [secret],
          returns: '',
        });
        return;
      }
      const label = { type: 's', value: `keyring:${account}@${service}` };
      const [, prompt] = await call({
        path: collection,
        on: 'Secret.Collection',
        member: 'CreateItem',
        types: 'a{sv}(oayays)b',
        args: [
          [
            [`${freedesktop}Secret.Item.Label`, label],
            [
              `${freedesktop}Secret.Item.Attributes`,
              { type: 'a{ss}', value: attributesOf(account) },
            ],
          ],
          secret,
          true,
        ],
        returns: 'oo',
      });
      await complete(prompt);
    },
    remove: async (account) => {
      const item = await find(account);
      if (item === undefined) return false;
      const [prompt] = await call({
        path: item,
        on: 'Secret.Item',
        member: 'Delete',
        returns: 'o',
      });
      await complete(prompt);
      return true;
    },
  };
}

interface Session extends SecretEncryption {
  readonly path: string;
}

/** As the items of 0.1.0, which `@napi-rs/keyring` wrote. */
const contentType = 'application/octet-stream';

function trouble(kind: KeychainTrouble, cause?: unknown) {
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

/** Reads what the service sent. @throws {TpksError} `keychain` when that is malformed. */
function understood<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unexpected(errorMessage(error));
  }
}

function unexpected(what: string) {
  return trouble('malformed', new Error(what));
}
