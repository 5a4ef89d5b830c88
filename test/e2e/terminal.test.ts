import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../support/program/bundle.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { spawnPty } from '../support/program/pty.js';
import { runtimeWords } from '../support/program/spawned.js';

let program = '';
beforeAll(async () => {
  program = await bundle('test/support/programs/terminal-program.ts');
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
    env: { ...env, PROGRAM: runtimeWords(program).join(' ') },
    encoding: 'utf8',
    input: '',
  });
  return { status, stdout, stderr };
}

describe('without a terminal', () => {
  test('a prompt fails immediately with 2 and names the missing input and the option to use', () => {
    expect(shell('$PROGRAM ask')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'Error: Missing password\nHint: --password-stdin\n',
    });
  });

  test('text is escaped and has no color', () => {
    expect(shell('$PROGRAM show').stdout).toBe('a\\x1b[31m\\x9b\\u202e failed\n');
  });

  test('JSON has no ESC byte and loses nothing', () => {
    const { stdout } = shell('$PROGRAM show --json');
    expect(stdout).toBe('{\n  "name": "a\\u001b[31m\\u009b\\u202e"\n}\n');
    expect(JSON.parse(stdout)).toEqual({ name: 'a\u001b[31m\u009b\u202e' });
  });

  test('FORCE_COLOR enables colors', () => {
    expect(shell('FORCE_COLOR=1 $PROGRAM show').stdout).toContain('\u001b[31mfailed');
  });

  test('stdin is read only once', () => {
    expect(shell('printf "s\\303\\274\\n" | $PROGRAM stdin').stdout).toBe('["sü\\n","sü\\n"]\n');
  });

  test('| head -1 ends the program without an error', () => {
    const script = '{ $PROGRAM list --json; echo "exit $?" >&2; } | head -1';
    const { stdout, stderr } = shell(script);
    expect({ stdout, stderr }).toEqual({ stdout: '[\n', stderr: 'done\nexit 0\n' });
  });

  test('a full disk is an error, not truncated output with exit code 0', () => {
    const { status, stderr } = shell('$PROGRAM show > /dev/full');
    expect(status).toBe(7);
    expect(stderr).toMatch(/^Error: Cannot write the result: ENOSPC/);
  });

  test('a stderr that cannot be written does not affect stdout', () => {
    expect(shell('$PROGRAM list --json 2> /dev/full | tail -1').stdout).toBe(']\n');
  });
});

/** The text on a screen without cursor movements and colors. */
function visible(screen: string): string {
  return stripVTControlCharacters(screen).replace(/\r+\n/g, '\n');
}

describeIfPart('pty', 'on a terminal', () => {
  const run = (...args: string[]) => {
    const [command, ...words] = runtimeWords(program);
    return spawnPty(command, [...words, ...args], { env });
  };

  test('hidden input is shown as asterisks and not echoed', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.type('correct horse\r');
    await pty.waitFor('got "correct horse"');
    expect(await pty.exited).toBe(0);
    const asterisks = '*'.repeat('correct horse'.length);
    expect(visible(pty.screen())).toBe(`Password: ${asterisks}\ngot "correct horse"\n`);
  });

  test.each([
    ['backspace', 'abX\u007fc\r', 'abc'],
    ['backspace on an empty line', '\u007f\u007fabc\r', 'abc'],
    ['Ctrl-U', 'wrong\u0015right\r', 'right'],
    ['Ctrl-W', 'one two\u0017three\r', 'one three'],
    ['left and home', 'bd\u001b[Dc\u001b[Ha\r', 'abcd'],
    ['a line feed at the end', 'abc\n', 'abc'],
    ['non-ASCII characters', 'pässwörd集群\r', 'pässwörd集群'],
    ['keys without a function', 'a\u001bOPb\u0007c\u000b\r', 'abc'],
    ['Ctrl-Z without a shell that could resume it', 'ab\u001ac\r', 'abc'],
    ['a long pasted text', `${'0123456789'.repeat(50)}\r`, '0123456789'.repeat(50)],
    ['a pasted token', `${'0123456789'.repeat(400)}\r`, '0123456789'.repeat(400)],
    ['empty input', '\r', ''],
  ])('a hidden prompt accepts %s', async (_case, keys, answer) => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.type(keys);
    await pty.waitFor(`got ${JSON.stringify(answer)}`);
    expect(await pty.exited).toBe(0);
    const [echo] = pty.screen().split('got ');
    expect(visible(echo ?? '').replaceAll('Password: ', '')).toMatch(/^[*\s]*$/);
  });

  test('input that is typed before the prompt appears is not echoed', async () => {
    const pty = run('ask');
    pty.type('early\r');
    await pty.exited;
    expect(pty.screen().split('got ')[1]).toBe('"early"\r\n');
  });

  test('a visible prompt echoes the input, and a hidden one can follow', async () => {
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
    ['pasted at once', 'cody\rsecret\r'],
    ['with line feeds', 'cody\nsecret\n'],
    ['with both line break characters', 'cody\r\nsecret\r\n'],
    ['in a bracketed paste', '\u001b[200~cody\rsecret\r\u001b[201~'],
    ['each in a bracketed paste', '\u001b[200~cody\u001b[201~\r\u001b[200~secret\u001b[201~\r'],
    ['with keys that edit the second line', 'cody\rwrong\u0015secreX\u007ft\r'],
    ['and the third line of a paste', 'cody\rsecret\rignored\r'],
  ])('two prompts accept two lines %s, and do not show the second line', async (_case, keys) => {
    const pty = run('ask-twice');
    await pty.waitFor('User: ');
    pty.type(keys);
    await pty.waitFor('got ["cody","secret"]');
    expect(await pty.exited).toBe(0);
    expect(pty.screen().replace('got ["cody","secret"]', '')).not.toMatch(/secre|wrong|ignored/);
  });

  test('two prompts accept two lines that are typed before the first one appears', async () => {
    const pty = run('ask-twice');
    pty.type('cody\rsecret\r');
    await pty.waitFor('got ["cody","secret"]');
  });

  test('a line break of two characters that arrive separately ends only one prompt', async () => {
    const pty = run('ask-twice');
    await pty.waitFor('User: ');
    pty.type('cody\r');
    await pty.waitFor('Password: ');
    pty.type('\nsecret\r');
    await pty.waitFor('got ["cody","secret"]');
  });

  test.each([
    ['Ctrl-C', '\u0003', 'Error: Cancelled'],
    ['Ctrl-D', '\u0004', 'Error: The input ended before a value was entered'],
  ])('%s after the first of two lines cancels the second prompt', async (_case, key, message) => {
    const pty = run('ask-twice');
    await pty.waitFor('User: ');
    pty.type(`cody\r${key}`);
    await pty.waitFor('Password: ');
    await pty.waitFor(`\r\n${message}\r\n`);
    expect(await pty.exited).toBe(130);
  });

  test('a character that arrives in two parts is read as one', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    const [first, ...others] = Buffer.from('\u00e4');
    pty.type('p');
    pty.type(Buffer.of(first!));
    await sleep(100);
    pty.type(Buffer.from([...others, ...Buffer.from('ss\r')]));
    await pty.waitFor('got "p\u00e4ss"');
  });

  test.each([
    ['Ctrl-C', 'half\u0003', 'Error: Cancelled'],
    ['Ctrl-D', '\u0004', 'Error: The input ended before a value was entered'],
    ['Ctrl-D after some text', 'half\u0004', 'Error: The input ended before a value was entered'],
  ])('%s prints an error on a separate line and exits with 130', async (_case, keys, message) => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.type(keys);
    await pty.waitFor(`\r\n${message}\r\n`);
    expect(await pty.exited).toBe(130);
    expect(pty.screen()).not.toContain('half');
  });

  test('a terminal that is closed ends the program', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.hangUp();
    expect(await pty.exited).not.toBe(0);
  });

  test.each([
    ['input', 'x\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-\\', 'half\u001c'],
  ])('the terminal modes are restored after %s', async (_case, keys) => {
    const script = [
      'trap : QUIT; ulimit -c 0; before=$(stty -g)',
      '"$@" ask; [ "$before" = "$(stty -g)" ] && echo same modes',
    ].join('\n');
    const pty = spawnPty('bash', ['-c', script, '_', ...runtimeWords(program)], { env });
    await pty.waitFor('Password: ');
    pty.type(keys);
    await pty.waitFor('same modes');
  });

  test('a program that is suspended and resumed prompts again without echoing the input', async () => {
    const pty = spawnPty('bash', ['--norc', '-i'], { env });
    try {
      await pty.waitFor(/bash-\S+[#$] /);
      pty.type(`sh -c 'echo pid $$.; exec "$@"' _ ${runtimeWords(program).join(' ')} ask\r`);
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
      // Hanging up also ends the suspended program if the test fails.
      pty.hangUp();
      await pty.exited;
    }
  });

  test('the terminal modes are restored while the program is stopped by SIGTSTP', async () => {
    // Unlike bash, this shell does not restore the modes itself.
    const script = [
      'set -m; before=$(stty -g); show() { [ "$before" = "$(stty -g)" ] && echo "same modes $1"; }',
      `sh -c 'echo pid $$.; exec "$@"' _ "$@" ask; show 1; fg; show 2; fg; show 3`,
    ].join('\n');
    const pty = spawnPty('sh', ['-c', script, '_', ...runtimeWords(program)], { env });
    const [, pid] = /pid (\d+)\./.exec(await pty.waitFor(/pid \d+\./)) ?? [];
    for (const time of [1, 2]) {
      await pty.waitFor('Password: ');
      pty.type('half');
      await pty.waitFor('****');
      process.kill(Number(pid), 'SIGTSTP');
      await pty.waitFor(`same modes ${time}`);
    }
    await pty.waitFor('Password: ');
    pty.type('whole\r');
    await pty.waitFor('got "whole"');
    await pty.waitFor('same modes 3');
    expect(pty.screen().replace('got "whole"', '')).not.toMatch(/half|whole/);
  });

  test.each(['Password: ', 'User: '])(
    'Ctrl-Z at the prompt `%s` stops the job, and fg shows the prompt again',
    async (prompt) => {
      const pty = spawnPty('bash', ['--norc', '-i'], { env });
      const action = prompt === 'User: ' ? 'ask-twice' : 'ask';
      try {
        await pty.waitFor(/bash-\S+[#$] /);
        pty.type(`${runtimeWords(program).join(' ')} ${action}\r`);
        for (let time = 0; time < 2; time += 1) {
          await pty.waitFor(prompt);
          pty.type('half\u001a');
          await pty.waitFor('Stopped');
          await pty.waitFor(/bash-\S+[#$] /);
          pty.type('stty -a | grep -o " echo "\r');
          await pty.waitFor(/[\r\n] echo /);
          pty.type('fg\r');
        }
        await pty.waitFor(prompt);
        pty.type('whole\r');
        if (prompt === 'User: ') {
          await pty.waitFor('Password: ');
          pty.type('secret\r');
          await pty.waitFor('got ["whole","secret"]');
        } else {
          await pty.waitFor('got "whole"');
        }
      } finally {
        pty.hangUp();
        await pty.exited;
      }
    },
  );

  test('the prompt is written to stderr, so that stdout can be redirected', async () => {
    const pty = spawnPty('bash', ['-c', '"$@" ask | tr a-z A-Z', '_', ...runtimeWords(program)], {
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
  ])('with %s, missing input is an error', async (_case, script) => {
    const pty = spawnPty('bash', ['-c', script, '_', ...runtimeWords(program)], { env });
    await pty.waitFor('Error: Missing password');
    expect(await pty.exited).toBe(2);
  });

  test.each([
    ['a failed state is red', [], {}, '\u001b[31mfailed\u001b[39m'],
    ['--no-color disables colors', ['--no-color'], {}, 'a\\x1b[31m\\x9b\\u202e failed'],
    ['NO_COLOR disables colors', [], { NO_COLOR: '1' }, 'a\\x1b[31m\\x9b\\u202e failed'],
    ['TERM=dumb disables colors', [], { TERM: 'dumb' }, 'a\\x1b[31m\\x9b\\u202e failed'],
  ])('%s', async (_case, flags, extraEnv, expected) => {
    const [command, ...words] = runtimeWords(program);
    const pty = spawnPty(command, [...words, 'show', ...flags], {
      env: { ...env, ...extraEnv },
    });
    await pty.waitFor(expected);
    expect(await pty.exited).toBe(0);
  });
});
