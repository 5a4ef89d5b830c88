import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { quoteForShell } from '../../../../src/base/shell-quote.js';
import { runSecretCommand } from '../../../../src/domain/auth/secret-command.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();
const PATH = [folder.path, '/usr/bin', '/bin'].join(delimiter);
const source = '--password-command';

/** Creates a program on PATH. @returns its path. */
function createProgram(name: string, script: string): string {
  const file = folder.write(name, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function run(command: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const secret = await runSecretCommand(command, { source, env: { PATH, ...env } });
  return secret.reveal();
}

test.each([
  ['one line', String.raw`printf 's3cret\n'`, 's3cret'],
  ['no line break', 'printf s3cret', 's3cret'],
  ['CRLF', String.raw`printf 's3cret\r\nuser: cody\r\n'`, 's3cret'],
  ['spaces and other characters', String.raw`printf ' s3 ü"%%\n'`, ' s3 ü"%'],
  ['several lines, as from pass', String.raw`printf 's3cret\nuser: cody\n'`, 's3cret'],
  ['64 KiB', 'printf "a\\n%65534s" x', 'a'],
])('the secret is the first line of %s', async (_name, script, secret) => {
  createProgram('vault', script);
  expect(await run('vault')).toBe(secret);
});

test('the program gets its arguments as words, without a shell', async () => {
  createProgram('vault', 'printf "[%s]" "$@"');
  expect(await run(`vault 'a b' "c'd" $HOME \`id\` '' | cat`)).toBe(
    "[a b][c'd][$HOME][`id`][][|][cat]",
  );
});

test('the program can have an absolute path', async () => {
  const file = createProgram('a program', 'echo s3cret');
  expect(await run(quoteForShell(file, 'posix'), { PATH: '' })).toBe('s3cret');
});

test('the program gets an empty stdin', async () => {
  createProgram('vault', 'cat; echo end');
  expect(await run('vault')).toBe('end');
});

test('the program gets no secrets of tpks, and only absolute folders on PATH', async () => {
  createProgram('vault', 'env | grep -c s3cret; echo "$VAULT_ADDR $PATH" > "$OUT"');
  const variables = {
    ...{ TPKS_CLIENT_SECRET: 's3cret', TPKS_PASSWORD_COMMAND: 's3cret', TPKS_ID_TOKEN: 's3cret' },
    ...{ VAULT_ADDR: 'https://vault', OUT: join(folder.path, 'out'), PATH: `.:${PATH}` },
  };
  // grep finds nothing.
  expect(await run('vault', variables)).toBe('0');
  expect(readFileSync(variables.OUT, 'utf8')).toBe(`https://vault ${PATH}\n`);
});

test.each([
  ['exits with another code', 'echo s3cret; exit 3', 'vault exited with 3'],
  ['is killed', 'echo s3cret; kill -9 $$', 'vault exited with SIGKILL'],
  ['prints nothing', 'exit 0', 'vault printed no secret on the first line'],
  ['prints an empty line first', 'echo; echo s3cret', 'vault printed no secret on the first line'],
  [
    'prints another encoding',
    String.raw`printf 's3cret\374\n'`,
    'vault printed text that is not UTF-8',
  ],
  ['prints too much', 'echo s3cret; yes', 'vault printed more than 64 KiB'],
])(
  'the error for a program that %s contains neither its arguments nor its output',
  async (_name, script, problem) => {
    createProgram('vault', script);
    await expect(run('vault --token t0ken')).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: `The command in --password-command failed: ${problem}`,
      hint: expect.not.stringMatching(/t0ken|s3cret/),
    });
  },
);

test.each([
  ['that does not exist', 'no-such-program -x', 'no-such-program is not on PATH'],
  [
    'with an absolute path that does not exist',
    '/no/such/program',
    '/no/such/program cannot be started: no such file or directory',
  ],
  ['in a file', '/etc/passwd/program', '/etc/passwd/program cannot be started: not a directory'],
])('a program %s is an error', async (_name, command, problem) => {
  await expect(run(command)).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: `The command in --password-command failed: ${problem}`,
  });
});

test('a command in the syntax of a shell is explained if its first word is no program', async () => {
  await expect(run('PIN=1 pass show pks')).rejects.toMatchObject({
    kind: 'unauthenticated',
    hint: expect.stringContaining('no shell is used: use a program on PATH'),
  });
});

test('a program in the current folder is not started', async () => {
  createProgram('vault', 'echo s3cret');
  for (const path of ['.', '', `.:${delimiter}`]) {
    await expect(run('vault', { PATH: path })).rejects.toMatchObject({ kind: 'unauthenticated' });
  }
});

test.each([
  ["vault 'a", 'a quote is not closed'],
  [' ', 'it does not contain a program'],
  ["''", 'it does not contain a program'],
  ['./vault', './vault is a relative path'],
  ['bin/vault get', 'bin/vault is a relative path'],
  ['~/bin/vault', '~/bin/vault is a relative path'],
])('the malformed command %j is an error', async (command, problem) => {
  await expect(run(command)).rejects.toMatchObject({
    kind: 'usage',
    message: `--password-command is not a command: ${problem}`,
  });
});

test('a program that does not finish is ended with the programs that it started', async () => {
  const pids = join(folder.path, 'pids');
  createProgram('vault', `sleep 600 & echo $! $$ > '${pids}'; wait`);
  const env = { PATH };
  await expect(runSecretCommand('vault', { source, env, limitSeconds: 1 })).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: 'The command in --password-command failed: vault did not finish within 1 s',
  });
  const running = readFileSync(pids, 'utf8').trim().split(' ');
  expect(running).toHaveLength(2);
  // The system removes the process that `vault` started soon afterwards.
  for (const deadline = Date.now() + 10_000; running.some(isRunning);) {
    expect(Date.now()).toBeLessThan(deadline);
    await sleep(10);
  }
});

/** Whether a process exists and is not a zombie that belongs to another process than this one. */
function isRunning(pid: string): boolean {
  return (
    existsSync(`/proc/${pid}`) &&
    !/\) Z (?!${process.pid} )/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  );
}
