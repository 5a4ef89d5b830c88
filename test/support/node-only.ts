import { describe, test } from '@jest/globals';
import { isOtherProgram } from './spawned.js';

/**
 * Tests of Node itself, e.g. of its module loader or its memory. They are skipped if `TPKS_TEST_BIN`
 * names the program, because a standalone binary ignores `NODE_OPTIONS`.
 */
export const nodeOnly = {
  test: isOtherProgram ? test.skip : test,
  describe: isOtherProgram ? describe.skip : describe,
};
