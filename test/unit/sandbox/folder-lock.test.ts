import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTemporaryFolder, lockFolder } from '../../../src/sandbox/folder-lock.js';
import { testAsRoot } from '../../support/as-root.js';
import { addCleanup, temporaryFolder } from './running-sandbox.js';

const lockIn = (folder: string): string => join(folder, 'sandbox.lock');

/** Returns the content of a lock of this process. */
async function readOwner(): Promise<Readonly<Record<string, unknown>>> {
  const { path, release } = await lockFolder(temporaryFolder());
  const content = readFileSync(lockIn(path), 'utf8');
  release();
  return JSON.parse(content) as Readonly<Record<string, unknown>>;
}

/** Returns the PID of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

const startTime = '1';

describe('lockFolder', () => {
  test('rejects a folder that is in use, until it is released', async () => {
    const folder = join(temporaryFolder(), 'new');
    const { release } = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      message: `The folder ${folder} is in use by another sandbox (process ${String(process.pid)})`,
      advice: `stop that sandbox: kill ${String(process.pid)}`,
    });
    release();
    (await lockFolder(folder)).release();
    expect(existsSync(lockIn(folder))).toBe(false);
  });

  test.each([0o777, 0o702, 0o1777])('rejects a folder with mode %o', async (mode) => {
    const folder = temporaryFolder();
    chmodSync(folder, mode);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: 'storage',
      message: `Other users can write to ${folder}`,
      advice: `chmod go-w '${folder}', or use another folder: tpks sandbox --dir PATH`,
    });
    expect(existsSync(lockIn(folder))).toBe(false);
  });

  test.each([0o700, 0o755])('accepts a folder with mode %o', async (mode) => {
    const folder = temporaryFolder();
    chmodSync(folder, mode);
    (await lockFolder(folder)).release();
  });

  testAsRoot('rejects a folder that belongs to another user or another group', async () => {
    const folder = temporaryFolder();
    chownSync(folder, 4321, 4321);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      kind: 'storage',
      message: `${folder} belongs to another user (uid 4321)`,
      advice: `sudo chown 0 '${folder}', or use another folder: tpks sandbox --dir PATH`,
    });
    chownSync(folder, 0, 4321);
    chmodSync(folder, 0o775);
    await expect(lockFolder(folder)).rejects.toMatchObject({ kind: 'storage' });
    chownSync(folder, 0, 0);
    (await lockFolder(folder)).release();
  });

  test.each([
    ['a process that has ended', async () => ({ pid: await endedPid() })],
    ['an earlier process with the PID of a running one', async () => ({ startTime })],
  ])('replaces the lock of %s', async (_owner, change) => {
    const folder = temporaryFolder();
    const owner = { ...(await readOwner()), ...(await change()) };
    writeFileSync(lockIn(folder), JSON.stringify(owner));
    const { release } = await lockFolder(folder);
    expect(JSON.parse(readFileSync(lockIn(folder), 'utf8'))).toEqual(await readOwner());
    release();
  });

  test.each(['', 'damaged', '{"pid":-1,"startTime":"","host":""}'])(
    'replaces the lock %j, which names no process',
    async (content) => {
      const folder = temporaryFolder();
      writeFileSync(lockIn(folder), content);
      (await lockFolder(folder)).release();
    },
  );

  test('does not replace the lock of a process on another machine', async () => {
    const folder = join(temporaryFolder(), "it's");
    (await lockFolder(folder)).release();
    const owner = { ...(await readOwner()), pid: await endedPid(), host: 'other' };
    writeFileSync(lockIn(folder), JSON.stringify(owner));
    await expect(lockFolder(folder)).rejects.toMatchObject({
      message: expect.stringContaining('on another machine or in a container'),
      advice: expect.stringMatching(/^if that sandbox has ended, delete its lock: rm '.*it'\\''s/),
    });
  });

  test('only one of several sandboxes replaces the lock of a process that has ended', async () => {
    const folder = temporaryFolder();
    const owner = { ...(await readOwner()), pid: await endedPid() };
    writeFileSync(lockIn(folder), JSON.stringify(owner));
    const attempts = Array.from({ length: 5 }, () => lockFolder(folder));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('createTemporaryFolder', () => {
  /** Creates a folder with a lock file, as a sandbox does. */
  function leaveFolder(owner: Readonly<Record<string, unknown>> | undefined): string {
    const folder = mkdtempSync(join(tmpdir(), 'tpks-sandbox-'));
    addCleanup(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    if (owner) writeFileSync(lockIn(folder), JSON.stringify(owner));
    return folder;
  }

  test('deletes the folders of sandboxes that were killed, and no others', async () => {
    const own = await readOwner();
    const killed = { ...own, pid: await endedPid(), isTemporary: true };
    const abandoned = leaveFolder(killed);
    const others = [
      leaveFolder({ ...own, isTemporary: true }),
      leaveFolder({ ...killed, isTemporary: false }),
      leaveFolder({ ...killed, host: 'other' }),
      leaveFolder(undefined),
    ];
    const { path, release } = createTemporaryFolder();
    expect(existsSync(abandoned)).toBe(false);
    expect(others.map((folder) => existsSync(folder))).toEqual([true, true, true, true]);
    expect(existsSync(path)).toBe(true);
    release();
    expect(existsSync(path)).toBe(false);
  });
});

test('a folder below /proc cannot be created', async () => {
  // Node never returns from a recursive mkdir there.
  await expect(lockFolder('/proc/tpks-sandbox/folder')).rejects.toThrow(/ENOENT.*\/proc/);
});
