import { expect } from '@jest/globals';
import type { TpksResult } from '../program/headless.js';

/**
 * Expects an error of one line, a hint, and nothing on stdout.
 *
 * @param exitCode - a number or an asymmetric matcher.
 * @returns the message of the error.
 */
export function expectError({ code, stdout, stderr }: TpksResult, exitCode: unknown): string {
  expect({ code, stdout, stderr }).toEqual({
    code: exitCode,
    stdout: '',
    stderr: expect.stringMatching(/^\nError: [^\n]+\nHint: [^\n]+\n( {6}[^\n]+\n)*$/),
  });
  return /^\nError: (.+)/.exec(stderr)?.[1] ?? '';
}
