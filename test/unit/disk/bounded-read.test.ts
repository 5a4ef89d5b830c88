import { spawnSync } from 'node:child_process';
import { closeSync, openSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  isRejectedFileError,
  readBytes,
  readBytesAsync,
  readText,
  readTextAsync,
  type ReadOptions,
} from '../../../src/disk/bounded-read.js';
import { fileFolder } from '../../support/file-folder.js';

const folder = fileFolder();
const small = { maximumBytes: 4096 };

function namedPipe(name: string): string {
  const path = join(folder.path, name);
  if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed');
  return path;
}

describe.each([
  ['synchronously', (path: string, rule: ReadOptions) => readBytes(path, rule)],
  ['asynchronously', readBytesAsync],
])('a file that is read %s', (_when, read) => {
  const errorOf = async (path: string, rule: ReadOptions = small): Promise<unknown> => {
    try {
      await read(path, rule);
    } catch (error) {
      return error;
    }
    throw new Error(`${path} was read`);
  };

  test.each([0, 1, 4095, 4096])('is read completely if it has %d bytes', async (size) => {
    const bytes = Buffer.alloc(size, 'x');
    expect(await read(folder.write('whole', bytes), small)).toEqual(bytes);
  });

  test('is read completely if the file system does not report its size', async () => {
    expect((await read('/proc/self/status', { maximumBytes: 65536 })).length).toBeGreaterThan(100);
    const refusal = await errorOf('/proc/self/status', { maximumBytes: 100 });
    expect(refusal).toMatchObject({ message: expect.stringContaining('too large') });
  });

  test.each([4097, 3 * 1024 ** 3])(
    'is rejected if it has %d bytes, and the message states the limit',
    async (size) => {
      const path = folder.write('large', '');
      truncateSync(path, size);
      const error = await errorOf(path);
      expect(error).toMatchObject({ message: 'it is too large (limit 4 KiB)' });
      expect(isRejectedFileError(error)).toBe(true);
    },
  );

  test.each([
    ['a device without an end', () => '/dev/zero', 'it is not a regular file'],
    ['a named pipe without a writer', () => namedPipe(`pipe${String(Math.random())}`), 'it is not'],
    ['a folder', () => folder.path, 'it is a directory, not a regular file'],
  ])('is rejected if it is %s', async (_what, path, reason) => {
    for (const rule of [small, { ...small, pipeSeconds: 30 }]) {
      const error = await errorOf(path(), rule);
      expect(error).toMatchObject({ message: expect.stringContaining(reason) });
      expect(isRejectedFileError(error)).toBe(true);
    }
  });

  test('can be a link, and errors of the file system are passed on', async () => {
    const link = join(folder.path, `link${String(Math.random())}`);
    symlinkSync(folder.write('target', 'x'), link);
    expect((await read(link, small)).toString()).toBe('x');
    const loop = join(folder.path, `loop${String(Math.random())}`);
    symlinkSync(loop, loop);
    expect(await errorOf(loop)).toMatchObject({ code: 'ELOOP' });
    const missing = await errorOf(join(folder.path, 'missing'));
    expect(missing).toMatchObject({ code: 'ENOENT' });
    expect(isRejectedFileError(missing)).toBe(false);
  });

  describe('from the pipe of a shell', () => {
    /** Opened for reading and writing, a pipe needs no other process and does not end. */
    const withPipe = async (body: (descriptor: number) => Promise<void>): Promise<void> => {
      const descriptor = openSync(namedPipe(`shell${String(Math.random())}`), 'r+');
      try {
        await body(descriptor);
      } finally {
        closeSync(descriptor);
      }
    };
    const patient = { ...small, pipeSeconds: 0.05 };

    test('is rejected unless the rule allows it', () =>
      withPipe(async (descriptor) => {
        const error = await errorOf(`/dev/fd/${String(descriptor)}`);
        expect(error).toMatchObject({ message: 'it is not a regular file' });
      }));

    test('is waited for until the time limit', () =>
      withPipe(async (descriptor) => {
        writeSync(descriptor, 'a start without an end');
        const error = await errorOf(`/dev/fd/${String(descriptor)}`, patient);
        expect(error).toMatchObject({ message: 'the pipe was not closed within 0.05 s' });
      }));

    test('is rejected as soon as it is too large', () =>
      withPipe(async (descriptor) => {
        writeSync(descriptor, 'x'.repeat(4097));
        const error = await errorOf(`/dev/fd/${String(descriptor)}`, patient);
        expect(error).toMatchObject({ message: 'it is too large (limit 4 KiB)' });
      }));
  });
});

test('text is UTF-8, without a byte order mark', async () => {
  const marked = folder.write('marked', '\ufeffgröße');
  expect(readText(marked, small)).toBe('größe');
  expect(await readTextAsync(marked, small)).toBe('größe');
  const latin = folder.write('latin', Buffer.from('größe', 'latin1'));
  expect(() => readText(latin, small)).toThrow('it is not UTF-8 text');
  await expect(readTextAsync(latin, small)).rejects.toThrow('it is not UTF-8 text');
});

test('a caller can inspect the open file before it is read', () => {
  const seen: number[] = [];
  const inspect: ReadOptions['inspect'] = (_descriptor, { size }) => seen.push(size);
  readBytes(folder.write('inspected', 'four'), { ...small, inspect });
  expect(() => readBytes('/dev/zero', { ...small, inspect })).toThrow();
  expect(seen).toEqual([4]);
});
