import { expect } from '@jest/globals';
import type { TpksResult } from '../program/headless.js';

/**
 * Expects an error of one line, optional facts, a hint, and nothing on stdout.
 *
 * @param exitCode - a number or an asymmetric matcher.
 * @returns the message of the error and its facts.
 */
export function expectError({ code, stdout, stderr }: TpksResult, exitCode: unknown): string {
  expect({ code, stdout, stderr }).toEqual({
    code: exitCode,
    stdout: '',
    stderr: expect.stringMatching(
      /^\nError: [^\n]+\n( {7}[^\n]+\n)*Hint: [^\n]+\n( {6}[^\n]+\n)*$/,
    ),
  });
  return /^\nError: ([^]+?)\nHint: /.exec(stderr)?.[1] ?? '';
}
