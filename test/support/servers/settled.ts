import { isDeepStrictEqual } from 'node:util';

/**
 * Reads until two reads in a row return the same value. For tests that share a real UAA with other
 * tests: it counts a list and reads it in two queries, so if an entry is added in between, the last
 * entry is missing from the response.
 */
export async function readSettled<Value>(read: () => Promise<Value>): Promise<Value> {
  let last = await read();
  for (;;) {
    const next = await read();
    if (isDeepStrictEqual(next, last)) return next;
    last = next;
  }
}
