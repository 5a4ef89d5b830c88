import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../errors.js';
import { removeTemporaries, temporaryBeside } from './temporary.js';

/** Room on the disk for the next version of a file. */
export interface ReservedFile {
  /** Replaces the file in one step: whoever reads it sees the old bytes or the new. Once only. */
  readonly replaceWith: (text: string) => Promise<void>;
  /** Gives the room back. Harmless after `replaceWith`. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the room for a new version of a file, readable for this user alone, so that what can go
 * wrong on the disk goes wrong now. Leftovers of killed processes are removed first.
 * @param path - the file; its folder exists.
 * @param bytes - the room; a longer text still fits if the disk has more.
 * @throws the file system's own errors.
 */
export async function reserveFile(path: string, bytes: number): Promise<ReservedFile> {
  await removeTemporaries(path, 'stale');
  const temporary = temporaryBeside(path);
  const file = await open(temporary, 'wx', 0o600);
  const release = async (): Promise<void> => {
    await file.close();
    await rm(temporary, { force: true });
  };
  try {
    // Random, for file systems that store no zeros.
    await writeAll(file, randomBytes(bytes));
    await file.sync();
  } catch (error) {
    await release();
    throw error;
  }
  return {
    replaceWith: async (text) => {
      const data = Buffer.from(text);
      await writeAll(file, data);
      await file.truncate(data.length);
      await file.sync();
      await file.close();
      await renameOver(temporary, path);
    },
    release,
  };
}

/** Replaces a file in one step, durably, readable for this user alone. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const reserved = await reserveFile(path, Buffer.byteLength(text));
  try {
    await reserved.replaceWith(text);
  } finally {
    await reserved.release();
  }
}

async function writeAll(file: FileHandle, data: Buffer): Promise<void> {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await file.write(data, done, data.length - done, done);
    done += bytesWritten;
  }
}

/** Windows refuses to replace a file while another process reads it, which takes a moment only. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (platform !== 'win32' || !isBusy || attempt === 40) throw error;
      await sleep(25);
    }
  }
}
