import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../../../src/base/clock.js';
import { createLock, type LockDeps } from '../../../../src/platform/disk/lock.js';
import { currentProcess } from '../../../../src/platform/disk/owner-process.js';
import { bundle } from '../../../support/program/bundle.js';
import { spawnProgram } from '../../../support/program/program.js';
import { isNightly } from '../../../support/runner/nightly.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

/** How much longer than requested the fake clock sleeps, so that a lock is polled less often. */
const oversleep = 10;
/** The longest time between two polls. */
const pollMilliseconds = 50 * oversleep;

/**
 * A clock that advances only during a sleep.
 * @param jumpSeconds - how far the first sleep moves the time of day forward; negative = back
 */
function fakeClock(jumpSeconds = 0): Clock {
  let monotonic = 0;
  let timeOfDay = Date.parse('2026-01-01T00:00:00Z');
  return {
    now: () => new Date(timeOfDay),
    monotonic: () => monotonic,
    sleep: async (milliseconds) => {
      if (monotonic === 0) timeOfDay += jumpSeconds * 1000;
      monotonic += milliseconds * oversleep;
      timeOfDay += milliseconds * oversleep;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const daySeconds = 24 * 60 * 60;

const createTestLock = (path: string, deps: Partial<LockDeps> = {}) =>
  createLock(path, { clock: systemClock, ...deps });
const contentFor = (owner: object): string => `${JSON.stringify({ ...owner, id: 'x' })}\n`;
const deadPid = (): number => spawnSync('true').pid;
/** Makes a test fail early if it should get the lock immediately. */
const shortWait = { waitSeconds: 5 };

describe('a lock in one process', () => {
  test('runs tasks one after another, returns their results and deletes its file', () =>
    withFolder(async (folder) => {
      const { runExclusively } = createTestLock(join(folder, 'x.lock'));
      const order: string[] = [];
      const work = (name: string) => async () => {
        order.push(`${name} in`);
        await systemClock.sleep(5);
        order.push(`${name} out`);
        return name;
      };
      const names = ['a', 'b', 'c'];
      expect(await Promise.all(names.map((name) => runExclusively(work(name))))).toEqual(names);
      expect(order).toHaveLength(6);
      for (let index = 0; index < 6; index += 2) {
        expect(order[index + 1]).toBe(order[index]!.replace('in', 'out'));
      }
      expect(await readdir(folder)).toEqual([]);
    }));

  test('is released after a task that fails', () =>
    withFolder(async (folder) => {
      const { runExclusively } = createTestLock(join(folder, 'x.lock'), shortWait);
      const failing = runExclusively(() => Promise.reject(new Error('no')));
      await expect(failing).rejects.toMatchObject({ message: 'no' });
      expect(await runExclusively(async () => 1)).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    }));

  test('creates a private folder, and does not change an existing folder', () =>
    withFolder(async (folder) => {
      const created = join(folder, 'a', 'b');
      await createTestLock(join(created, 'x.lock')).runExclusively(async () => {
        expect((await stat(join(created, 'x.lock'))).mode & 0o777).toBe(0o600);
      });
      expect((await stat(created)).mode & 0o777).toBe(0o700);
      const existing = join(folder, 'shared');
      await mkdir(existing);
      await chmod(existing, 0o1777);
      await createTestLock(join(existing, 'x.lock')).runExclusively(async () => undefined);
      expect((await stat(existing)).mode & 0o7777).toBe(0o1777);
    }));

  test('writes its process and host to the lock file', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      const text = await createTestLock(path).runExclusively(() => readFile(path, 'utf8'));
      expect(JSON.parse(text)).toMatchObject({ ...currentProcess(), pid: process.pid });
      expect(text).toContain(hostname());
    }));

  test('works on a file system without hard links', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      const link = () => {
        throw Object.assign(new Error('no links'), { code: 'EPERM' });
      };
      const { runExclusively } = createTestLock(path, { createLink: link });
      let inside = 0;
      const work = async (): Promise<void> => {
        expect((inside += 1)).toBe(1);
        await systemClock.sleep(5);
        inside -= 1;
      };
      await Promise.all([runExclusively(work), runExclusively(work), runExclusively(work)]);
      await writeFile(path, contentFor({ ...currentProcess(), pid: deadPid() }));
      await createTestLock(path, { createLink: link, ...shortWait }).runExclusively(work);
      expect(await readdir(folder)).toEqual([]);
    }));

  test('recognizes a lock that it holds even if the file system reports that the link failed', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      const link = (from: string, to: string): void => {
        writeFileSync(to, readFileSync(from), { flag: 'wx' });
        throw Object.assign(new Error('sent twice'), { code: 'EEXIST' });
      };
      expect(
        await createTestLock(path, { createLink: link, ...shortWait }).runExclusively(
          async () => 1,
        ),
      ).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    }));
});

describe('a stale lock', () => {
  const dead: readonly (readonly [string, () => object])[] = [
    ['a process that has ended', () => ({ ...currentProcess(), pid: deadPid() })],
    ['a process whose PID is in use again', () => ({ ...currentProcess(), startTime: '1' })],
  ];
  test.each(dead)('of %s is taken over immediately', (_name, owner) =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      await writeFile(path, contentFor(owner()));
      const started = performance.now();
      await createTestLock(path, shortWait).runExclusively(async () => undefined);
      expect(performance.now() - started).toBeLessThan(2000);
      expect(await readdir(folder)).toEqual([]);
    }),
  );

  test('of a zombie process is taken over immediately', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      // The shell becomes `sleep`, which never waits for its child process.
      const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
      try {
        const pid = await new Promise<number>((resolve) => {
          parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
        });
        const readStat = async () =>
          (await readFile(`/proc/${String(pid)}/stat`, 'utf8')).split(' ');
        while ((await readStat())[2] !== 'Z') await systemClock.sleep(5);
        await writeFile(
          path,
          contentFor({ ...currentProcess(), pid, startTime: (await readStat())[21] }),
        );
        expect(await createTestLock(path, shortWait).runExclusively(async () => 1)).toBe(1);
      } finally {
        parent.kill();
      }
    }));

  test('of a process that ended while it took over another lock is taken over', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      for (const name of [path, `${path}.break`, `${path}.break.break`]) {
        await writeFile(name, contentFor({ ...currentProcess(), pid: deadPid() }));
      }
      expect(await createTestLock(path, shortWait).runExclusively(async () => 1)).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    }));

  test('of another host is taken over only when it is two minutes old', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      await writeFile(path, contentFor({ pid: 1, startTime: '1', host: 'other' }));
      const { runExclusively } = createTestLock(path, { clock: fakeClock() });
      await expect(runExclusively(async () => 1)).rejects.toMatchObject({
        kind: 'unavailable',
        message: `Process 1 on other has held ${path} for more than 30 s`,
      });
      expect(await readdir(folder)).toEqual(['x.lock']);
      const old = new Date(Date.now() - 121_000);
      await utimes(path, old, old);
      expect(await runExclusively(async () => 1)).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    }));

  test.each([
    ['an hour old because the clock was set forward', -3600, 5],
    ['to be from the future because the clock was set back', 3600, 20],
  ])(
    'of another host is observed before it is taken over if it seems %s',
    (_name, offset, seconds) =>
      withFolder(async (folder) => {
        const path = join(folder, 'x.lock');
        await writeFile(path, contentFor({ pid: 1, startTime: '1', host: 'other' }));
        const time = new Date(Date.now() + offset * 1000);
        await utimes(path, time, time);
        const clock = fakeClock();
        const shortLock = createTestLock(path, { clock, waitSeconds: seconds - 1 });
        await expect(shortLock.runExclusively(async () => 1)).rejects.toMatchObject({
          kind: 'unavailable',
        });
        const started = clock.monotonic();
        expect(await createTestLock(path, { clock }).runExclusively(async () => 1)).toBe(1);
        expect(clock.monotonic() - started).toBeGreaterThan(seconds * 1000);
        expect(clock.monotonic() - started).toBeLessThan(seconds * 1000 + 2 * pollMilliseconds);
      }),
  );

  test('without an owner is taken over after five seconds', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      await writeFile(path, '');
      const { runExclusively } = createTestLock(path, {
        clock: fakeClock(),
        waitSeconds: 2,
      });
      await expect(runExclusively(async () => 1)).rejects.toMatchObject({
        kind: 'unavailable',
        message: `Another process has held ${path} for more than 2 s`,
        hint: `if no other tpks is running, remove the file: rm '${path}'`,
      });
      const old = new Date(Date.now() - 6_000);
      await utimes(path, old, old);
      expect(await runExclusively(async () => 1)).toBe(1);
    }));
});

describe('a lock that is not available', () => {
  test.each([
    ['causes an error after 30 s that names the owner and the file, which is not changed', 0],
    ['causes an error after 30 s even if the clock is set back by a day', -daySeconds],
    ['causes an error after 30 s even if the clock is set forward by a day', daySeconds],
  ])('%s', (_name, jumpSeconds) =>
    withFolder(async (folder) => {
      const path = join(folder, 'x.lock');
      const held = contentFor(currentProcess());
      await writeFile(path, held);
      const clock = fakeClock(jumpSeconds);
      const started = clock.monotonic();
      const { runExclusively } = createTestLock(path, { clock });
      await expect(runExclusively(async () => 1)).rejects.toMatchObject({
        kind: 'unavailable',
        message: `Process ${String(process.pid)} has held ${path} for more than 30 s`,
        hint: `wait for the process or stop it (kill ${String(process.pid)}), then try again`,
      });
      const waited = clock.monotonic() - started;
      expect(waited).toBeGreaterThanOrEqual(30_000);
      expect(waited).toBeLessThan(30_000 + pollMilliseconds);
      expect(await readFile(path, 'utf8')).toBe(held);
      expect(await readdir(folder)).toEqual(['x.lock']);
    }),
  );

  test('causes a storage error with the path if the disk rejects it', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const path = join(folder, 'file', 'x.lock');
      let worked = false;
      const result = createTestLock(path).runExclusively(async () => (worked = true));
      await expect(result).rejects.toMatchObject({
        kind: 'storage',
        message: expect.stringMatching(/^Cannot write .*\/file\/x\.lock: file already exists$/),
      });
      expect(worked).toBe(false);
    }));
});

describe('a lock shared by processes', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundle('test/support/programs/lock-program.ts');
  });
  afterAll(() => rm(dirname(program), { recursive: true }));

  const files = (folder: string) => ({
    lock: join(folder, 'locks', 'x.lock'),
    counter: join(folder, 'counter'),
    log: join(folder, 'log'),
  });

  /**
   * @returns the PIDs of the processes that entered, in order.
   * Fails if a process entered before the previous one had left or was killed.
   */
  async function readEntries(log: string, killed: readonly string[] = []): Promise<string[]> {
    const pids: string[] = [];
    let inside = '';
    for (const line of (await readFile(log, 'utf8')).trim().split('\n')) {
      const [event, pid = ''] = line.split(' ');
      if (event === 'in') {
        if (inside !== '') expect(killed).toContain(inside);
        pids.push(pid);
        inside = pid;
      } else {
        expect(pid).toBe(inside);
        inside = '';
      }
    }
    return pids;
  }

  test(
    'runs the tasks of several processes, 5 each, one at a time',
    () =>
      withFolder(async (folder) => {
        const { lock, counter, log } = files(folder);
        await writeFile(counter, '0');
        const processes = isNightly ? 20 : 5;
        const running = Array.from({ length: processes }, () =>
          spawnProgram(program, [lock, counter, log, '5']),
        );
        for (const { code } of await Promise.all(running.map(({ end }) => end()))) {
          expect(code).toBe(0);
        }
        expect(await readFile(counter, 'utf8')).toBe(String(processes * 5));
        expect(await readEntries(log)).toHaveLength(processes * 5);
        expect(await readdir(dirname(lock))).toEqual([]);
      }),
    60_000,
  );

  test.each(Array.from({ length: isNightly ? 10 : 1 }, (_, index) => index + 1))(
    'is passed on immediately when its owner is killed (round %i)',
    () =>
      withFolder(async (folder) => {
        const { lock, counter, log } = files(folder);
        await writeFile(counter, '0');
        const holder = spawnProgram(program, [lock, counter, log, 'hang']);
        await holder.line();
        const waiting = [1, 2, 3].map(() => spawnProgram(program, [lock, counter, log, '1']));
        await systemClock.sleep(100 + Math.random() * 100);
        const killedAt = performance.now();
        await holder.kill();
        for (const { code } of await Promise.all(waiting.map(({ end }) => end()))) {
          expect(code).toBe(0);
        }
        expect(performance.now() - killedAt).toBeLessThan(5000);
        const order = await readEntries(log, [String(holder.pid)]);
        expect(order).toHaveLength(4);
        expect(await readFile(counter, 'utf8')).toBe('3');
        expect(await readdir(dirname(lock))).toEqual([]);
      }),
    20_000,
  );

  test(
    'remains exclusive and usable when processes are killed at any point',
    () =>
      withFolder(async (folder) => {
        const { lock, counter, log } = files(folder);
        await writeFile(counter, '0');
        const victimCount = isNightly ? 4 : 2;
        const running = Array.from({ length: 2 * victimCount }, () =>
          spawnProgram(program, [lock, counter, log, '15']),
        );
        const [victims, survivors] = [running.slice(0, victimCount), running.slice(victimCount)];
        await Promise.all(running.map(({ line }) => line()));
        for (const victim of victims) {
          await systemClock.sleep(Math.random() * 60);
          await victim.kill();
        }
        for (const { code, lines } of await Promise.all(survivors.map(({ end }) => end()))) {
          expect(code).toBe(0);
          expect(lines.at(-1)).toBe('done');
        }
        await readEntries(
          log,
          victims.map(({ pid }) => String(pid)),
        );
        await createTestLock(lock, shortWait).runExclusively(async () => undefined);
        expect(await readdir(dirname(lock))).toEqual([]);
      }),
    30_000,
  );
});
