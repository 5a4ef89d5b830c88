import { geteuid } from 'node:process';
import { test } from '@jest/globals';

/**
 * Defines a test that only root can run, e.g. because it gives a file to another user. For other users,
 * prints one line instead. In CI, all tests run as an ordinary user, and the files that call this function
 * run again as root.
 */
export function testAsRoot(
  name: string,
  body: () => Promise<void>,
  define: (name: string, body: () => Promise<void>) => void = test,
): void {
  if (geteuid?.() === 0) define(name, body);
  else process.stderr.write(`skipped "${name}": only root can run this test\n`);
}
