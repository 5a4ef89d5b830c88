import { describe, expect, test } from '@jest/globals';
import { confirm } from '../../../src/commands/confirm.js';
import type { GlobalOptions } from '../../../src/services.js';
import { recordedTerminal } from '../../support/recorded-terminal.js';

const question = 'Are you sure you want to delete the kubernetes profile p? (y/n): ';

const options =
  (interactive: boolean): (() => GlobalOptions) =>
  () => ({ json: false, interactive, color: false, trace: false });

const yes = ['y', 'Y', 'yes', 'YES', ' y ', 'Yes'];
const no = ['n', 'no', '', 'yep', 'ja', 'y y', 'delete', 'ｙ'];

describe('on a terminal', () => {
  test.each(yes)('%j goes on', async (answer) => {
    const terminal = recordedTerminal({ [question]: answer });
    expect(await confirm(question, { terminal, options: options(true) })).toBe(true);
    expect(terminal.asked).toEqual([question]);
  });

  test.each(no)('%j does not', async (answer) => {
    const terminal = recordedTerminal({ [question]: answer });
    expect(await confirm(question, { terminal, options: options(true) })).toBe(false);
  });
});

test('--non-interactive goes on without a question', async () => {
  const terminal = recordedTerminal({ [question]: 'n' });
  expect(await confirm(question, { terminal, options: options(false) })).toBe(true);
  expect(terminal.asked).toEqual([]);
});

describe('off a terminal', () => {
  test.each([
    ['y\nmore\n', true],
    ['yes\n', true],
    ['n\n', false],
    ['\n', false],
  ])('%j piped in is the answer, and both are shown', async (stdin, expected) => {
    const terminal = recordedTerminal({}, stdin);
    expect(await confirm(question, { terminal, options: options(true) })).toBe(expected);
    expect(terminal.asked).toEqual([]);
    expect(terminal.notes).toEqual([`${question}${stdin.split('\n')[0] ?? ''}`]);
  });

  test('without an answer it is a usage error that names the flag', async () => {
    const asking = confirm(question, { terminal: recordedTerminal(), options: options(true) });
    await expect(asking).rejects.toMatchObject({
      kind: 'usage',
      message:
        'Cannot prompt without a terminal: Are you sure you want to delete the kubernetes profile p?',
      hint: expect.stringContaining('--non-interactive'),
    });
  });
});
