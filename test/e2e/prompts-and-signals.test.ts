import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startBrowserFlow } from '../support/browser/browser-flow.js';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { spawnPty, type Pty } from '../support/program/pty.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import { programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { respondInTurn, neverRespond, type Behaviour } from '../support/servers/faulty-server.js';
import { freePort } from '../support/servers/free-port.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

const context = 'cody@127.0.0.1';
const past = '2020-01-01T00:00:00.000Z';
let sandbox: TestSandbox;
let front: FaultyInstallation;
let user: TestUser;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
});
afterAll(() => front.close());
beforeEach(() => {
  front.reset();
  user = createUser();
});

/** Runs `tpks WORDS` on a terminal. */
function atTerminal(words: readonly string[], env: Record<string, string> = {}): Pty {
  return user.atTerminal(words, { TERM: 'xterm-256color', TPKS_STORE: 'file', ...env });
}

const uaaRequests = () => front.uaa.requests.map(({ method, path }) => `${method} ${path}`);
const passwordPrompt = 'Password of cody at 127.0.0.1:';
const login = (...words: string[]) => ['login', ...front.loginOptions, ...words];
/** The text on the screen without cursor movements. */
const visible = ({ screen }: Pty) => stripVTControlCharacters(screen()).replaceAll('\r', '');

async function logIn(): Promise<void> {
  await front.login(user, 'cody');
  front.reset();
}

const respondAfter =
  (milliseconds: number, behaviour: Behaviour): Behaviour =>
  (...exchange) =>
    void setTimeout(() => behaviour(...exchange), milliseconds);

describeIfPart('pty', 'on a terminal', () => {
  test('login prompts for the password and shows it as asterisks', async () => {
    const terminal = atTerminal(login('-u', 'cody'));
    await terminal.waitFor(passwordPrompt);
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(
      /Password of cody at .*: \*{13}\n[^]*\nAPI Endpoint: .*\nUser: cody\nLogin successful\.\n/,
    );
    expect(findLeaks(terminal.screen(), { password: 'cody-password' })).toEqual([]);
  });

  test('login through a link named pks prints the lines in the order of the original', async () => {
    const env = { TERM: 'dumb', TPKS_STORE: 'file' };
    const terminal = user.atTerminal(login('-u', 'cody'), env, user.link('pks'));
    await terminal.waitFor('Password: ');
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    const [, api = ''] = front.loginOptions;
    expect(visible(terminal)).toBe(
      `\nPassword: *************\nAPI Endpoint: ${api}\nUser: cody\nLogin successful.\n\n`,
    );
  });

  test('login --client-name through a link named pks prints the empty line after the prompt', async () => {
    const env = { TERM: 'dumb', TPKS_STORE: 'file' };
    const terminal = user.atTerminal(login('--client-name', 'admin'), env, user.link('pks'));
    await terminal.waitFor('Client secret: ');
    terminal.type('adminsecret\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(/^Client secret: \*{11}\n\nAPI Endpoint: /);
  });

  test('a long hint is broken between words, but not inside a command', async () => {
    const addresses = ['-a', sandbox.api, '--uaa-url', sandbox.uaa];
    const env = { TERM: 'dumb', TPKS_STORE: 'file', TPKS_PASSWORD: 'cody-password' };
    const explanation = [
      'to trust the server, get its CA certificate from the operator of the installation, then set',
      'TPKS_CA_CERT=FILE, or run:',
    ];
    const command = `login ${addresses.join(' ')} -u cody --ca-cert FILE`;
    const words = ['login', ...addresses, '-u', 'cody', '--non-interactive'];
    const terminal = user.atTerminal(words, env);
    expect(await terminal.exited).toBe(6);
    expect(visible(terminal)).toContain(
      `\nHint: ${explanation.join('\n      ')}\n      tpks ${command}\n`,
    );
  });

  test('login --sso shows where to get a passcode and prompts for it without echo', async () => {
    const code = await sandbox.passcode('cody');
    const terminal = atTerminal(login('--sso'));
    await terminal.waitFor('Passcode: ');
    expect(visible(terminal)).toMatch(/\( Get one at https:\/\/.*\/passcode \)\n/);
    terminal.type(`${code}\r`);
    expect(await terminal.exited).toBe(0);
    expect(findLeaks(terminal.screen(), { code })).toEqual([]);
  });

  test('login prompts for a client secret', async () => {
    const terminal = atTerminal(login('--client-name', 'admin'));
    await terminal.waitFor(/Secret of client admin at .*: /);
    terminal.type('adminsecret\r');
    expect(await terminal.exited).toBe(0);
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])(
    '%s cancels login, which exits with 130, sends no password and stores nothing',
    async (_name, key) => {
      const terminal = atTerminal(login('-u', 'cody'));
      await terminal.waitFor(passwordPrompt);
      terminal.type(`cody-pass${key}`);
      expect(await terminal.exited).toBe(130);
      expect(visible(terminal)).toMatch(/\nError: .+\n$/);
      expect(uaaRequests()).toEqual(['GET /info']);
      expect(user.files().filter((file) => !file.startsWith('config'))).toEqual([]);
      expect(findLeaks(terminal.screen(), { password: 'cody-pass' })).toEqual([]);
    },
  );

  test('login accepts a username and a password that are pasted at once', async () => {
    const terminal = atTerminal(login());
    await terminal.waitFor('Username: ');
    terminal.type('cody\rcody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(/Username: cody\nPassword of cody at .*: \*{13}\n/);
  });

  test('a signal at a prompt ends login, restores the terminal and stores nothing', async () => {
    const codes = { SIGINT: 130, SIGTERM: 130, SIGHUP: 129, SIGQUIT: 131 } as const;
    const script = [
      'trap : INT; ulimit -c 0; before=$(stty -g)',
      'for number in 1 2 3 4; do',
      `  sh -c 'echo pid $$.; exec "$@"' _ "$@"; echo "code $?"`,
      '  [ "$before" = "$(stty -g)" ] && echo same modes',
      'done',
    ].join('\n');
    const words = [...programWords(), ...login('-u', 'cody')];
    const terminal = spawnPty('sh', ['-c', script, '_', ...words], {
      env: { ...process.env, ...user.env, TERM: 'xterm-256color', TPKS_STORE: 'file' },
    });
    for (const [signal, code] of Object.entries(codes)) {
      const screen = await terminal.waitFor(/pid \d+\./);
      const pid = Number([...screen.matchAll(/pid (\d+)\./g)].at(-1)?.[1]);
      await terminal.waitFor(passwordPrompt);
      terminal.type('cody-pass');
      await terminal.waitFor('*********');
      process.kill(pid, signal);
      await terminal.waitFor(new RegExp(`\\n[^*]*code ${code}\\r\\nsame modes\\r\\n`));
    }
    expect(await terminal.exited).toBe(0);
    expect(uaaRequests()).toEqual(Array(4).fill('GET /info'));
    expect(user.files().filter((file) => !file.startsWith('config'))).toEqual([]);
    expect(findLeaks(terminal.screen(), { password: 'cody-pass' })).toEqual([]);
  });

  test('closing the terminal ends the command', async () => {
    const terminal = atTerminal(login('-u', 'cody'));
    await terminal.waitFor(passwordPrompt);
    terminal.hangUp();
    const outcome = await Promise.race([terminal.exited, sleep(5000, 'still running')]);
    expect(outcome).not.toBe('still running');
    expect(uaaRequests()).toEqual(['GET /info']);
  });

  test('output has colors unless they are disabled', async () => {
    await logIn();
    const screenOf = async (words: readonly string[]) => {
      const terminal = atTerminal(words);
      expect(await terminal.exited).toBe(0);
      return terminal.screen();
    };
    expect(await screenOf(['clusters'])).toContain('\u001b[');
    expect(await screenOf(['clusters', '--no-color'])).not.toContain('\u001b');
    expect(await screenOf(['clusters', '--json'])).not.toContain('\u001b');
  });
});

test('SIGTERM during a request exits with 130 immediately and leaves the session unchanged', async () => {
  await logIn();
  const before = user.read(user.sessionFile());
  front.api.setBehaviour(neverRespond);
  const { exitMilliseconds, ...result } = await spawnAndSignal(user, ['clusters'], {
    signal: 'SIGTERM',
    when: () => front.api.requests.length === 1,
  });
  expect(result).toMatchObject({
    code: 130,
    stdout: '',
    stderr: expect.stringMatching(/^\nError: Interrupted\n/),
  });
  expect(exitMilliseconds).toBeLessThan(2000);
  expect(user.read(user.sessionFile())).toEqual(before);
});

test('Ctrl-C during a renewal waits for the new token, so that it is not lost', async () => {
  await logIn();
  await user.changeSession(context, { expiresAt: past });
  const { accessToken } = await user.readSession(context);
  front.uaa.setBehaviour(respondAfter(700, front.forwardToUaa));
  const result = await spawnAndSignal(user, ['clusters'], {
    signal: 'SIGINT',
    when: () => front.uaa.requests.length === 1,
  });
  expect(result).toMatchObject({ code: 130, stdout: '' });
  const renewed = await user.readSession(context);
  expect(renewed.accessToken).not.toBe(accessToken);
  expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now());
  expect(user.files().filter((file) => /\.(lock|tmp)$/.test(file))).toEqual([]);
});

test('Ctrl-C during a renewal that hangs ends the command', async () => {
  await logIn();
  await user.changeSession(context, { expiresAt: past });
  const before = user.read(user.sessionFile());
  front.uaa.setBehaviour(respondInTurn(neverRespond));
  const result = await spawnAndSignal(user, ['clusters'], {
    signal: 'SIGINT',
    when: () => front.uaa.requests.length === 1,
  });
  expect(result.code).toBe(130);
  expect(result.exitMilliseconds).toBeLessThan(7000);
  expect(user.read(user.sessionFile())).toEqual(before);
  front.reset();
  expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
});

describe('a command that waits for a browser', () => {
  const id = 'interrupted';
  let port = 0;

  async function setTarget(): Promise<void> {
    await user.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
  }

  beforeAll(async () => {
    port = await freePort();
    user = createUser();
    await setTarget();
    const env = { TPKS_STORE: 'file' };
    const token = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
    await user.tpks(token, { env, stdin: 'adminsecret' });
    const grants = ['--authorized_grant_types', 'authorization_code', '--scope', 'openid'];
    const redirect = ['--redirect_uri', `http://localhost:${String(port)}`];
    const add = ['uaa', 'client', 'add', id, '--secret', 's3cret', ...grants, ...redirect];
    expect(await user.tpks(add)).toMatchObject({ code: 0 });
  });
  beforeEach(setTarget);

  const words = () => [
    ...['uaa', 'token', 'authcode', 'get', '--client', id, '--secret', 's3cret'],
    ...['--port', String(port)],
  ];

  /** Fails if the port is in use. */
  async function expectFreePort(): Promise<void> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }

  test('closes the listener after SIGTERM', async () => {
    const flow = startBrowserFlow(user, words());
    await flow.waitForUrl();
    flow.child().kill('SIGTERM');
    const { code, stdout, stderr } = await flow.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/\nError: Interrupted\n$/);
    expect(user.files().filter((file) => file.endsWith('.session'))).toEqual([]);
    await expectFreePort();
  });

  describeIfPart('pty', 'on a terminal', () => {
    test('closes the listener and restores the terminal after Ctrl-C', async () => {
      const script = [
        'trap : INT; stty -g; "$0" "$@"; echo "ended: $?"; stty -g; echo done',
        ...[...programWords(), ...words()],
      ];
      const terminal = spawnPty('sh', ['-c', ...script], {
        env: { ...user.env, TPKS_STORE: 'file', TERM: 'xterm' },
        cwd: user.env['HOME'] ?? '/',
      });
      await terminal.waitFor('Waiting for the response at', 20);
      terminal.type('\u0003');
      await terminal.waitFor('done', 20);
      expect(await terminal.exited).toBe(0);
      const screen = terminal.screen();
      expect(screen).toContain('ended: 130');
      const modes = screen.match(/^[\da-f]+(:[\da-f]+){4,}/gm) ?? [];
      expect(modes).toHaveLength(2);
      expect(modes[1]).toBe(modes[0]);
      await expectFreePort();
    });
  });
});
