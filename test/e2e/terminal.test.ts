import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../support/program/bundle.js';
import { spawnPty } from '../support/program/pty.js';
import { runtimeWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';

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

  test('FORCE_COLOR enables colors', () => {
    expect(shell('FORCE_COLOR=1 $PROGRAM show').stdout).toContain('\u001b[31mfailed');
  });

  test('stdin is read only once', () => {
    expect(shell('printf "s\\303\\274\\n" | $PROGRAM stdin').stdout).toBe('["sü\\n","sü\\n"]\n');
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

  test('a hidden prompt accepts keys that edit the text, and pasted text', async () => {
    const long = '0123456789'.repeat(50);
    const token = '0123456789'.repeat(400);
    const inputs: readonly [keys: string, answer: string][] = [
      ['abX\u007fc\r', 'abc'],
      // Backspace on an empty line.
      ['\u007f\u007fabc\r', 'abc'],
      // Ctrl-U and Ctrl-W.
      ['wrong\u0015right\r', 'right'],
      ['one two\u0017three\r', 'one three'],
      // Left and home.
      ['bd\u001b[Dc\u001b[Ha\r', 'abcd'],
      ['abc\n', 'abc'],
      ['pässwörd集群\r', 'pässwörd集群'],
      // Keys without a function.
      ['a\u001bOPb\u0007c\u000b\r', 'abc'],
      // Ctrl-Z without a shell that could resume the program.
      ['ab\u001ac\r', 'abc'],
      [`${long}\r`, long],
      [`${token}\r`, token],
      ['\r', ''],
    ];
    const pty = run(...inputs.map(() => 'ask'));
    for (const [keys, answer] of inputs) {
      await pty.waitFor('Password: ');
      pty.type(keys);
      await pty.waitFor(`got ${JSON.stringify(answer)}\r\n`);
    }
    expect(await pty.exited).toBe(0);
    const echo = visible(pty.screen()).replaceAll(/^got .*$|Password: /gm, '');
    expect(echo).toMatch(/^[*\s]*$/);
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

  test('two prompts accept two lines that are pasted, and do not show the second line', async () => {
    const inputs = [
      'cody\rsecret\r',
      'cody\nsecret\n',
      'cody\r\nsecret\r\n',
      // In one bracketed paste, and in two.
      '\u001b[200~cody\rsecret\r\u001b[201~',
      '\u001b[200~cody\u001b[201~\r\u001b[200~secret\u001b[201~\r',
      // With keys that edit the second line.
      'cody\rwrong\u0015secreX\u007ft\r',
      // No prompt reads the third line.
      'cody\rsecret\rignored\r',
    ];
    const pty = run(...inputs.map(() => 'ask-twice'));
    for (const keys of inputs) {
      await pty.waitFor('User: ');
      pty.type(keys);
      await pty.waitFor('got ["cody","secret"]');
    }
    expect(await pty.exited).toBe(0);
    const screen = pty.screen().replaceAll('got ["cody","secret"]', '');
    expect(screen).not.toMatch(/secre|wrong|ignored/);
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

  test('a terminal that is closed ends the program', async () => {
    const pty = run('ask');
    await pty.waitFor('Password: ');
    pty.hangUp();
    expect(await pty.exited).not.toBe(0);
  });

  test('a prompt can be cancelled, and the terminal modes are restored', async () => {
    const script = [
      'trap : INT QUIT; ulimit -c 0; before=$(stty -g)',
      'for number in 1 2 3 4 5; do',
      '  "$@" ask; echo "code $?"; [ "$before" = "$(stty -g)" ] && echo same modes',
      'done',
    ].join('\n');
    const pty = spawnPty('bash', ['-c', script, '_', ...runtimeWords(program)], { env });
    const cancelled = '\r\nError: Cancelled\r\ncode 130';
    const ended = '\r\nError: The input ended before a value was entered\r\ncode 130';
    for (const [keys, expected] of [
      ['x\r', 'code 0'],
      // Ctrl-C, Ctrl-D without and with text, and Ctrl-\.
      ['half\u0003', cancelled],
      ['\u0004', ended],
      ['half\u0004', ended],
      ['half\u001c', 'code 131'],
    ] as const) {
      await pty.waitFor('Password: ');
      pty.type(keys);
      await pty.waitFor(expected);
      await pty.waitFor('same modes');
    }
    expect(pty.screen()).not.toContain('half');
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

  test('missing input is an error with --non-interactive, and if a stream is redirected', async () => {
    const script = [
      '"$@" ask --non-interactive; echo "code $?"',
      '"$@" ask 2>&1 > /dev/tty | cat; echo "code ${PIPESTATUS[0]}"',
      '"$@" ask < /dev/null; echo "code $?"',
    ].join('\n');
    const pty = spawnPty('bash', ['-c', script, '_', ...runtimeWords(program)], { env });
    expect(await pty.exited).toBe(0);
    const screen = visible(pty.screen());
    expect(screen.match(/^Error: Missing password$/gm)).toHaveLength(3);
    expect(screen.match(/^code 2$/gm)).toHaveLength(3);
  });
});
