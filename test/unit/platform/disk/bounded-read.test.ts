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
} from '../../../../src/platform/disk/bounded-read.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();
const limits = { maximumBytes: 4096 };

function namedPipe(name: string): string {
  const path = join(folder.path, name);
  if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed');
  return path;
}

describe.each([
  ['synchronously', (path: string, rule: ReadOptions) => readBytes(path, rule)],
  ['asynchronously', readBytesAsync],
])('a file that is read %s', (_mode, read) => {
  const readError = async (path: string, rule: ReadOptions = limits): Promise<unknown> => {
    try {
      await read(path, rule);
    } catch (error) {
      return error;
    }
    throw new Error(`${path} was read`);
  };

  test.each([0, 1, 4095, 4096])('is read completely if it has %d bytes', async (size) => {
    const bytes = Buffer.alloc(size, 'x');
    expect(await read(folder.write('whole', bytes), limits)).toEqual(bytes);
  });

  test.each([4097, 3 * 1024 ** 3])(
    'is rejected with the limit if it has %d bytes',
    async (size) => {
      const path = folder.write('large', '');
      truncateSync(path, size);
      const error = await readError(path);
      expect(error).toMatchObject({ message: 'it is too large (limit 4 KiB)' });
      expect(isRejectedFileError(error)).toBe(true);
    },
  );

  test.each([
    ['an endless device', () => '/dev/zero', 'it is not a regular file'],
    ['a named pipe without a writer', () => namedPipe(`pipe${String(Math.random())}`), 'it is not'],
    ['a folder', () => folder.path, 'it is a directory, not a regular file'],
  ])('is rejected if it is %s', async (_name, path, reason) => {
    for (const rule of [limits, { ...limits, pipeSeconds: 30 }]) {
      const error = await readError(path(), rule);
      expect(error).toMatchObject({ message: expect.stringContaining(reason) });
      expect(isRejectedFileError(error)).toBe(true);
    }
  });

  test('can be a symbolic link, and file system errors are passed on', async () => {
    const link = join(folder.path, `link${String(Math.random())}`);
    symlinkSync(folder.write('target', 'x'), link);
    expect((await read(link, limits)).toString()).toBe('x');
    const loop = join(folder.path, `loop${String(Math.random())}`);
    symlinkSync(loop, loop);
    expect(await readError(loop)).toMatchObject({ code: 'ELOOP' });
    const missing = await readError(join(folder.path, 'missing'));
    expect(missing).toMatchObject({ code: 'ENOENT' });
    expect(isRejectedFileError(missing)).toBe(false);
  });

  describe('from a pipe of the shell', () => {
    /** A pipe that is opened for reading and writing needs no other process and does not end. */
    const withPipe = async (body: (descriptor: number) => Promise<void>): Promise<void> => {
      const descriptor = openSync(namedPipe(`shell${String(Math.random())}`), 'r+');
      try {
        await body(descriptor);
      } finally {
        closeSync(descriptor);
      }
    };
    const pipeLimits = { ...limits, pipeSeconds: 0.05 };

    test('is rejected unless pipes are allowed', () =>
      withPipe(async (descriptor) => {
        const error = await readError(`/dev/fd/${String(descriptor)}`);
        expect(error).toMatchObject({ message: 'it is not a regular file' });
      }));

    test('is rejected if it is not closed within the time limit', () =>
      withPipe(async (descriptor) => {
        writeSync(descriptor, 'incomplete');
        const error = await readError(`/dev/fd/${String(descriptor)}`, pipeLimits);
        expect(error).toMatchObject({ message: 'the pipe was not closed within 0.05 s' });
      }));

    test('is rejected as soon as it is too large', () =>
      withPipe(async (descriptor) => {
        writeSync(descriptor, 'x'.repeat(4097));
        const error = await readError(`/dev/fd/${String(descriptor)}`, pipeLimits);
        expect(error).toMatchObject({ message: 'it is too large (limit 4 KiB)' });
      }));
  });
});

test('reads UTF-8 text without its byte order mark, and rejects other encodings', async () => {
  const marked = folder.write('marked', '\ufeffgröße');
  expect(readText(marked, limits)).toBe('größe');
  expect(await readTextAsync(marked, limits)).toBe('größe');
  const latin = folder.write('latin', Buffer.from('größe', 'latin1'));
  expect(() => readText(latin, limits)).toThrow('it is not UTF-8 text');
  await expect(readTextAsync(latin, limits)).rejects.toThrow('it is not UTF-8 text');
});
