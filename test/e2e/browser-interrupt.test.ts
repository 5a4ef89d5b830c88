import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBrowserFlow } from '../support/browser/browser-flow.js';
import { freePort } from '../support/servers/free-port.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { spawnPty } from '../support/program/pty.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let admin: TestUser;
const id = 'interrupted';
let port = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  port = await freePort();
  admin = await createTargetedUser();
  const env = { TPKS_STORE: 'file' };
  const token = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
  await admin.tpks(token, { env, stdin: 'adminsecret' });
  const grants = ['--authorized_grant_types', 'authorization_code', '--scope', 'openid'];
  const redirect = ['--redirect_uri', `http://localhost:${String(port)}`];
  const add = ['uaa', 'client', 'add', id, '--secret', 's3cret', ...grants, ...redirect];
  const { code, stderr } = await admin.tpks(add);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => sandbox.close());

async function createTargetedUser(): Promise<TestUser> {
  const user = createUser();
  await user.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
  return user;
}

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

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops waiting for the browser and closes the listener',
  async (signal) => {
    const user = await createTargetedUser();
    const flow = startBrowserFlow(user, words());
    await flow.waitForUrl();
    flow.child().kill(signal);
    const { code, stdout, stderr } = await flow.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/\nError: Interrupted\n$/);
    expect(user.files().filter((file) => file.endsWith('.session'))).toEqual([]);
    await expectFreePort();
  },
);

describeIfPart('pty', 'on a terminal', () => {
  test('Ctrl-C stops waiting for the browser and restores the terminal', async () => {
    const user = await createTargetedUser();
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
