import { expect } from '@jest/globals';

/**
 * Expects the remaining lifetime of a token that was just issued.
 *
 * @param seconds - the remaining lifetime; up to 30 seconds less, because the server may be slow.
 * @param whole - the full lifetime, in seconds.
 */
export function expectLifetime(seconds: unknown, whole: number): void {
  expect(seconds).toBeLessThanOrEqual(whole);
  expect(seconds).toBeGreaterThan(whole - 30);
}
