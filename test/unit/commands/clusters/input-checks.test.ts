import { describe, expect, test } from '@jest/globals';
import { type ErrorDetails, TpksError } from '../../../../src/base/errors.js';
import {
  InputChecks,
  requireFlags,
  rejectProblems,
} from '../../../../src/commands/clusters/input-checks.js';

const failingCheck =
  (message: string, details: ErrorDetails = {}) =>
  () => {
    throw new TpksError('usage', message, details);
  };

async function runChecks(checks: readonly (() => unknown)[]): Promise<void> {
  const inputChecks = new InputChecks();
  for (const check of checks) await inputChecks.run(check);
  inputChecks.throwErrors();
}

describe('InputChecks', () => {
  test('runs all checks, even after one has failed', async () => {
    const ran: string[] = [];
    const checks = [failingCheck('one'), () => ran.push('two'), async () => ran.push('three')];
    await expect(runChecks(checks)).rejects.toMatchObject({ message: 'one' });
    expect(ran).toEqual(['two', 'three']);
  });

  test('reports all problems in one error', async () => {
    const checks = [
      failingCheck('one', { hint: 'nothing was sent' }),
      failingCheck('Nothing was sent: F has 2', { summary: 'F has 2', hint: 'a\nb' }),
    ];
    await expect(runChecks(checks)).rejects.toMatchObject({
      kind: 'usage',
      message: 'Nothing was sent: found 2 errors',
      hint: 'one\nF has 2:\na\nb',
    });
  });

  test('rethrows an error that is not a usage error', async () => {
    const bug = () => {
      throw new TypeError('x');
    };
    await expect(runChecks([failingCheck('one'), bug])).rejects.toThrow(TypeError);
  });

  test('returns the result of a check, and nothing for a failed one', async () => {
    const checks = new InputChecks();
    expect(await checks.run(() => 'result')).toBe('result');
    expect(await checks.run<unknown>(failingCheck('one'))).toBeUndefined();
  });

  test('does nothing if all checks pass', async () => {
    await expect(runChecks([() => 1, () => false])).resolves.toBeUndefined();
  });
});

test('rejectProblems reports one problem in the message and several in the hint, one per line', () => {
  expect(() => rejectProblems('--x', [])).not.toThrow();
  expect(() => rejectProblems('--x', ['is unknown'])).toThrow('--x: is unknown');
  expect(() => rejectProblems('--x', ['a', 'b'])).toThrow(
    expect.objectContaining({ message: '--x has 2 problems', hint: 'a\nb' }),
  );
});

test('requireFlags names the missing flags', () => {
  expect(() => requireFlags({ a: 'x', b: '' }, 'tpks x --help')).not.toThrow();
  expect(() => requireFlags({ a: undefined, b: 'x', 'c-c': undefined }, 'tpks x --help')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: 'Missing --a and --c-c',
      hint: 'tpks x --help',
    }),
  );
});
