import { describe, test } from '@jest/globals';
import { isOtherProgram } from '../program/spawned.js';

interface NodeOnly {
  readonly test: typeof test;
  readonly describe: typeof describe;
}

/**
 * Creates replacements for `test` and `describe`, for tests that the program in `TPKS_TEST_BIN` cannot
 * pass. They define no tests if this variable is set. The reason is only for readers of the call.
 */
export const createNodeOnly: (reason: string) => NodeOnly = () => {
  if (!isOtherProgram) return { test, describe };
  const ignore: unknown = Object.assign(() => undefined, { each: () => () => undefined });
  return { test: ignore as typeof test, describe: ignore as typeof describe };
};
