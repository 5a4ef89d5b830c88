import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { streamOwnFile } from '../../platform/disk/bounded-read.js';
import { withDiskErrors } from '../../platform/disk/disk-error.js';
import { currentProcess, hasEnded } from '../../platform/disk/owner-process.js';
import { ensurePrivateFolder, hashText, toFileName } from '../../platform/disk/private-files.js';

/** A folder for the files of one run. Only this user can read it. */
export interface RunFolder {
  /** Creates a file. @param name - any text. @returns its absolute path. @throws {TpksError} `storage` */
  readonly create: (name: string, text: string) => Promise<string>;
  /** Adds data to a file. @throws {TpksError} `storage` */
  readonly append: (name: string, data: Uint8Array) => Promise<void>;
  /** Reads a file; nothing if it does not exist. */
  readonly read: (name: string) => AsyncIterable<Uint8Array>;
  /** @throws {TpksError} `storage` */
  readonly remove: () => Promise<void>;
}

/**
 * Creates the folder of this run, and deletes the folders of runs that were killed.
 * @param home - the folder of `config.json`.
 * @throws {TpksError} `storage`
 */
export function createRunFolder(home: string): Promise<RunFolder> {
  const parent = resolve(home, 'each');
  const { pid, startTime, host } = currentProcess();
  const own = join(parent, [shortHash(host), pid, startTime].join('-'));
  const remove = (path: string) => {
    rmSync(path, { recursive: true, force: true });
  };
  const writeErrors = <T>(path: string, work: () => T) =>
    withDiskErrors('write', path, work, storageHint);
  return writeErrors(own, () => {
    ensurePrivateFolder(parent);
    for (const name of readdirSync(parent)) {
      if (isLeftover(name, host)) tryToRemove(join(parent, name));
    }
    // A killed process may have had the same PID.
    remove(own);
    mkdirSync(own, { mode: 0o700 });
    const locate = (name: string) => join(own, toFileName(name));
    const append = (path: string, data: string | Uint8Array) =>
      writeErrors(path, () => {
        appendFileSync(path, data, { mode: 0o600 });
      });
    return {
      create: async (name, text) => {
        await append(locate(name), text);
        return locate(name);
      },
      append: (name, data) => append(locate(name), data),
      read: (name) => streamOwnFile(locate(name)),
      remove: () =>
        writeErrors(own, () => {
          remove(own);
        }),
    };
  });
}

/** Does not suggest credentials in the environment, because `each` needs a stored session. */
const storageHint = { hint: 'set TPKS_HOME to another folder, and log in there' };

/** A folder that belongs to another user, for example after `sudo`, must not prevent the run. */
function tryToRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next run tries again.
  }
}

/** Whether a folder belongs to a run on this machine that has ended. */
function isLeftover(name: string, host: string): boolean {
  const [, hostHash, pid, startTime = ''] = /^(\w+)-(\d+)-(\d*)$/.exec(name) ?? [];
  if (hostHash !== shortHash(host)) return false;
  return hasEnded({ pid: Number(pid), startTime, host }) === true;
}

function shortHash(host: string): string {
  return hashText(host).slice(0, 10);
}
