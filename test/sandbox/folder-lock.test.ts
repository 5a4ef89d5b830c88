import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTemporaryFolder, lockFolder } from '../../src/sandbox/folder-lock.js';
import { testAsRoot } from '../support/runner/as-root.js';
import { temporaryFolder } from './running-sandbox.js';

const lockIn = (folder: string): string => join(folder, 'sandbox.lock');

/** Returns the content of a lock of this process. */
function readOwner(): Readonly<Record<string, unknown>> {
  const { path, release } = lockFolder(temporaryFolder());
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

/** Expects that the folder cannot be locked, and that the error has these members. */
function expectRejection(folder: string, error: object): void {
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining(error));
}

test('a folder that is in use is rejected until it is released', () => {
  const folder = join(temporaryFolder(), 'new', 'one');
  const { release } = lockFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expectRejection(folder, {
    message: `The folder ${folder} is in use by another sandbox (process ${String(process.pid)})`,
    advice: `stop that sandbox: kill ${String(process.pid)}`,
  });
  release();
  lockFolder(folder).release();
  expect(existsSync(lockIn(folder))).toBe(false);
});

test.each([0o777, 0o702, 0o1777])('a folder with mode %o is rejected', (mode) => {
  const folder = temporaryFolder();
  chmodSync(folder, mode);
  expectRejection(folder, {
    kind: 'storage',
    message: `Other users can write to ${folder}`,
    advice: `chmod go-w '${folder}', or use another folder: tpks sandbox --dir PATH`,
  });
  expect(existsSync(lockIn(folder))).toBe(false);
});

testAsRoot('a folder that another group can write to is rejected', async () => {
  const folder = temporaryFolder();
  chownSync(folder, 0, 4321);
  chmodSync(folder, 0o775);
  expectRejection(folder, { kind: 'storage' });
  chownSync(folder, 0, 0);
  lockFolder(folder).release();
});

test.each([
  ['a process that has ended', async () => ({ pid: await endedPid() })],
  ['an earlier process with the PID of a running one', () => ({ startTime: '1' })],
])('the lock of %s is replaced', async (_owner, change) => {
  const folder = temporaryFolder();
  writeFileSync(lockIn(folder), JSON.stringify({ ...readOwner(), ...(await change()) }));
  const { release } = lockFolder(folder);
  expect(JSON.parse(readFileSync(lockIn(folder), 'utf8'))).toEqual(readOwner());
  release();
});

test.each(['', 'damaged', '{"pid":-1}'])(
  'the lock %j, which names no process, is replaced',
  (content) => {
    const folder = temporaryFolder();
    writeFileSync(lockIn(folder), content);
    lockFolder(folder).release();
  },
);

test('the lock of a process on another machine is not replaced', async () => {
  const folder = join(temporaryFolder(), "it's");
  lockFolder(folder).release();
  const owner = { ...readOwner(), pid: await endedPid(), host: 'other' };
  writeFileSync(lockIn(folder), JSON.stringify(owner));
  expectRejection(folder, {
    message: expect.stringContaining('on other'),
    advice: expect.stringMatching(/^if that sandbox has ended, delete its lock: rm '.*it'\\''s/),
  });
});

test('a temporary folder is deleted when it is released', () => {
  const { path, release } = createTemporaryFolder();
  expect(existsSync(path)).toBe(true);
  release();
  expect(existsSync(path)).toBe(false);
});

test('a folder below /proc cannot be created', () => {
  // Node never returns from a recursive mkdir there.
  expect(() => lockFolder('/proc/tpks-sandbox/folder')).toThrow(/ENOENT.*\/proc/);
});
