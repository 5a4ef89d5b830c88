import { isObject } from './body.js';

/** Whether an error of node:fs or node:process has this code, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return isObject(error) && error['code'] === code;
}

/**
 * Runs file operations, and adds the path to their errors. node:fs reports no path for files that are
 * already open, e.g. if the disk is full.
 */
export function withPath<T>(path: string, operate: () => T): T {
  try {
    return operate();
  } catch (error) {
    throw isObject(error) && error['path'] === undefined ? Object.assign(error, { path }) : error;
  }
}
