import { bin, isOtherProgram } from '../support/program/spawned.js';

/** Path of the standalone binary. These tests cannot run with Node. */
export const binary = findBinary();

function findBinary(): string {
  if (isOtherProgram) return bin;
  throw new Error(
    'set TPKS_TEST_BIN to a standalone binary, e.g. TPKS_TEST_BIN=$PWD/out/linux-x64/tpks',
  );
}
