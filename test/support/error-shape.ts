import { expect } from '@jest/globals';
import type { TpksResult } from './headless.js';

/**
 * Expects one sentence, a hint, nothing on stdout, and this exit code (or what matches it).
 * @returns the sentence.
 */
export function expectError({ code, stdout, stderr }: TpksResult, exitCode: unknown): string {
  expect({ code, stdout, stderr }).toEqual({
    code: exitCode,
    stdout: '',
    stderr: expect.stringMatching(/^\nError: [^\n]+\nHint: [^\n]+\n( {6}[^\n]+\n)*$/),
  });
  return /^\nError: (.+)/.exec(stderr)?.[1] ?? '';
}
