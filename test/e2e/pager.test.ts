import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { spawnPty } from '../support/program/pty.js';
import { programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const cody = createUser();

// The terminal of these tests has 24 rows and 100 columns.
describeIfPart('pty', 'long help on a terminal', () => {
  test.each([[['create-cluster', '--help']], [['help', 'environment']]])(
    'is shown in the pager: %j',
    async (words) => {
      const pty = cody.atTerminal(words, { PAGER: 'sed s/^/paged:/', TERM: 'xterm' });
      await pty.waitFor('paged:');
      expect(await pty.exited).toBe(0);
    },
  );

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-\\', '\u001c'],
  ])('is shown in less, which %s does not end', async (_name, key) => {
    const pty = cody.atTerminal(['--help'], { PAGER: 'less', LESS: '', TERM: 'xterm' });
    await pty.waitFor(/Usage:\S* tpks/);
    pty.type(`${key}gG`);
    await pty.waitFor('tpks help COMMAND');
    pty.type('q');
    expect(await pty.exited).toBe(0);
  });

  test.each([
    ['SIGTERM', 130],
    ['SIGHUP', 129],
  ] as const)('ends the pager after %s, and exits with %i', async (signal, code) => {
    const pager = join(cody.env['HOME'] ?? '', `pager-${signal}`);
    const lines = ['#!/bin/sh', `trap 'echo > "$0.ended"; exit' TERM`, 'echo started'];
    writeFileSync(pager, [...lines, 'read -r key < /dev/tty', ''].join('\n'), { mode: 0o755 });
    const script = [
      `sh -c 'echo pid $$.; exec "$@"' _ "$@" --help; echo "code $?"`,
      'until [ -e "$PAGER.ended" ]; do sleep 0.1; done; echo pager ended',
    ].join('\n');
    const pty = spawnPty('sh', ['-c', script, '_', ...programWords()], {
      env: { ...process.env, ...cody.env, PAGER: pager, TERM: 'xterm' },
    });
    try {
      const [, pid] = /pid (\d+)\./.exec(await pty.waitFor(/pid \d+\./)) ?? [];
      await pty.waitFor('started');
      process.kill(Number(pid), signal);
      await pty.waitFor(`code ${code}`);
      await pty.waitFor('pager ended');
    } finally {
      pty.hangUp();
      await pty.exited;
    }
  });

  test.each([
    ['the pager does not exist', ['--help'], { PAGER: 'no-such-pager' }],
    ['the help is short', ['uaa', 'me', '--help'], { PAGER: 'sed s/^/paged:/', TERM: 'xterm' }],
  ])('is written directly if %s', async (_condition, words, env) => {
    const pty = cody.atTerminal(words, env);
    expect(await pty.exited).toBe(0);
    expect(pty.screen()).toMatch(/Usage:\S* tpks/);
    expect(pty.screen()).not.toContain('paged:');
  });

  test.each<[string, string[], Record<string, string>, boolean]>([
    ['are bold', [], {}, true],
    ['are not bold with --no-color', ['--no-color'], {}, false],
  ])('has headings that %s', async (_name, words, env, isBold) => {
    for (const line of [
      ['logout', '--help'],
      ['help', 'commands'],
      ['help', 'errors'],
    ]) {
      const pty = cody.atTerminal([...line, ...words], { TERM: 'xterm', PAGER: '', ...env });
      expect(await pty.exited).toBe(0);
      expect(pty.screen().includes('\u001B[1m')).toBe(isBold);
      expect(pty.screen()).not.toContain('`');
    }
  });

  test('succeeds if the pager quits early', async () => {
    const pty = cody.atTerminal(['help', 'from-uaac'], { PAGER: 'head -n 1', TERM: 'xterm' });
    expect(await pty.exited).toBe(0);
    expect(pty.screen()).toBe('COMING FROM UAAC\r\n');
  });
});
