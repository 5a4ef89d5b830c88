import { describe, expect, test } from '@jest/globals';
import type { GlobalOptions } from '../../../src/app/runtime.js';
import { confirm } from '../../../src/commands/confirm.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const question = 'Are you sure you want to delete the kubernetes profile p?';
const prompt = `${question} (y/n): `;

const createOptions =
  (interactive: boolean, yes = false): (() => GlobalOptions) =>
  () => ({ json: false, interactive, yes, color: false, trace: false });

const yesResponses = ['y', 'Y', 'yes', 'YES', ' y ', 'Yes'];
const otherResponses = ['n', 'no', '', 'yep', 'ja', 'y y', 'delete', 'ｙ'];

describe('confirm on a terminal', () => {
  test.each(yesResponses)('returns true for %j', async (response) => {
    const terminal = recordedTerminal({ [prompt]: response });
    expect(await confirm(question, { terminal, options: createOptions(true) })).toBe(true);
    expect(terminal.prompts).toEqual([prompt]);
  });

  test.each(otherResponses)('returns false for %j', async (response) => {
    const terminal = recordedTerminal({ [prompt]: response });
    expect(await confirm(question, { terminal, options: createOptions(true) })).toBe(false);
  });
});

test.each([
  ['--non-interactive', createOptions(false)],
  ['--yes', createOptions(true, true)],
])('confirm returns true without a prompt with %s', async (_name, options) => {
  const terminal = recordedTerminal({ [prompt]: 'n' });
  expect(await confirm(question, { terminal, options })).toBe(true);
  expect(terminal.prompts).toEqual([]);
});

describe('confirm without a terminal', () => {
  test.each([
    ['y\nmore\n', true],
    ['yes\n', true],
    ['n\n', false],
    ['\n', false],
  ])('reads %j from stdin and prints the prompt and the response', async (stdin, expected) => {
    const terminal = recordedTerminal({}, stdin);
    expect(await confirm(question, { terminal, options: createOptions(true) })).toBe(expected);
    expect(terminal.prompts).toEqual([]);
    expect(terminal.notes).toEqual([`${prompt}${stdin.split('\n')[0] ?? ''}`]);
  });

  test('throws a usage error if stdin is empty', async () => {
    const confirmation = confirm(question, {
      terminal: recordedTerminal(),
      options: createOptions(true),
    });
    await expect(confirmation).rejects.toMatchObject({
      kind: 'usage',
      message:
        'Cannot prompt without a terminal: Are you sure you want to delete the kubernetes profile p?',
      hint: 'add --yes to skip the confirmation',
    });
  });
});
