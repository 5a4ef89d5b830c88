import { describe, test } from '@jest/globals';
import { isOtherProgram } from '../program/spawned.js';

/**
 * Creates replacements for `test` and `describe`, for tests that the program in `TPKS_TEST_BIN`
 * cannot pass. If it is set, the tests are skipped, and their names end with the reason, which
 * `npm run test:standalone` prints.
 * @param reason - says what the test does, e.g. `reads which modules Node loads`.
 */
export function createNodeOnly(reason: string) {
  if (!isOtherProgram) return { test, describe };
  return { test: withReason(test.skip, reason), describe: withReason(describe.skip, reason) };
}

type Define = typeof test.skip | typeof describe.skip;

/** Adds the reason to the names that a function like `test` receives, also through its `each`. */
function withReason<Function extends Define>(define: Function, reason: string): Function {
  const addReason = <Callee extends object>(callee: Callee): Callee =>
    new Proxy(callee, {
      apply: (target, self, [name, ...rest]: [string, ...unknown[]]): unknown =>
        Reflect.apply(target as () => unknown, self, [`${name} [Node only: ${reason}]`, ...rest]),
    });
  return new Proxy(addReason(define), {
    get: (target, key): unknown =>
      key === 'each'
        ? (...table: unknown[]) => addReason(Reflect.apply(define.each, define, table) as object)
        : Reflect.get(target, key),
  });
}
