import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../support/bundle.js';
import { describeIfPart } from '../support/optional-part.js';
import { spawnPty } from '../support/pty.js';

let program = '';
beforeAll(async () => {
  program = await bundle('test/support/terminal-program.ts');
});
afterAll(() => rmSync(dirname(program), { recursive: true }));

const env = {
  ...process.env,
  TERM: 'xterm-256color',
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  NODE_EXTRA_CA_CERTS: undefined,
};

function shell(script: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    env: { ...env, NODE: process.execPath, PROGRAM: program },
    encoding: 'utf8',
    input: '',
  });
  return { status, stdout, stderr };
}

describe('off a terminal', () => {
  test('nobody is asked: exit 2 at once, naming what is missing and what to use instead', () => {
    expect(shell('"$NODE" "$PROGRAM" ask')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'Error: Missing password\nHint: --password-stdin\n',
    });
  });

  test('text is escaped and has no colour', () => {
    expect(shell('"$NODE" "$PROGRAM" show').stdout).toBe('a\\x1b[31m\\x9b\\u202e failed\n');
  });

  test('JSON has no ESC byte and loses nothing', () => {
    const { stdout } = shell('"$NODE" "$PROGRAM" show --json');
    expect(stdout).toBe('{\n  "name": "a\\u001b[31m\\u009b\\u202e"\n}\n');
    expect(JSON.parse(stdout)).toEqual({ name: 'a\u001b[31m\u009b\u202e' });
  });

  test('FORCE_COLOR paints even here', () => {
    expect(shell('FORCE_COLOR=1 "$NODE" "$PROGRAM" show').stdout).toContain('\u001b[31mfailed');
  });

  test('stdin is read once and for all', () => {
    expect(shell('printf "s\\303\\274\\n" | "$NODE" "$PROGRAM" stdin').stdout).toBe(
      '["sü\\n","sü\\n"]\n',
    );
  });

  test('| head -1 ends the program quietly, long before the list has ended', () => {
    const script = '{ "$NODE" "$PROGRAM" list --json; echo "exit $?" >&2; } | head -1';
    const { stdout, stderr } = shell(script);
    const [facts = '', ...rest] = stderr.split('\n');
    expect(stdout).toBe('[\n');
    expect(rest).toEqual(['exit 0', '']);
    expect(facts).toMatch(/^\{"made":\d{1,5},/);
  });

  test('a full disk is an error, not half an answer with exit 0', () => {
    const { status, stderr } = shell('"$NODE" "$PROGRAM" show > /dev/full');
    expect(status).toBe(7);
    expect(stderr).toMatch(/^Error: Cannot write the result: ENOSPC/);
  });

  test('notes that nobody can read do no harm', () => {
    expect(shell('"$NODE" "$PROGRAM" list --json 2> /dev/full | tail -1').stdout).toBe(']\n');
  });
});

/** What stays on a screen when cursor movements and colours are taken out. */
function visible(screen: string): string {
  return stripVTControlCharacters(screen).replace(/\r+\n/g, '\n');
}

describeIfPart('pty', 'on a terminal', () => {
  const run = (...args: string[]) => spawnPty(process.execPath, [program, ...args], { env });

  test('a hidden answer shows as stars and nothing of it is echoed', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.type('correct horse\r');
    await pty.waitFor('got "correct horse"');
    expect(await pty.exited).toBe(0);
    const stars = '*'.repeat('correct horse'.length);
    expect(visible(pty.screen())).toBe(`Password: ${stars}\ngot "correct horse"\n`);
  });

  test.each([
    ['backspace', 'abX\u007fc\r', 'abc'],
    ['backspace on nothing', '\u007f\u007fabc\r', 'abc'],
    ['Ctrl-U', 'wrong\u0015right\r', 'right'],
    ['Ctrl-W', 'one two\u0017three\r', 'one three'],
    ['left and home', 'bd\u001b[Dc\u001b[Ha\r', 'abcd'],
    ['line feed as the end', 'abc\n', 'abc'],
    ['other alphabets', 'pässwörd集群\r', 'pässwörd集群'],
    ['keys without a meaning', 'a\u001bOPb\u0007c\u000b\r', 'abc'],
    ['Ctrl-Z', 'ab\u001ac\r', 'abc'],
    ['a long pasted text', `${'0123456789'.repeat(50)}\r`, '0123456789'.repeat(50)],
    ['an empty answer', '\r', ''],
  ])('%s', async (_case, keys, answer) => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.type(keys);
    await pty.waitFor(`got ${JSON.stringify(answer)}`);
    expect(await pty.exited).toBe(0);
    const [echo] = pty.screen().split('got ');
    expect(visible(echo ?? '').replaceAll('Password: ', '')).toMatch(/^[*\s]*$/);
  });

  test('what is typed while the prompt is being loaded is not echoed by the terminal', async () => {
    const pty = run('ask');
    pty.type('early\r');
    await pty.exited;
    expect(pty.screen().split('got ')[1]).toBe('"early"\r\n');
  });

  test('a question that is not hidden shows what is typed, and two can follow each other', async () => {
    const pty = run('ask-twice');
    await pty.waitFor('User: ');
    pty.type('cody\r');
    await pty.waitFor('Password: ');
    pty.type('secret\r');
    await pty.waitFor('got ["cody","secret"]');
    expect(await pty.exited).toBe(0);
    expect(visible(pty.screen())).toContain('User: cody\nPassword: ******\n');
  });

  test.each([
    ['Ctrl-C', 'half\u0003', 'Error: Cancelled'],
    ['Ctrl-D', '\u0004', 'Error: The input ended before a value was entered'],
    ['Ctrl-D after some text', 'half\u0004', 'Error: The input ended before a value was entered'],
  ])(
    '%s ends with a sentence on a line of its own, and exit 130',
    async (_case, keys, sentence) => {
      const pty = run('ask');
      await pty.waitFor('Password: ');
      pty.type(keys);
      await pty.waitFor(`\r\n${sentence}\r\n`);
      expect(await pty.exited).toBe(130);
      expect(pty.screen()).not.toContain('half');
    },
  );

  test('a terminal that goes away ends the program', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.hangUp();
    expect(await pty.exited).not.toBe(0);
  });

  test.each([
    ['an answer', 'x\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('after %s the terminal is as it was', async (_case, keys) => {
    const script = 'before=$(stty -g); "$@" ask; [ "$before" = "$(stty -g)" ] && echo same modes';
    const pty = spawnPty('bash', ['-c', script, '_', process.execPath, program], { env });
    await pty.waitFor('Password: ');
    pty.type(keys);
    await pty.waitFor('same modes');
  });

  test('who stops the program and brings it back is asked anew, and still nothing is echoed', async () => {
    const pty = spawnPty('bash', ['--norc', '-i'], { env });
    try {
      await pty.waitFor(/bash-\S+[#$] /);
      pty.type(`sh -c 'echo pid $$.; exec "$@"' _ '${process.execPath}' '${program}' ask\r`);
      const [, pid] = /pid (\d+)\./.exec(await pty.waitFor(/pid \d+\./)) ?? [];
      await pty.waitFor('Password: ');
      pty.type('half');
      await pty.waitFor('****');
      process.kill(Number(pid), 'SIGTSTP');
      await pty.waitFor(/bash-\S+[#$] /);
      pty.type('fg\r');
      await pty.waitFor('Password: ');
      pty.type('whole\r');
      await pty.waitFor('got "whole"');
      expect(pty.screen().replace('got "whole"', '')).not.toMatch(/half|whole/);
    } finally {
      // Hung up, and so ended with whatever it had stopped, also where the test fails on the way.
      pty.hangUp();
      await pty.exited;
    }
  });

  test('the question stands on stderr, so that stdout can be redirected', async () => {
    const pty = spawnPty('bash', ['-c', '"$@" ask | tr a-z A-Z', '_', process.execPath, program], {
      env,
    });
    await pty.waitFor('Password: ');
    pty.type('abc\r');
    await pty.waitFor('GOT "ABC"');
  });

  test.each([
    ['--non-interactive', '"$@" ask --non-interactive'],
    ['a redirected stderr', '"$@" ask 2> >(cat)'],
    ['a redirected stdin', '"$@" ask < /dev/null'],
  ])('with %s nobody is asked', async (_case, script) => {
    const pty = spawnPty('bash', ['-c', script, '_', process.execPath, program], { env });
    await pty.waitFor('Error: Missing password');
    expect(await pty.exited).toBe(2);
  });

  test.each([
    ['a tone has a colour', [], {}, '\u001b[31mfailed\u001b[39m'],
    ['--no-color takes it away', ['--no-color'], {}, 'a\\x1b[31m\\x9b\\u202e failed'],
    ['NO_COLOR takes it away', [], { NO_COLOR: '1' }, 'a\\x1b[31m\\x9b\\u202e failed'],
    ['TERM=dumb takes it away', [], { TERM: 'dumb' }, 'a\\x1b[31m\\x9b\\u202e failed'],
  ])('%s', async (_case, flags, more, shown) => {
    const pty = spawnPty(process.execPath, [program, 'show', ...flags], {
      env: { ...env, ...more },
    });
    await pty.waitFor(shown);
    expect(await pty.exited).toBe(0);
  });
});
