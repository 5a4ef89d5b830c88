import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KeyStore } from '../../../../src/platform/keychain/keychain.js';
import { withSecretService } from '../../../../src/platform/keychain/secret-service.js';
import { findSessionBusPath } from '../../../../src/platform/keychain/session-bus.js';
import {
  withFakeSecretService,
  type FakeReply,
} from '../../../support/keychain/fake-secret-service.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const never = new AbortController().signal;

type Work = (items: KeyStore) => Promise<unknown>;
const read: Work = (items) => items.read('cody');
const write: Work = (items) => items.write('cody', 'a2V5');
const remove: Work = (items) => items.remove('cody');
const probe: Work = (items) => items.probe();

/** Runs work against a service with these replies. @returns the result or the error. */
function runAndCatch(replies: Readonly<Record<string, FakeReply | Buffer>>, work = read) {
  return withFakeSecretService(replies, ({ env }) =>
    withSecretService(env, 'tpks', never, work).catch((error: unknown) => error),
  );
}

describe('a Secret Service that cannot be used', () => {
  const rejectWith = (name: string): FakeReply => ({ error: `org.freedesktop.${name}` });
  test.each<[string, Record<string, FakeReply>, RegExp]>([
    ['is locked', { Get: { types: 'v', values: [['b', 1]] } }, /^The keyring is locked$/],
    [
      'has no collection',
      { ReadAlias: { types: 'o', values: ['/'] } },
      /has no default collection/,
    ],
    [
      'is absent',
      { ReadAlias: rejectWith('DBus.Error.ServiceUnknown') },
      /^No Secret Service is running on the D-Bus session bus \(org\.freedesktop\.DBus\.Error/,
    ],
    [
      'does not start',
      { ReadAlias: rejectWith('DBus.Error.Spawn.ChildExited') },
      /^No Secret Service is running/,
    ],
    [
      'denies access',
      { Get: rejectWith('DBus.Error.AccessDenied') },
      /^The Secret Service rejected the request \(/,
    ],
    ['locks the item', { SearchItems: { types: 'aoao', values: [[], ['/1']] } }, /is locked$/],
    ['locks while it is read', { GetSecret: rejectWith('Secret.Error.IsLocked') }, /is locked$/],
    [
      'is too slow for its bus',
      { GetSecret: rejectWith('DBus.Error.NoReply') },
      /does not respond$/,
    ],
  ])('causes a keychain error because it %s', async (_name, replies, message) => {
    expect(await runAndCatch(replies)).toMatchObject({
      kind: 'keychain',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/--store file/),
    });
  });
});

test('requests the default collection again if it is hidden for a moment', async () => {
  const [hidden, visible]: FakeReply[] = [
    { types: 'o', values: ['/'] },
    { types: 'o', values: ['/org/freedesktop/secrets/collection/login'] },
  ];
  await withFakeSecretService(
    { ReadAlias: [hidden!, hidden!, visible!] },
    async ({ env, calls }) => {
      expect(await withSecretService(env, 'tpks', never, remove)).toBe(true);
      expect(calls.slice(0, 4)).toEqual(['ReadAlias', 'ReadAlias', 'ReadAlias', 'Get']);
    },
  );
});

describe('a Secret Service that returns a prompt', () => {
  const prompts: [string, Record<string, FakeReply>, Work][] = [
    [
      'create an item',
      {
        SearchItems: { types: 'aoao', values: [[], []] },
        CreateItem: { types: 'oo', values: ['/', '/prompt/1'] },
      },
      write,
    ],
    ['delete an item', { Delete: { types: 'o', values: ['/prompt/1'] } }, remove],
  ];

  test.each(prompts)(
    'to %s, as KeePassXC does, is asked to complete it',
    async (_, replies, work) => {
      const Prompt = { types: '', values: [], isDismissed: false };
      await withFakeSecretService({ ...replies, Prompt }, async ({ env, calls }) => {
        await withSecretService(env, 'tpks', never, work);
        expect(calls.slice(-2)).toEqual(['AddMatch', 'Prompt']);
      });
    },
  );

  test.each(prompts)(
    'to %s counts as locked if the user dismisses it',
    async (_, replies, work) => {
      const Prompt = { types: '', values: [], isDismissed: true };
      expect(await runAndCatch({ ...replies, Prompt }, work)).toMatchObject({
        kind: 'keychain',
        message: 'The keyring is locked',
      });
    },
  );

  test.each(prompts)(
    'to %s counts as locked if the prompt is not completed',
    async (_, replies, work) => {
      await withFakeSecretService(replies, async ({ env, calls }) => {
        await expect(withSecretService(env, 'tpks', never, work)).rejects.toMatchObject({
          kind: 'keychain',
          message: 'The keyring is locked',
        });
        while (!calls.includes('Dismiss')) await new Promise((resolve) => setTimeout(resolve, 5));
      });
    },
  );
});

describe('a malformed reply causes a keychain error', () => {
  const longPath = `/${'x'.repeat(5000)}`;
  // The header says that the body is 7 bytes long: an array of 2^32 - 1 of them.
  const tooLong = Buffer.from(
    '6c020001070000006300000017000000050175000600000008016700086f617961797300' + 'ff'.repeat(12),
    'hex',
  );
  test.each<[string, Record<string, FakeReply | Buffer>]>([
    ['no secret', { GetSecret: { types: '', values: [] } }],
    ['no session', { OpenSession: { types: 'v', values: [['s', '']] } }],
    ['a lock that is text', { Get: { types: 'v', values: [['s', 'no']] } }],
    ['a search for text', { SearchItems: { types: 'ss', values: ['a', 'b'] } }],
    ['a body that ends too soon', { SearchItems: { types: 'aoao', values: [[]] } }],
    ['a length beyond the body', { GetSecret: tooLong }],
    ['a collection with a path of 5 KB', { ReadAlias: { types: 'o', values: [longPath] } }],
    ['an item with a path of 5 KB', { SearchItems: { types: 'aoao', values: [[longPath], []] } }],
    ['an item whose path has a space', { SearchItems: { types: 'aoao', values: [['/a b'], []] } }],
  ])('because of %s', async (_name, replies) => {
    expect(await runAndCatch(replies)).toMatchObject({
      kind: 'keychain',
      message: expect.stringMatching(
        /^(The Secret Service sent an invalid response|No Secret Service is running)/,
      ),
    });
  });
});

test('overwrites an existing item and creates a missing one', async () => {
  const none: FakeReply = { types: 'aoao', values: [[], []] };
  for (const [replies, last] of [
    [{}, 'SetSecret'],
    [{ SearchItems: none }, 'CreateItem'],
  ] as const) {
    await withFakeSecretService(replies, async ({ env, calls }) => {
      await withSecretService(env, 'tpks', never, write);
      expect(calls).toEqual(['ReadAlias', 'Get', 'SearchItems', 'OpenSession', last]);
    });
  }
  expect(await runAndCatch({ SearchItems: none })).toBeUndefined();
  expect(await runAndCatch({ SearchItems: none }, remove)).toBe(false);
  expect(await runAndCatch({}, remove)).toBe(true);
});

test('reads the secret of an item', async () => {
  const secret = ['/session', [], [...Buffer.from('a2V5')], 'text/plain'];
  const GetSecret: FakeReply = { types: '(oayays)', values: [secret] };
  expect(await runAndCatch({ GetSecret })).toBe('a2V5');
});

test('is probed without writing or searching', async () => {
  await withFakeSecretService({}, async ({ env, calls }) => {
    await withSecretService(env, 'tpks', never, probe);
    expect(calls).toEqual(['ReadAlias', 'Get', 'OpenSession']);
  });
  const locked: FakeReply = { types: 'v', values: [['b', 1]] };
  expect(await runAndCatch({ Get: locked }, probe)).toMatchObject({
    message: 'The keyring is locked',
  });
});

test.each([
  // gnome-keyring sometimes crashes if another call is the first.
  [['ReadAlias'], ['ReadAlias']],
  // KeePassXC opens a dialog for a search while it is locked.
  [['Get'], ['ReadAlias', 'Get']],
  [
    ['SearchItems', 'OpenSession'],
    ['ReadAlias', 'Get', 'SearchItems', 'OpenSession'],
  ],
])('a read that waits for %j has sent only %j', async (unanswered, expected) => {
  const replies = Object.fromEntries(unanswered.map((member) => [member, 'none'] as const));
  await withFakeSecretService(replies, async ({ env, calls }) => {
    const waiting = new AbortController();
    const reading = withSecretService(env, 'tpks', waiting.signal, read);
    while (calls.length < expected.length) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting.abort();
    await expect(reading).rejects.toMatchObject({ kind: 'keychain' });
    expect(calls).toEqual(expected);
  });
});

describe('an unusable bus causes a keychain error', () => {
  const accepted = Buffer.from('DATA\r\nOK 0123456789abcdef\r\n');
  test.each([
    ['rejects the user', 'REJECTED EXTERNAL\r\n'],
    ['is not a D-Bus', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['uses big-endian messages', Buffer.concat([accepted, Buffer.from('B'.repeat(64))])],
    [
      'announces a message of 4 GiB',
      Buffer.concat([accepted, Buffer.from(`l${'\xff'.repeat(63)}`, 'latin1')]),
    ],
  ])('because it %s', async (_name, welcome) => {
    expect(await readFromBus((socket) => socket.write(welcome))).toMatchObject({
      kind: 'keychain',
      message: expect.stringMatching(/^No Secret Service is running on the D-Bus session bus \(/),
    });
  });

  test('because it closes the connection or does not exist', async () => {
    const absent = {
      kind: 'keychain',
      message: expect.stringMatching(/^No Secret Service is running/),
    };
    expect(await readFromBus((socket) => socket.end())).toMatchObject(absent);
    for (const env of [{ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' }, {}]) {
      await expect(withSecretService(env, 'tpks', never, read)).rejects.toMatchObject(absent);
    }
  });

  async function readFromBus(welcome: (socket: Socket) => void): Promise<unknown> {
    return withFolder(async (folder) => {
      const path = join(folder, 'bus');
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        welcome(socket);
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` };
      try {
        return await withSecretService(env, 'tpks', never, read).catch((error: unknown) => error);
      } finally {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  }
});

test.each([
  ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
  ['unix:path=/run/user/1000/bus,guid=0a1b', '/run/user/1000/bus'],
  ['unix:guid=0a1b,path=/run/bus', '/run/bus'],
  ['unix:abstract=/tmp/dbus-x,guid=0a1b', '\0/tmp/dbus-x'],
  ['tcp:host=127.0.0.1,port=1;unix:path=/tmp/with%20blank', '/tmp/with blank'],
  ['tcp:host=127.0.0.1,port=1', undefined],
  ['unix:runtime=yes', '/run/user/1000/bus'],
  ['autolaunch:', undefined],
])('converts the bus address %s to the socket path %j', (address, path) => {
  const env = { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: '/run/user/1000' };
  expect(findSessionBusPath(env)).toBe(path);
});

test('uses the bus in XDG_RUNTIME_DIR if there is no bus address', () => {
  expect(findSessionBusPath({ XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('/run/user/1000/bus');
  expect(findSessionBusPath({})).toBeUndefined();
});
