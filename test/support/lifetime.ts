import { expect } from '@jest/globals';

/** What is left of a token that a server, maybe a slow one, has just given: whole seconds. */
export function expectLifetime(seconds: unknown, whole: number): void {
  expect(seconds).toBeLessThanOrEqual(whole);
  expect(seconds).toBeGreaterThan(whole - 30);
}
