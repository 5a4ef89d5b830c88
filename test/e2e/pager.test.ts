import { expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import { describeIfPart } from '../support/optional-part.js';

const cody = createUser();

// The terminal of these tests has 24 rows and 100 columns.
describeIfPart('pty', 'long help on a terminal', () => {
  test.each([[['--help']], [['create-cluster', '--help']], [['help', 'environment']]])(
    'is shown in the pager: %j',
    async (words) => {
      const pty = cody.atTerminal(words, { PAGER: 'sed s/^/paged:/' });
      await pty.waitFor('paged:');
      expect(await pty.exited).toBe(0);
    },
  );

  test('is shown in less, which Ctrl-C does not end', async () => {
    const pty = cody.atTerminal(['--help'], { PAGER: 'less', LESS: '', TERM: 'xterm' });
    await pty.waitFor('Usage: tpks');
    pty.type('\u0003');
    // less shows its first screen again.
    await pty.waitFor('Usage: tpks');
    pty.type('G');
    await pty.waitFor('for details.');
    pty.type('q');
    expect(await pty.exited).toBe(0);
  });

  test.each([
    ['PAGER is empty', ['--help'], { PAGER: '' }],
    ['PAGER is cat', ['--help'], { PAGER: 'cat' }],
    ['TERM is dumb', ['--help'], { PAGER: 'sed s/^/paged:/', TERM: 'dumb' }],
    ['--non-interactive is set', ['--non-interactive', '--help'], { PAGER: 'sed s/^/paged:/' }],
    ['the pager does not exist', ['--help'], { PAGER: 'no-such-pager' }],
    ['the help is short', ['uaa', 'me', '--help'], { PAGER: 'sed s/^/paged:/' }],
  ])('is written directly if %s', async (_condition, words, env) => {
    const pty = cody.atTerminal(words, env);
    expect(await pty.exited).toBe(0);
    expect(pty.screen()).toContain('Usage: tpks');
    expect(pty.screen()).not.toContain('paged:');
  });

  test('is no error if the pager quits early', async () => {
    const pty = cody.atTerminal(['help', 'from-uaac'], { PAGER: 'head -n 1' });
    expect(await pty.exited).toBe(0);
    expect(pty.screen()).toBe('COMING FROM UAAC\r\n');
  });
});
