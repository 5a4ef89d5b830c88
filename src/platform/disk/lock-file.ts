import * as v from 'valibot';
import { errorCode } from '../../base/errors.js';
import { readBytes } from './bounded-read.js';
import { isMissing } from './disk-error.js';
import type { OwnerProcess } from './owner-process.js';

/** A lock file has about 200 bytes. */
const maximumBytes = 4096;

/**
 * @returns the content of a lock file; `undefined` if it does not exist, and an empty string if it
 *   cannot be read, because kubectl creates lock files without any permissions.
 */
export function readLockFile(path: string): string | undefined {
  try {
    return readBytes(path, { maximumBytes }).toString('utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (errorCode(error) === 'EACCES') return '';
    throw error;
  }
}

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
  startTime: v.string(),
  host: v.string(),
});

/** @returns the process that holds a lock; `undefined` for an empty or damaged lock file. */
export function parseLockOwner(text: string): OwnerProcess | undefined {
  try {
    return v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
