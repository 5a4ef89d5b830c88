import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser } from '../support/program/cli.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const user = createUser();
const folder = dirname(user.home);
const log = join(folder, 'log');

/** A password manager: records its arguments, and prints the secret with the name in its last argument. */
const vault = `#!/bin/sh
echo "$@" >> '${log}'
for name; do :; done
case $name in
  cody) echo cody-password ;;
  admin) echo adminsecret ;;
  wrong) echo wrong-secret ;;
  hang) echo $$ > '${folder}/pid'; exec sleep 600 ;;
  *) echo "vault: no secret $name" >&2; exit 2 ;;
esac
`;
writeFileSync(join(folder, 'vault'), vault);
chmodSync(join(folder, 'vault'), 0o755);

const PATH = `${folder}:${user.env['PATH'] ?? ''}`;
const command = (name: string) => `vault kv get -field 'the value' ${name}`;
const runs = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);

beforeEach(() => {
  rmSync(log, { force: true });
  rmSync(user.home, { force: true, recursive: true });
});

const installation = () => ({
  TPKS_API: sandbox.api,
  TPKS_UAA_URL: sandbox.uaa,
  TPKS_CA_CERT: sandbox.caCert,
});
const login = (...words: string[]) => [
  ...['login', ...sandbox.loginOptions, '--store', 'file', ...words],
];
const run = (words: readonly string[], env: Record<string, string> = {}) =>
  user.tpks(words, { env: { PATH, ...env } });

const asUser = { TPKS_USERNAME: 'cody', TPKS_PASSWORD_COMMAND: command('cody') };
const asAdmin = { TPKS_CLIENT_NAME: 'admin', TPKS_CLIENT_SECRET_COMMAND: command('admin') };

describe('a secret from a command', () => {
  test.each<[string, readonly string[], Record<string, string>, string]>([
    ['of a user', ['-u', 'cody', '--password-command', command('cody')], {}, 'cody'],
    ['of a user, in a variable', [], asUser, 'cody'],
    [
      'of a client',
      ['--client-name', 'admin', '--client-secret-command', command('admin')],
      {},
      'admin',
    ],
    ['of a client, in a variable', [], asAdmin, 'admin'],
  ])('%s logs in, and is not stored', async (_name, words, env, name) => {
    const result = await run(login(...words, '--trace'), env);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining(`User: ${name}`) });
    expect(runs()).toEqual([`kv get -field the value ${name}`]);
    const files = user.files().map((file) => user.read(file).toString('latin1'));
    expect(files.length).toBeGreaterThan(2);
    expect(files.join('\n')).not.toContain('vault');
    const secrets = { password: 'cody-password', secret: 'adminsecret' };
    expect(result.stderr).toContain('POST');
    expect(findLeaks([result.stdout, result.stderr, ...files].join('\n'), secrets)).toEqual([]);
  });

  test.each([asUser, asAdmin])('works without a login: %j', async (env) => {
    expect(await run(['clusters'], { ...installation(), ...env })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(runs()).toHaveLength(1);
    expect(user.files().filter((file) => /config|session/.test(file))).toEqual([]);
  });

  test('works for tpks uaa token client get and owner get', async () => {
    await run(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
    const env = { ...asUser, ...asAdmin, TPKS_STORE: 'file' };
    expect(await run(['uaa', 'token', 'client', 'get', 'admin'], env)).toMatchObject({ code: 0 });
    // The client `admin` may not use this grant, so the secrets are rejected after they are read.
    await run(['uaa', 'token', 'owner', 'get', 'admin', 'cody'], env);
    expect(runs().map((words) => words.split(' ').at(-1))).toEqual(['admin', 'admin', 'cody']);
  });

  test('works for get-credentials', async () => {
    await run(login(), asUser);
    const words = ['get-credentials', 'dev-1', '--kubeconfig', join(folder, 'kubeconfig')];
    expect(await run(words, asUser)).toMatchObject({ code: 0 });
    expect(runs()).toHaveLength(2);
  });

  test.each<[string, readonly string[], Record<string, string>]>([
    ['another user', ['-u', 'alana', '--password-stdin'], asUser],
    ['another API', ['-u', 'cody'], { ...asUser, TPKS_API: 'other.example.com' }],
  ])('that is meant for %s is not used', async (_name, words, env) => {
    const { code } = await run(login(...words), env);
    expect(code).not.toBe(0);
    expect(runs()).toEqual([]);
  });

  test.each<[readonly string[], Record<string, string>, RegExp]>([
    [['--password-command', 'x', '-p', 'x'], {}, /--password-command.*--password/],
    [['--password-command', 'x', '--password-stdin'], {}, /--password-command.*--password-stdin/],
    [['--client-secret-command', 'x', '--client-secret', 'x'], {}, /-command.*--client-secret /],
    [['--client-secret-command', 'x', '--client-secret-file', 'x'], {}, /-command.*-secret-file/],
    [['--client-secret-command', 'x', '-u', 'cody'], {}, /--username and --client-name/],
    [[], { ...asAdmin, TPKS_CLIENT_SECRET: 'x' }, /_SECRET and TPKS_CLIENT_SECRET_COMMAND/],
  ])('together with another source is an error: %j %j', async (words, env, message) => {
    const result = await run(login(...words), env);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(runs()).toEqual([]);
  });

  test('that the UAA rejects is not sent again', async () => {
    const env = { ...installation(), ...asAdmin, TPKS_CLIENT_SECRET_COMMAND: command('wrong') };
    const { code, stderr } = await run(['clusters'], env);
    expect(code).toBe(4);
    expect(stderr).toContain('check TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET_COMMAND (admin at ');
    expect(findLeaks(stderr, { secret: 'wrong-secret' })).toEqual([]);
  });
});

describe('the session of a client without a stored secret', () => {
  const past = '2020-01-01T00:00:00.000Z';

  test('is renewed with the command only if it is set in that run', async () => {
    await run(login('--client-name', 'admin', '--client-secret-command', command('admin')));
    await user.changeSession('admin@localhost', { expiresAt: past });
    expect(await run(['clusters'])).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /secret is not available.*\n.*--client-secret-file FILE .*\n.*TPKS_CLIENT_SECRET_COMMAND/,
      ),
    });
    expect(runs()).toHaveLength(1);
    const { TPKS_CLIENT_SECRET_COMMAND } = asAdmin;
    // A password manager could open a dialog.
    await run(['__complete', '--', 'cluster', 'dev'], { TPKS_CLIENT_SECRET_COMMAND });
    expect(runs()).toHaveLength(1);
    expect(await run(['clusters'], { TPKS_CLIENT_SECRET_COMMAND })).toMatchObject({ code: 0 });
    expect(runs()).toHaveLength(2);
  });
});

test('a program that fails can explain why, and the error does not repeat its arguments', async () => {
  const words = login('-u', 'cody', '--password-command', `vault -token=t0ken get nothing`);
  expect(await user.spawn(words, { env: { PATH } })).toMatchObject({
    code: 4,
    stdout: '',
    stderr:
      'vault: no secret nothing\n\n' +
      'Error: The command in --password-command failed: vault exited with 2\n' +
      'Hint: run the command in a terminal: it must print the secret on the first line, and exit with 0\n',
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s also ends the program', async (signal) => {
  const pidFile = join(folder, 'pid');
  rmSync(pidFile, { force: true });
  const waiting = {
    ...user,
    spawn: (words: readonly string[], options = {}) =>
      user.spawn(words, { ...options, env: { PATH } }),
  };
  const result = await spawnAndSignal(
    waiting,
    login('-u', 'cody', '--password-command', 'vault hang'),
    { signal, when: () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n') },
  );
  expect(result).toMatchObject(signal === 'SIGHUP' ? { signal } : { code: 130 });
  const stat = `/proc/${readFileSync(pidFile, 'utf8').trim()}/stat`;
  // The system ends it soon after that. In a container without an init process, it can stay as a zombie.
  const isRunning = () => existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ');
  for (const deadline = Date.now() + 10_000; isRunning();) {
    expect(Date.now()).toBeLessThan(deadline);
    await sleep(10);
  }
});
