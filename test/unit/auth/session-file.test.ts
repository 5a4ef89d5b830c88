import { spawnSync } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createSessionStore,
  copySession,
  type SessionStore,
  type StoredSession,
} from '../../../src/auth/session-file.js';
import { seal } from '../../../src/auth/session-envelope.js';
import { toFileName } from '../../../src/disk/file-name.js';
import { temporaryPathFor } from '../../../src/disk/temporary-files.js';
import type { Keychain } from '../../../src/keychain/keychain.js';
import { bundle } from '../../support/bundle.js';
import { createMemoryKeychain } from '../../support/keychain/memory-keychain.js';
import { spawnProgram } from '../../support/program.js';
import { sessionOf } from '../../support/session-sample.js';
import { withFolder } from '../../support/temporary-folder.js';
import { plain, withSecrets, type Plain } from '../../support/plain-tokens.js';

const context = 'cody@api.example.com';

async function save(store: SessionStore, session: Plain<StoredSession>): Promise<void> {
  const reservation = await store.reserve();
  try {
    await reservation.write(withSecrets(session));
  } finally {
    await reservation.release();
  }
}

async function read(store: SessionStore): Promise<Plain<StoredSession> | undefined> {
  const session = await store.read();
  return session && plain(session);
}

interface Setting {
  readonly folder: string;
  readonly path: string;
  readonly keys: Map<string, string>;
  readonly keychain: Keychain;
  readonly store: SessionStore;
}

const loginCommand = 'tpks login -a api.example.com -u cody';

function withStore(body: (setting: Setting) => Promise<void>): Promise<void> {
  return withFolder(async (home) => {
    const folder = join(home, 'sessions');
    const keys = new Map<string, string>();
    const keychain = createMemoryKeychain(keys);
    const path = join(folder, `${toFileName(context)}.session`);
    const store = createSessionStore({ context, directory: folder, keychain, loginCommand });
    await body({ folder, path, keys, keychain, store });
  });
}

describe('a session file that is not valid', () => {
  /** Encrypts any text as if it were a session. */
  const saveText = (folder: string, key: string, text: string): Promise<void> =>
    writeFile(join(folder, `${toFileName(context)}.session`), seal(text, key, [context]));

  test.each([
    ['a date that is a number', { expiresAt: 1e300 }, 'expiresAt'],
    ['an invalid date', { expiresAt: '2026-13-45T00:00:00Z' }, 'expiresAt: not a date'],
    ['an infinite lifetime', { lifetimeSeconds: '1e999' }, 'lifetimeSeconds'],
    ['a clock offset out of range', { clockOffsetSeconds: 1e300 }, 'clockOffsetSeconds'],
    ['a rejection without a date', { refreshRejectedAt: 'never' }, 'refreshRejectedAt: not a date'],
    ['no token', { accessToken: null }, 'accessToken'],
    ['half of a surrogate pair', { scope: '\ud800' }, 'incomplete Unicode character'],
    ['a deeply nested member', { more: nested(200) }, 'more than 100 levels deep'],
  ])('because of %s is reported, and a login may overwrite it', (_what, change, reason) =>
    withStore(async ({ store, keys, folder, path }) => {
      await save(store, sessionOf('token'));
      const key = keys.get(context)!;
      const text = JSON.stringify({ ...sessionOf('token'), ...change });
      // JSON cannot express infinity, but a number that is too large is parsed as infinity.
      await saveText(folder, key, text.replace('"1e999"', '1e999'));
      const before = await readFile(path, 'utf8');
      await expect(store.read()).rejects.toMatchObject({
        kind: 'storage',
        message: expect.stringMatching(
          new RegExp(`^The session file ${path} has an invalid value: .*${reason}`),
        ),
        hint: loginCommand,
      });
      expect(await readFile(path, 'utf8')).toBe(before);
      await save(store, sessionOf('new'));
      expect(await read(store)).toEqual(sessionOf('new'));
    }),
  );

  test('in the format of a newer version is refused and never overwritten', () =>
    withStore(async ({ store, path }) => {
      await save(store, sessionOf('token'));
      const newer = '{"version": 2, "sealed": "by a newer tpks"}\n';
      await writeFile(path, newer);
      const refused = {
        kind: 'storage',
        message: `${path} was written by a newer version of tpks (format 2)`,
        hint: 'update tpks, or set TPKS_HOME to another folder',
      };
      await expect(store.read()).rejects.toMatchObject(refused);
      await expect(store.reserve()).rejects.toMatchObject(refused);
      expect(await readFile(path, 'utf8')).toBe(newer);
    }));

  test.each([
    ['is too large', (path: string) => truncate(path, 3 * 1024 ** 3), 'too large (limit 32 MiB)'],
    ['is not a regular file', linkToZero, 'not a regular file'],
  ])('because it %s is reported, and not read or overwritten', (_what, spoil, reason) =>
    withStore(async ({ store, path, folder }) => {
      await save(store, sessionOf('token'));
      await spoil(path);
      const refused = {
        kind: 'storage',
        message: expect.stringMatching(`^Cannot (read|write) ${path}: it is`),
        hint: `move the file away: mv '${path}' '${path}.bad'`,
      };
      await expect(store.read()).rejects.toMatchObject(refused);
      await expect(store.reserve()).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining(reason),
      });
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
    }),
  );

  test('is not written if it would be too large to read', () =>
    withStore(async ({ store, path }) => {
      await save(store, sessionOf('token'));
      await expect(save(store, sessionOf('x'.repeat(25 * 1024 ** 2)))).rejects.toMatchObject({
        kind: 'storage',
        message: `Cannot write ${path}: the tokens are larger than 32 MiB`,
      });
      expect(await read(store)).toEqual(sessionOf('token'));
    }));

  test('is refused in a folder that other users can write to', () =>
    withStore(async ({ store, folder }) => {
      await save(store, sessionOf('token'));
      await chmod(folder, 0o777);
      const refused = {
        kind: 'storage',
        message: `Other users can write to ${folder}`,
        hint: `chmod go-w '${folder}', or set TPKS_HOME to another folder`,
      };
      await expect(store.read()).rejects.toMatchObject(refused);
      await expect(store.reserve()).rejects.toMatchObject(refused);
    }));
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

async function linkToZero(path: string): Promise<void> {
  await rm(path);
  await symlink('/dev/zero', path);
}

describe('a session', () => {
  test('comes back as it was written, with everything and with little in it', () =>
    withStore(async ({ store }) => {
      const full = {
        ...sessionOf('token'),
        idToken: 'id',
        clientSecret: 'ü$ \u0000 "secret"',
        refreshRejectedAt: '2026-01-01T00:00:00.000Z',
      };
      await save(store, full);
      expect(await read(store)).toEqual(full);
      const little: Plain<StoredSession> = {
        ...sessionOf('x'.repeat(200_000)),
        refreshToken: undefined,
      };
      await save(store, little);
      expect(await read(store)).toEqual(little);
    }));

  test('that does not exist is looked for without asking the keychain', () =>
    withFolder(async (directory) => {
      const keychain = {
        ...createMemoryKeychain(),
        read: () => Promise.reject(new Error('must not be asked')),
      };
      expect(await createSessionStore({ context, directory, keychain }).read()).toBeUndefined();
      const deeper = { context, directory: join(directory, 'missing'), keychain };
      expect(await createSessionStore(deeper).read()).toBeUndefined();
    }));

  test('lies in a 0600 file in a 0700 folder, and a folder that was opened is closed', () =>
    withStore(async ({ store, folder, path }) => {
      const umask = process.umask(0);
      try {
        await save(store, sessionOf('one'));
        expect((await stat(path)).mode & 0o777).toBe(0o600);
        expect((await stat(folder)).mode & 0o777).toBe(0o700);
        await chmod(folder, 0o755);
        await chmod(path, 0o644);
        await save(store, sessionOf('two'));
      } finally {
        process.umask(umask);
      }
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
    }));

  test('has a random key of 32 bytes, written once, and never the same bytes twice', () =>
    withStore(async ({ folder, path, keys, keychain }) => {
      let writes = 0;
      const counting: Keychain = {
        ...keychain,
        write: (account, key) => {
          writes += 1;
          return keychain.write(account, key);
        },
      };
      const store = createSessionStore({ context, directory: folder, keychain: counting });
      await save(store, sessionOf('one'));
      const [key, first] = [keys.get(context), await readFile(path, 'utf8')];
      await save(store, sessionOf('one'));
      await save(store, sessionOf('one'));
      expect(writes).toBe(1);
      expect(keys.get(context)).toBe(key);
      expect(Buffer.from(key!, 'base64')).toHaveLength(32);
      expect(await readFile(path, 'utf8')).not.toBe(first);
      expect(JSON.parse(first)).toEqual({
        version: 1,
        iv: expect.stringMatching(/^[\w+/]{16}$/),
        tag: expect.stringMatching(/^[\w+/]{22}==$/),
        data: expect.any(String),
      });
    }));

  test('shows nothing of its tokens in any file', () =>
    withStore(async ({ store, folder }) => {
      await save(store, { ...sessionOf('eyJhbGciOi.tok.en'), clientSecret: 'hush' });
      const reservation = await store.reserve();
      const files = await Promise.all(
        (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')),
      );
      await reservation.release();
      expect(files).toHaveLength(2);
      for (const text of files) {
        for (const secret of ['eyJhbGciOi', 'refresh-of', 'hush', btoa('eyJhbGciOi')]) {
          expect(text).not.toContain(secret);
        }
      }
    }));

  test('gets a new key in place of one that is none', () =>
    withStore(async ({ store, keys }) => {
      keys.set(context, 'not a key');
      await save(store, sessionOf('token'));
      expect(await read(store)).toEqual(sessionOf('token'));
    }));
});

describe('a file that cannot be decrypted', () => {
  /** @returns what `read` throws; the file must be as it was. */
  async function failure({ store, path }: Setting): Promise<unknown> {
    const before = await readFile(path);
    const error: unknown = await store.read().then(
      () => 'it was read',
      (caught: unknown) => caught,
    );
    expect(await readFile(path)).toEqual(before);
    return error;
  }
  const unauthenticated = (path: string, why: string) => ({
    kind: 'unauthenticated',
    message: `The session file ${path} cannot be decrypted: ${why}`,
    hint: loginCommand,
  });
  const damaged = 'it is damaged or was encrypted with another key';

  test('because any of its bytes was changed asks for a login and is kept', () =>
    withStore(async (setting) => {
      const { store, path } = setting;
      await save(store, sessionOf('token'));
      const good = await readFile(path);
      for (let at = 0; at < good.length; at += 1) {
        const bad = Buffer.from(good);
        bad.writeUInt8(bad.readUInt8(at) ^ 1, at);
        await writeFile(path, bad);
        expect(await failure(setting)).toMatchObject(unauthenticated(path, damaged));
      }
      await writeFile(path, good);
      expect(await read(store)).toEqual(sessionOf('token'));
    }));

  test('because it was cut, emptied, lengthened or replaced asks for a login', () =>
    withStore(async (setting) => {
      const { store, path } = setting;
      await save(store, sessionOf('token'));
      const good = await readFile(path, 'utf8');
      const envelope = JSON.parse(good) as Record<string, string>;
      const shortTag = Buffer.from(envelope['tag']!, 'base64').subarray(0, 4).toString('base64');
      for (const bad of [
        '',
        good.slice(0, good.length / 2),
        `${good} `,
        'null',
        '[]',
        '{"version":1}',
        `${JSON.stringify({ ...envelope, version: 0 })}\n`,
        `${JSON.stringify({ ...envelope, tag: shortTag })}\n`,
        `${JSON.stringify({ ...envelope, iv: '' })}\n`,
        `${JSON.stringify({ ...envelope, data: '' })}\n`,
        JSON.stringify(sessionOf('plain')),
      ]) {
        await writeFile(path, bad);
        expect(await failure(setting)).toMatchObject(unauthenticated(path, damaged));
      }
    }));

  test('because it belongs to another context asks for a login', () =>
    withStore(async (setting) => {
      const { folder, path, keys, keychain } = setting;
      const alana = createSessionStore({ context: 'alana', directory: folder, keychain });
      await save(alana, sessionOf('token'));
      keys.set(context, keys.get('alana')!);
      await cp(join(folder, `${toFileName('alana')}.session`), path);
      expect(await failure(setting)).toMatchObject(unauthenticated(path, damaged));
    }));

  test('because its key is gone or another one asks for a login, which mends it', () =>
    withStore(async (setting) => {
      const { store, path, keys } = setting;
      await save(store, sessionOf('token'));
      keys.delete(context);
      expect(await failure(setting)).toMatchObject(
        unauthenticated(path, 'its key no longer exists'),
      );
      keys.set(context, Buffer.alloc(32, 7).toString('base64'));
      expect(await failure(setting)).toMatchObject(unauthenticated(path, damaged));
      await save(store, sessionOf('new'));
      expect(await read(store)).toEqual(sessionOf('new'));
    }));

  test('because the keychain is of no use is the error of the keychain', () =>
    withStore(async ({ folder, store, keychain }) => {
      await save(store, sessionOf('token'));
      const locked = { ...keychain, read: () => Promise.reject(new Error('locked')) };
      const other = createSessionStore({ context, directory: folder, keychain: locked });
      await expect(other.read()).rejects.toMatchObject({ message: 'locked' });
    }));

  test('because it is a folder is named', () =>
    withStore(async ({ store, path }) => {
      await mkdir(path, { recursive: true });
      await expect(store.read()).rejects.toMatchObject({
        kind: 'storage',
        message: expect.stringMatching(/^Cannot read .*\.session: /),
      });
    }));
});

describe('a reservation', () => {
  test('takes real room, more than the session of now, and gives it back unused', () =>
    withStore(async ({ store, folder, path }) => {
      await save(store, sessionOf('x'.repeat(30_000)));
      const before = await readFile(path);
      const reservation = await store.reserve();
      const [name] = (await readdir(folder)).filter((found) => found.endsWith('.tmp'));
      const { size, blocks, mode } = await stat(join(folder, name!));
      expect(size).toBe(before.length + 16 * 1024);
      expect(blocks * 512).toBeGreaterThanOrEqual(size);
      expect(mode & 0o777).toBe(0o600);
      await reservation.release();
      await reservation.release();
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
      expect(await readFile(path)).toEqual(before);
    }));

  test('sweeps up after dead processes, not after living ones', () =>
    withStore(async ({ store, folder, path }) => {
      await save(store, sessionOf('token'));
      const { pid } = spawnSync(process.execPath, ['-e', '0']);
      const mine = temporaryPathFor(path);
      const dead = mine.replace(`-${String(process.pid)}-`, `-${String(pid)}-`);
      const reused = mine.replace(/-\d+-(\w+)\.tmp$/, '-1-$1.tmp');
      const foreign = mine.replace(/\.\w+-(\d+)-/, '.0123456789-$1-');
      const other = join(folder, 'other.tmp');
      for (const file of [mine, dead, reused, foreign, other]) await writeFile(file, 'left');
      await (await store.reserve()).release();
      const left = (await readdir(folder)).map((name) => join(folder, name));
      expect(left.sort()).toEqual([path, mine, foreign, other].sort());
    }));

  test('is not written once the session was removed by another process', () =>
    withStore(async ({ store, folder, keys }) => {
      await save(store, sessionOf('token'));
      const reservation = await store.reserve();
      expect(await store.remove()).toBe(true);
      await expect(reservation.write(withSecrets(sessionOf('new')))).rejects.toMatchObject({
        kind: 'unauthenticated',
        hint: loginCommand,
      });
      await reservation.release();
      expect(await readdir(folder)).toEqual([]);
      expect(keys.size).toBe(0);
    }));
});

describe('removing', () => {
  test('takes the file, its key and what was left beside it', () =>
    withStore(async ({ store, folder, path, keys }) => {
      await save(store, sessionOf('token'));
      await writeFile(temporaryPathFor(path), 'left');
      expect(await store.remove()).toBe(true);
      expect(await readdir(folder)).toEqual([]);
      expect(keys.size).toBe(0);
      expect(await store.read()).toBeUndefined();
      expect(await store.remove()).toBe(false);
    }));

  test('says that there was something when only the key or only the file was left', () =>
    withStore(async ({ store, path, keys }) => {
      await save(store, sessionOf('token'));
      await rm(path);
      expect(await store.remove()).toBe(true);
      await save(store, sessionOf('token'));
      keys.clear();
      expect(await store.remove()).toBe(true);
    }));

  test('takes the file even if the keychain is of no use, and says that it is not', () =>
    withStore(async ({ store, folder, keychain }) => {
      await save(store, sessionOf('token'));
      const locked = { ...keychain, remove: () => Promise.reject(new Error('locked')) };
      const other = createSessionStore({ context, directory: folder, keychain: locked });
      await expect(other.remove()).rejects.toMatchObject({ message: 'locked' });
      expect(await readdir(folder)).toEqual([]);
    }));
});

describe('copying to another name', () => {
  test('gives the copy a key of its own', () =>
    withStore(async ({ store, folder, keychain, keys }) => {
      await save(store, sessionOf('token'));
      const old = keys.get(context);
      const to = createSessionStore({ context: 'new', directory: folder, keychain });
      expect(await copySession(store, to)).toBe(true);
      expect(await read(to)).toEqual(sessionOf('token'));
      expect(await read(store)).toEqual(sessionOf('token'));
      expect([...keys.keys()].sort()).toEqual([context, 'new'].sort());
      expect(keys.get('new')).not.toBe(old);
      await store.remove();
      expect(await readdir(folder)).toEqual([`${toFileName('new')}.session`]);
      expect(await copySession(store, to)).toBe(false);
      expect(await read(to)).toEqual(sessionOf('token'));
    }));

  test('keeps the old session when the new one cannot be written', () =>
    withStore(async ({ store, folder, keychain }) => {
      await save(store, sessionOf('token'));
      const full = { ...keychain, write: () => Promise.reject(new Error('locked')) };
      const to = createSessionStore({ context: 'new', directory: folder, keychain: full });
      await expect(copySession(store, to)).rejects.toMatchObject({ message: 'locked' });
      expect(await read(store)).toEqual(sessionOf('token'));
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
    }));
});

test('who reads while others write sees one session or another, whole', () =>
  withStore(async ({ store, folder }) => {
    await save(store, sessionOf('token-0'));
    let isDone = false;
    const readers = Array.from({ length: 4 }, async () => {
      const seen = new Set<string | undefined>();
      while (!isDone) {
        seen.add((await read(store))?.accessToken.slice(0, 6));
        // A read does not wait for the disk, so let the writers go on.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return seen;
    });
    const writers = Array.from({ length: 30 }, (_, round) =>
      save(store, sessionOf(`token-${'x'.repeat(round * 300)}`)),
    );
    await Promise.all(writers);
    isDone = true;
    for (const seen of await Promise.all(readers)) expect([...seen]).toEqual(['token-']);
    expect(await readdir(folder)).toHaveLength(1);
  }));

describe('in processes of their own', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundle('test/support/session-program.ts');
  });
  afterAll(() => rm(dirname(program), { recursive: true }));

  const lines = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  test(
    'a writer that is killed at any time leaves a whole session, and no litter for long',
    () =>
      withFolder(async (folder) => {
        const sessions = join(folder, 'sessions');
        for (let round = 0; round < 8; round += 1) {
          const writer = spawnProgram(program, [folder, 'writeForever']);
          await writer.line();
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
          await writer.kill();
          const { stdout } = spawnSync(process.execPath, [program, folder, 'read'], {
            encoding: 'utf8',
          });
          expect(lines(stdout)).toEqual([{ value: expect.stringMatching(/^token-\d+-x*$/) }]);
        }
        spawnSync(process.execPath, [program, folder, 'reserve', 'release']);
        expect(await readdir(sessions)).toHaveLength(1);
      }),
    30_000,
  );

  test('what a killed process had reserved goes with the session', () =>
    withFolder(async (folder) => {
      const writer = spawnProgram(program, [folder, 'reserve', 'write:token', 'reserve', 'hang']);
      for (let answers = 0; answers < 3; answers += 1) await writer.line();
      await writer.kill();
      expect(await readdir(join(folder, 'sessions'))).toHaveLength(2);
      spawnSync(process.execPath, [program, folder, 'remove']);
      expect(await readdir(join(folder, 'sessions'))).toEqual([]);
      expect(await readdir(join(folder, 'keys'))).toEqual([]);
    }));

  test('a folder that is closed to us is named, with the cause and the way out', () =>
    withFolder(async (folder) => {
      await chmod(folder, 0o500);
      const { stdout } = spawnSync(process.execPath, [program, folder, 'nobody', 'reserve'], {
        encoding: 'utf8',
      });
      expect(lines(stdout)[1]).toEqual({
        kind: 'storage',
        message: `Cannot write ${join(folder, 'sessions', fileOfCody)}: permission denied`,
        hint: expect.stringMatching(/TPKS_HOME/),
      });
    }));

  const ownMounts = ['--user', '--map-root-user', '--mount'];
  const canMount =
    spawnSync('unshare', [...ownMounts, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0;

  (canMount ? describe : describe.skip)('on a small disk', () => {
    /** Mounts one on the folder for one run of the program, out of sight of all others. */
    const run = (folder: string, ...steps: string[]): unknown[] => {
      const mount = 'mount -t tmpfs -o size=256k tmpfs "$3" && exec "$@"';
      const command = [process.execPath, program, folder, ...steps];
      const { stdout, stderr } = spawnSync(
        'unshare',
        [...ownMounts, 'sh', '-c', mount, 'sh', ...command],
        { encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      return lines(stdout);
    };
    const full = (folder: string) => ({
      kind: 'storage',
      message: `Cannot write ${join(folder, 'sessions', fileOfCody)}: no space left on device`,
      hint: 'free some space, or set TPKS_HOME to another folder',
    });

    test('that is full a reservation fails, and the session is as it was', () =>
      withFolder(async (folder) => {
        const steps = ['reserve', 'write:old', 'release', 'fill', 'reserve', 'list', 'read'];
        expect(run(folder, ...steps).slice(4)).toEqual([
          full(folder),
          { value: [fileOfCody] },
          { value: 'old' },
        ]);
      }));

    test('that becomes full afterwards a reserved session is written all the same', () =>
      withFolder(async (folder) => {
        const steps = ['reserve', 'write:old', 'reserve', 'fill', 'write:new', 'list', 'read'];
        expect(run(folder, ...steps).slice(4)).toEqual([
          {},
          { value: [fileOfCody] },
          { value: 'new' },
        ]);
      }));

    test('that is read-only a reservation fails, and the session can be read', () =>
      withFolder(async (folder) => {
        const steps = ['reserve', 'write:old', 'release', 'readOnly', 'reserve', 'read'];
        expect(run(folder, ...steps).slice(4)).toEqual([
          {
            kind: 'storage',
            message: `Cannot write ${join(folder, 'sessions', fileOfCody)}: read-only file system`,
            hint: expect.stringMatching(/TPKS_HOME.*TPKS_API/),
          },
          { value: 'old' },
        ]);
      }));
  });
});

const fileOfCody = `${toFileName('cody')}.session`;

describe('a session file of a later login', () => {
  const withLater = (
    body: (setting: Setting & { readonly later: SessionStore }) => Promise<void>,
  ) =>
    withStore(async (setting) => {
      const { folder: directory, keychain } = setting;
      const later = createSessionStore({ context, sessionId: '0a1b', directory, keychain });
      await save(setting.store, sessionOf('old'));
      await save(later, sessionOf('new'));
      await body({ ...setting, later });
    });

  test('leaves the earlier one readable until that is removed', () =>
    withLater(async ({ store, later, folder }) => {
      expect(await read(store)).toEqual(sessionOf('old'));
      // Of a login that was killed before its session file was complete.
      const unfinished = join(folder, `${toFileName(context)}.0123.session`);
      await writeFile(temporaryPathFor(unfinished), '');
      await later.removeEarlierFiles();
      expect(await store.read()).toBeUndefined();
      expect(await read(later)).toEqual(sessionOf('new'));
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.0a1b.session`]);
    }));

  test('does not open under the name of the earlier one', () =>
    withLater(async ({ store, folder, path }) => {
      await cp(join(folder, `${toFileName(context)}.0a1b.session`), path);
      await expect(store.read()).rejects.toMatchObject({ kind: 'unauthenticated' });
    }));

  test('is removed together with the earlier ones, not with those of other contexts', () =>
    withLater(async ({ later, folder, keychain, keys }) => {
      const other = createSessionStore({ context: `${context}.0a1b`, directory: folder, keychain });
      await save(other, sessionOf('other'));
      expect(await later.remove()).toBe(true);
      expect(await readdir(folder)).toEqual([`${toFileName(`${context}.0a1b`)}.session`]);
      expect([...keys.keys()]).toEqual([`${context}.0a1b`]);
    }));

  test('is removed with the key that an interrupted login left in the other store', () =>
    withStore(async ({ folder: directory, keychain, keys }) => {
      const otherKeys = new Map([[context, 'left']]);
      const otherKeychain = createMemoryKeychain(otherKeys);
      const store = createSessionStore({ context, directory, keychain, otherKeychain });
      await save(store, sessionOf('token'));
      expect(await store.remove()).toBe(true);
      expect([keys.size, otherKeys.size]).toEqual([0, 0]);
    }));
});
