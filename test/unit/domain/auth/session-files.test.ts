import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import {
  chmod,
  cp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { removeOrphanedFiles } from '../../../../src/domain/auth/logouts.js';
import { seal } from '../../../../src/domain/auth/session-content.js';
import { SessionFiles } from '../../../../src/domain/auth/session-files.js';
import {
  type SessionLocation,
  type StoredSession,
  type WithLockFile,
} from '../../../../src/domain/auth/session-repository.js';
import { temporaryPathFor } from '../../../../src/platform/disk/atomic-file.js';
import { toFileName } from '../../../../src/platform/disk/private-files.js';
import type { Keychain } from '../../../../src/platform/keychain/keychain.js';
import { plain, withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { aKubernetesSession } from '../../../support/fakes/fake-kubernetes-sessions.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { startSave, type StartedSave } from '../../../support/fixtures/session-files.js';
import { sessionOf } from '../../../support/fixtures/session-sample.js';
import { createMemoryKeychain } from '../../../support/keychain/memory-keychain.js';
import { isNightly } from '../../../support/runner/nightly.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const context = 'cody@api.example.com';

interface OpenDeps {
  readonly context: string;
  readonly sessionId?: string;
  readonly directory: string;
  readonly keychain: Keychain;
  /** The keychain that an earlier login used. */
  readonly otherKeychain?: Keychain;
  readonly loginCommand?: string;
  readonly withLockFile?: WithLockFile;
}

/** One session of a repository. */
interface OpenSession {
  readonly location: SessionLocation;
  readonly sessions: SessionFiles;
  readonly load: () => Promise<StoredSession | undefined>;
  readonly delete: () => Promise<boolean>;
  /** Deletes what earlier logins of the context left behind. */
  readonly deleteEarlier: () => Promise<boolean>;
  readonly startSave: () => Promise<StartedSave>;
}

const runUnlocked: WithLockFile = (_path, work) => work();

function open({ context, directory, keychain, otherKeychain, ...rest }: OpenDeps): OpenSession {
  const { sessionId, loginCommand, withLockFile = runUnlocked } = rest;
  const sessions = new SessionFiles({
    directory,
    keychains: { file: keychain, keychain: otherKeychain ?? keychain },
    withLockFile,
  });
  const old = { name: context, store: otherKeychain === undefined ? 'file' : 'keychain' } as const;
  const location = { name: context, store: 'file', sessionId, loginCommand } as const;
  return {
    location,
    sessions,
    load: () => sessions.load(location),
    delete: () =>
      sessions.delete({ ...location, otherStore: otherKeychain && ('keychain' as const) }),
    deleteEarlier: () => sessions.delete(old, location),
    startSave: () => startSave(sessions, location),
  };
}

async function save(
  { sessions, location }: OpenSession,
  session: Plain<StoredSession>,
): Promise<void> {
  await sessions.save(location, withSecrets(session));
}

async function read(store: OpenSession): Promise<Plain<StoredSession> | undefined> {
  const session = await store.load();
  return session && plain(session);
}

interface Environment {
  readonly folder: string;
  readonly path: string;
  readonly keys: Map<string, string>;
  readonly keychain: Keychain;
  readonly store: OpenSession;
}

const loginCommand = 'tpks login -a api.example.com -u cody';

function withStore(body: (environment: Environment) => Promise<void>): Promise<void> {
  return withFolder(async (home) => {
    const folder = join(home, 'sessions');
    const keys = new Map<string, string>();
    const keychain = createMemoryKeychain(keys);
    const path = join(folder, `${toFileName(context)}.session`);
    const store = open({ context, directory: folder, keychain, loginCommand });
    await body({ folder, path, keys, keychain, store });
  });
}

describe('an invalid session file', () => {
  /** Encrypts any text as if it were a session. */
  const saveText = async (folder: string, key: string, text: string): Promise<void> =>
    writeFile(join(folder, `${toFileName(context)}.session`), seal(text, key, [context]));

  test.each([
    ['a date that is a number', { expiresAt: 1e300 }, 'expiresAt'],
    ['an invalid date', { expiresAt: '2026-13-45T00:00:00Z' }, 'expiresAt: not a date'],
    ['an infinite lifetime', { lifetimeSeconds: '1e999' }, 'lifetimeSeconds'],
    ['a clock offset out of range', { clockOffsetSeconds: 1e300 }, 'clockOffsetSeconds'],
    ['a rejection without a date', { refreshRejectedAt: 'never' }, 'refreshRejectedAt: not a date'],
    ['no token', { accessToken: null }, 'accessToken'],
    ['a deeply nested member', { more: nested(300) }, 'more than 200 levels deep'],
  ])('with %s is reported, and a login can overwrite it', (_name, changes, reason) =>
    withStore(async ({ store, keys, folder, path }) => {
      await save(store, sessionOf('token'));
      const key = keys.get(context)!;
      const text = JSON.stringify({ ...sessionOf('token'), ...changes });
      // JSON cannot express infinity, but a number that is too large is parsed as infinity.
      await saveText(folder, key, text.replace('"1e999"', '1e999'));
      const before = await readFile(path, 'utf8');
      await expect(store.load()).rejects.toMatchObject({
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

  test('in the format of a newer version is rejected and never overwritten', () =>
    withStore(async ({ store, path }) => {
      await save(store, sessionOf('token'));
      const newer = '{"version": 2, "sealed": "by a newer tpks"}\n';
      await writeFile(path, newer);
      const rejection = {
        kind: 'storage',
        message: `${path} was written by a newer version of tpks (format 2)`,
        hint: 'update tpks, or set TPKS_HOME to another folder',
      };
      await expect(store.load()).rejects.toMatchObject(rejection);
      await expect(store.startSave()).rejects.toMatchObject(rejection);
      expect(await readFile(path, 'utf8')).toBe(newer);
    }));

  test.each([
    ['too large', (path: string) => truncate(path, 3 * 1024 ** 3), 'too large (limit 32 MiB)'],
    ['not a regular file', linkToZero, 'not a regular file'],
  ])('that is %s is reported, and not read or overwritten', (_name, damage, reason) =>
    withStore(async ({ store, path, folder }) => {
      await save(store, sessionOf('token'));
      await damage(path);
      const rejection = {
        kind: 'storage',
        message: expect.stringMatching(`^Cannot (read|write) ${path}: it is`),
        hint: `move the file away: mv '${path}' '${path}.bad'`,
      };
      await expect(store.load()).rejects.toMatchObject(rejection);
      await expect(store.startSave()).rejects.toMatchObject({
        ...rejection,
        message: expect.stringContaining(reason),
      });
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
    }),
  );

  test('is rejected in a folder that other users can write to', () =>
    withStore(async ({ store, folder }) => {
      await save(store, sessionOf('token'));
      await chmod(folder, 0o777);
      const rejection = {
        kind: 'storage',
        message: `Other users can write to ${folder}`,
        hint: `chmod go-w '${folder}', or set TPKS_HOME to another folder`,
      };
      await expect(store.load()).rejects.toMatchObject(rejection);
      await expect(store.startSave()).rejects.toMatchObject(rejection);
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

describe('a stored session', () => {
  test('is read as it was written, with all or only the required values', () =>
    withStore(async ({ store }) => {
      const full = {
        ...sessionOf('token'),
        idToken: 'id',
        clientSecret: 'ü$ \u0000 "secret"',
        refreshRejectedAt: '2026-01-01T00:00:00.000Z',
      };
      await save(store, full);
      expect(await read(store)).toEqual(full);
      const minimal: Plain<StoredSession> = {
        ...sessionOf('x'.repeat(200_000)),
        refreshToken: undefined,
      };
      await save(store, minimal);
      expect(await read(store)).toEqual(minimal);
    }));

  test('has file mode 0600 and folder mode 0700, which each write restores', () =>
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

  test('has a random 32-byte key, written once, and is encrypted differently each time', () =>
    withStore(async ({ folder, path, keys, keychain }) => {
      let writes = 0;
      const countingKeychain: Keychain = {
        ...keychain,
        write: (account, key) => {
          writes += 1;
          return keychain.write(account, key);
        },
      };
      const store = open({ context, directory: folder, keychain: countingKeychain });
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

  test('does not contain readable tokens in any file', () =>
    withStore(async ({ store, folder }) => {
      await save(store, { ...sessionOf('eyJhbGciOi.tok.en'), clientSecret: 'hush' });
      const reservation = await store.startSave();
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
});

describe('a file that cannot be decrypted', () => {
  /** Returns the error that `read` throws; checks that the file is unchanged. */
  async function readError({ store, path }: Environment): Promise<unknown> {
    const before = await readFile(path);
    const error: unknown = await store.load().then(
      () => 'no error',
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

  test('because a byte was changed requires a login and is not deleted', () =>
    withStore(async (environment) => {
      const { store, path } = environment;
      await save(store, sessionOf('token'));
      const good = await readFile(path);
      // Every part of the file is longer than this, except the version.
      const step = isNightly ? 1 : 11;
      for (let index = 0; index < good.length; index += step) {
        const bad = Buffer.from(good);
        bad.writeUInt8(bad.readUInt8(index) ^ 1, index);
        await writeFile(path, bad);
        expect(await readError(environment)).toMatchObject(unauthenticated(path, damaged));
      }
      await writeFile(path, good);
      expect(await read(store)).toEqual(sessionOf('token'));
    }));

  test('because it was truncated, emptied, extended or replaced requires a login', () =>
    withStore(async (environment) => {
      const { store, path } = environment;
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
        expect(await readError(environment)).toMatchObject(unauthenticated(path, damaged));
      }
    }));

  test('because it belongs to another context requires a login', () =>
    withStore(async (environment) => {
      const { folder, path, keys, keychain } = environment;
      const alana = open({ context: 'alana', directory: folder, keychain });
      await save(alana, sessionOf('token'));
      keys.set(context, keys.get('alana')!);
      await cp(join(folder, `${toFileName('alana')}.session`), path);
      expect(await readError(environment)).toMatchObject(unauthenticated(path, damaged));
    }));

  test('because its key is missing or wrong requires a login, which replaces it', () =>
    withStore(async (environment) => {
      const { store, path, keys } = environment;
      await save(store, sessionOf('token'));
      keys.delete(context);
      expect(await readError(environment)).toMatchObject(
        unauthenticated(path, 'its key no longer exists'),
      );
      keys.set(context, Buffer.alloc(32, 7).toString('base64'));
      expect(await readError(environment)).toMatchObject(unauthenticated(path, damaged));
      await save(store, sessionOf('new'));
      expect(await read(store)).toEqual(sessionOf('new'));
    }));
});

describe('a reservation', () => {
  test('allocates more disk space than the current session, and release frees it', () =>
    withStore(async ({ store, folder, path }) => {
      await save(store, sessionOf('x'.repeat(30_000)));
      const before = await readFile(path);
      const reservation = await store.startSave();
      const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.tmp'));
      const { size, blocks, mode } = await stat(join(folder, name!));
      expect(size).toBe(before.length + 16 * 1024);
      expect(blocks * 512).toBeGreaterThanOrEqual(size);
      expect(mode & 0o777).toBe(0o600);
      await reservation.release();
      await reservation.release();
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.session`]);
      expect(await readFile(path)).toEqual(before);
    }));

  test('removes temporary files of ended processes, but not of running ones', () =>
    withStore(async ({ store, folder, path }) => {
      await save(store, sessionOf('token'));
      const { pid } = spawnSync(process.execPath, ['-e', '0']);
      const own = temporaryPathFor(path);
      const staleName = own.replace(`-${String(process.pid)}-`, `-${String(pid)}-`);
      const reused = own.replace(/-\d+-(\w+)\.tmp$/, '-1-$1.tmp');
      const foreign = own.replace(/\.\w+-(\d+)-/, '.0123456789-$1-');
      const other = join(folder, 'other.tmp');
      for (const file of [own, staleName, reused, foreign, other])
        await writeFile(file, 'leftover');
      await (await store.startSave()).release();
      const remaining = (await readdir(folder)).map((name) => join(folder, name));
      expect(remaining.sort()).toEqual([path, own, foreign, other].sort());
    }));

  test('cannot be written after another process removed the session', () =>
    withStore(async ({ store, folder, keys }) => {
      await save(store, sessionOf('token'));
      const reservation = await store.startSave();
      expect(await store.delete()).toBe(true);
      await expect(reservation.write(withSecrets(sessionOf('new')))).rejects.toMatchObject({
        kind: 'unauthenticated',
        hint: loginCommand,
      });
      await reservation.release();
      expect(await readdir(folder)).toEqual([]);
      expect(keys.size).toBe(0);
    }));
});

describe('remove', () => {
  test('deletes the file, its key and temporary files', () =>
    withStore(async ({ store, folder, path, keys }) => {
      await save(store, sessionOf('token'));
      await writeFile(temporaryPathFor(path), 'leftover');
      expect(await store.delete()).toBe(true);
      expect(await readdir(folder)).toEqual([]);
      expect(keys.size).toBe(0);
      expect(await store.load()).toBeUndefined();
      expect(await store.delete()).toBe(false);
    }));

  test('deletes the file even if the keychain fails, and reports the failure', () =>
    withStore(async ({ store, folder, keychain }) => {
      await save(store, sessionOf('token'));
      const locked = { ...keychain, remove: () => Promise.reject(new Error('locked')) };
      const other = open({ context, directory: folder, keychain: locked });
      await expect(other.delete()).rejects.toMatchObject({ message: 'locked' });
      expect(await readdir(folder)).toEqual([]);
    }));
});

describe('in a keychain that other home folders use', () => {
  /** Homes with the same context, and one keychain for all of them. */
  const withHomes = (body: (homes: Homes) => Promise<void>): Promise<void> =>
    withFolder(async (root) => {
      const keys = new Map<string, string>();
      const keychain: Keychain = { ...createMemoryKeychain(keys), isShared: true };
      const locate = (home: string) => ({ context, directory: join(root, home, 'sessions') });
      await body({
        root,
        keys,
        keychain,
        openIn: (home, more = {}) => open({ ...locate(home), keychain, loginCommand, ...more }),
        // Earlier versions named the items by the context only, as key files still are.
        openEarlier: (home) =>
          open({ ...locate(home), keychain: { ...keychain, isShared: false } }),
      });
    });
  const accounts = (keys: ReadonlyMap<string, string>) => [...keys.keys()];
  const newAccount = expect.stringMatching(/^cody@api\.example\.com [0-9a-f]{16}$/);

  test('each home has its own key, and a logout removes only this key', () =>
    withHomes(async ({ openIn, keys }) => {
      await save(openIn('one'), sessionOf('one'));
      await save(openIn('two'), sessionOf('two'));
      expect(accounts(keys)).toEqual([newAccount, newAccount]);
      expect(await openIn('one').delete()).toBe(true);
      expect(await read(openIn('two'))).toEqual(sessionOf('two'));
      expect(keys.size).toBe(1);
    }));

  test('a fresh session needs one lookup', () =>
    withHomes(async ({ openIn, keychain }) => {
      await save(openIn('one'), sessionOf('token'));
      const lookups: string[] = [];
      const counting: Keychain = {
        ...keychain,
        read: (account) => {
          lookups.push(account);
          return keychain.read(account);
        },
      };
      expect(await read(openIn('one', { keychain: counting }))).toEqual(sessionOf('token'));
      expect(lookups).toEqual([newAccount]);
    }));

  test('the item of an earlier version is read, copied, and deleted by a logout', () =>
    withHomes(async ({ openIn, openEarlier, keys }) => {
      await save(openEarlier('one'), sessionOf('token'));
      expect(accounts(keys)).toEqual([context]);
      expect(await read(openIn('one'))).toEqual(sessionOf('token'));
      expect(accounts(keys)).toEqual([context, newAccount]);
      expect(new Set(keys.values()).size).toBe(1);
      expect(await openIn('one').delete()).toBe(true);
      expect(accounts(keys)).toEqual([]);
    }));

  test("another home's item is not used, copied or deleted", () =>
    withHomes(async ({ openIn, openEarlier, keys }) => {
      await save(openEarlier('other'), sessionOf('other'));
      const key = keys.get(context);
      await save(openIn('one'), sessionOf('token'));
      expect(accounts(keys)).toEqual([context, newAccount]);
      expect(new Set(keys.values()).size).toBe(2);
      keys.delete(accounts(keys)[1]!);
      await expect(openIn('one').load()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: expect.stringMatching(/its key no longer exists$/),
      });
      await save(openIn('one'), sessionOf('token'));
      expect(await openIn('one').delete()).toBe(true);
      expect([...keys]).toEqual([[context, key]]);
      expect(await read(openEarlier('other'))).toEqual(sessionOf('other'));
    }));

  test('a login with the file store deletes its item, also that of an earlier version', () =>
    withHomes(async ({ openIn, openEarlier, keychain, keys }) => {
      await save(openEarlier('one'), sessionOf('old'));
      const moved = openIn('one', {
        sessionId: '0a1b',
        keychain: createMemoryKeychain(),
        otherKeychain: keychain,
      });
      await save(moved, sessionOf('new'));
      expect(await moved.deleteEarlier()).toBe(true);
      expect(accounts(keys)).toEqual([]);
      expect(await read(moved)).toEqual(sessionOf('new'));
    }));
});

interface Homes {
  readonly root: string;
  readonly keys: Map<string, string>;
  readonly keychain: Keychain;
  /** Opens the session of the context in a home folder. */
  readonly openIn: (home: string, more?: Partial<OpenDeps>) => OpenSession;
  readonly openEarlier: (home: string) => OpenSession;
}

describe('move', () => {
  const newLocation = { name: 'new', store: 'file' } as const;

  test('creates another key, and keeps the original until the settings name the copy', () =>
    withStore(async ({ store, folder, keychain, keys }) => {
      await save(store, sessionOf('token'));
      const originalKey = keys.get(context);
      const copy = open({ context: 'new', directory: folder, keychain });
      await store.sessions.move(store.location, newLocation, async () => {
        expect(await read(copy)).toEqual(sessionOf('token'));
        expect(await read(store)).toEqual(sessionOf('token'));
        expect([...keys.keys()].sort()).toEqual([context, 'new'].sort());
        expect(keys.get('new')).not.toBe(originalKey);
      });
      expect(await readdir(folder)).toEqual([`${toFileName('new')}.session`]);
      expect(await read(copy)).toEqual(sessionOf('token'));
      expect([...keys.keys()]).toEqual(['new']);
    }));

  test('keeps the original session if the settings cannot be written', () =>
    withStore(async ({ store }) => {
      await save(store, sessionOf('token'));
      const fail = () => Promise.reject(new Error('full'));
      await expect(store.sessions.move(store.location, newLocation, fail)).rejects.toThrow('full');
      expect(await read(store)).toEqual(sessionOf('token'));
    }));
});

describe('the lock', () => {
  const openLocked = ({ folder, keychain }: Environment, withLockFile: WithLockFile) =>
    open({ context, directory: folder, keychain, withLockFile });

  test('is a file next to the session, and is held while it is saved, moved or deleted', () =>
    withStore(async (environment) => {
      const paths: string[] = [];
      const { sessions, location } = openLocked(environment, (path, work) => {
        paths.push(path);
        return work();
      });
      await sessions.save(location, withSecrets(sessionOf('token')));
      await sessions.move(location, { name: 'new', store: 'file' }, async () => undefined);
      await sessions.delete(location);
      const path = join(environment.folder, `${toFileName(context)}.lock`);
      const newPath = join(environment.folder, `${toFileName('new')}.lock`);
      expect(paths).toEqual([path, path, newPath, path]);
    }));

  test('is not needed to delete a session if the disk is full', () =>
    withStore(async (environment) => {
      await save(environment.store, sessionOf('token'));
      const full = new TpksError('storage', 'no space left on device');
      const store = openLocked(environment, () => Promise.reject(full));
      expect(await store.delete()).toBe(true);
      expect(await readdir(environment.folder)).toEqual([]);
      await expect(save(store, sessionOf('token'))).rejects.toBe(full);
    }));

  test('that another process holds for too long prevents a deletion', () =>
    withStore(async (environment) => {
      await save(environment.store, sessionOf('token'));
      const held = new TpksError('unavailable', 'Process 7 has held the lock for more than 30 s');
      const store = openLocked(environment, () => Promise.reject(held));
      await expect(store.delete()).rejects.toBe(held);
      expect(await read(environment.store)).toEqual(sessionOf('token'));
    }));
});

describe('a session file of a later login', () => {
  const withLaterLogin = (
    body: (environment: Environment & { readonly later: OpenSession }) => Promise<void>,
  ) =>
    withStore(async (environment) => {
      const { folder: directory, keychain } = environment;
      const later = open({ context, sessionId: '0a1b', directory, keychain });
      await save(environment.store, sessionOf('old'));
      await save(later, sessionOf('new'));
      await body({ ...environment, later });
    });

  test('leaves the earlier one readable until it is removed', () =>
    withLaterLogin(async ({ store, later, folder }) => {
      expect(await read(store)).toEqual(sessionOf('old'));
      // The file of a login that was killed before its session file was complete.
      const unfinished = join(folder, `${toFileName(context)}.0123.session`);
      await writeFile(temporaryPathFor(unfinished), '');
      await later.deleteEarlier();
      expect(await store.load()).toBeUndefined();
      expect(await read(later)).toEqual(sessionOf('new'));
      expect(await readdir(folder)).toEqual([`${toFileName(context)}.0a1b.session`]);
    }));

  test('is removed together with earlier sessions, but not sessions of other contexts', () =>
    withLaterLogin(async ({ later, folder, keychain, keys }) => {
      const other = open({ context: `${context}.0a1b`, directory: folder, keychain });
      await save(other, sessionOf('other'));
      expect(await later.delete()).toBe(true);
      expect(await readdir(folder)).toEqual([`${toFileName(`${context}.0a1b`)}.session`]);
      expect([...keys.keys()]).toEqual([`${context}.0a1b`]);
    }));
});

test('keeps the files of contexts and Kubernetes sessions, and removes all others', () =>
  withFolder(async (folder) => {
    const folders = { sessions: join(folder, 'sessions'), keys: join(folder, 'keys') };
    for (const path of Object.values(folders)) mkdirSync(path);
    const names = ['cody', 'kubernetes:alana', 'kubernetes:gone', 'gone'];
    for (const name of names) {
      writeFileSync(join(folders.sessions, `${toFileName(name)}.session`), '');
      writeFileSync(join(folders.sessions, `${toFileName(name)}.calls`), '');
      writeFileSync(join(folders.keys, `${toFileName(name)}.key`), '');
    }
    await removeOrphanedFiles({
      settings: fakeSettings({
        contexts: { cody: codySettings },
        kubernetesSessions: { alana: aKubernetesSession() },
      }),
      folders,
    });
    const [cody, alana] = [toFileName('cody'), toFileName('kubernetes:alana')];
    expect(readdirSync(folders.sessions).sort()).toEqual(
      [`${cody}.session`, `${alana}.session`].sort(),
    );
    expect(readdirSync(folders.keys).sort()).toEqual([`${cody}.key`, `${alana}.key`].sort());
  }));
