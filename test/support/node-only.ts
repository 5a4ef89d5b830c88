import { describe, test } from '@jest/globals';
import { isOtherProgram } from './spawned.js';

/**
 * Replaces `test` and `describe` if a test depends on Node, e.g. on its module loader or its
 * memory. Skips the tests if `TPKS_TEST_BIN` is set, because a standalone binary ignores
 * `NODE_OPTIONS`.
 */
export const nodeOnly = {
  test: isOtherProgram ? test.skip : test,
  describe: isOtherProgram ? describe.skip : describe,
};
