import { describe, expect, test } from '@jest/globals';
import { runChecks, requireFlags, rejectProblems } from '../../../src/commands/problems.js';
import { TpksError } from '../../../src/errors.js';

const wrong = (message: string, hint?: string) => () => {
  throw new TpksError('usage', message, hint === undefined ? {} : { hint });
};

describe('all checks', () => {
  test('are run, also after one has failed', async () => {
    const ran: string[] = [];
    const checks = [wrong('one'), () => ran.push('two'), async () => ran.push('three')];
    await expect(runChecks(checks)).rejects.toMatchObject({ message: 'one' });
    expect(ran).toEqual(['two', 'three']);
  });

  test('tell together what is wrong', async () => {
    const checks = [wrong('one', 'nothing was sent'), wrong('Nothing was sent: F has 2', 'a\nb')];
    await expect(runChecks(checks)).rejects.toMatchObject({
      kind: 'usage',
      message: 'Nothing was sent: found 2 errors',
      hint: 'one\nF has 2:\na\nb',
    });
  });

  test('do not swallow what is no mistake of the user', async () => {
    const bug = () => {
      throw new TypeError('x');
    };
    await expect(runChecks([wrong('one'), bug])).rejects.toThrow(TypeError);
  });

  test('are silent when nothing is wrong', async () => {
    await expect(runChecks([() => 1, () => false])).resolves.toBeUndefined();
  });
});

test('one problem is the message; several are lines', () => {
  expect(() => rejectProblems('--x', [])).not.toThrow();
  expect(() => rejectProblems('--x', ['is odd'])).toThrow('--x: is odd');
  expect(() => rejectProblems('--x', ['a', 'b'])).toThrow(
    expect.objectContaining({ message: '--x has 2 problems', hint: 'a\nb' }),
  );
});

test('flags that are missing are named in the original’s words', () => {
  expect(() => requireFlags({ a: 'x', b: '' })).not.toThrow();
  expect(() => requireFlags({ a: undefined, b: 'x', c: undefined })).toThrow(
    'required flag(s) "a", "c" not set',
  );
});
