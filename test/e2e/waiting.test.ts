import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFastClock } from '../support/fakes/fast-clock.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { type Pty, spawnPty } from '../support/program/pty.js';
import { TestScreen } from '../support/program/screen.js';
import { isOtherProgram, programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const host = ['-e', 'c.example.com', '-p', 'small'];

describe('create-cluster --wait while tokens expire and the API is unavailable twice', () => {
  const clock = createFastClock();
  const [tokenSeconds, provisionSeconds] = isOtherProgram ? [3, 9] : [20, 80];
  const cody = createUser();
  let sandbox: TestSandbox;
  let proxy: CountingProxy;
  let result: TpksResult;
  let seconds: number;

  beforeAll(async () => {
    const now = () => clock.now().getTime();
    sandbox = await startTestSandbox({ tokenSeconds, provisionSeconds, now });
    proxy = await startCountingProxy(Number(new URL(sandbox.api).port));
    const target = ['-a', proxy.origin, '--uaa-url', sandbox.uaa, '--ca-cert', sandbox.caCert];
    const login = ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
    const loginOptions = { stdin: 'cody-password', clock };
    expect(await cody.tpks(login, loginOptions)).toMatchObject({ code: 0 });
    // Closes the connection of the login, so that it is not counted.
    await proxy.stop();
    await proxy.start();
    const startedAt = clock.monotonic();
    const running = cody.tpks(['create-cluster', 'c1', ...host, '--wait'], { clock });
    for (let times = 0; times < 2; times += 1) {
      await clock.sleep(provisionSeconds * 200);
      await proxy.stop();
      await clock.sleep(provisionSeconds * 160);
      await proxy.start();
    }
    result = await running;
    seconds = (clock.monotonic() - startedAt) / 1000;
  }, 60_000);
  afterAll(async () => {
    await proxy.stop();
    await sandbox.close();
  });

  test('waits until the cluster is created', () => {
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Last Action State:        succeeded');
    expect(seconds).toBeGreaterThanOrEqual(provisionSeconds - 1);
  });

  test('reports the interruptions', () => {
    const interruptions = result.stderr.match(
      /^Unable to send a request to .*; trying again \(\d+ s\)$/gm,
    );
    expect(interruptions?.length).toBeGreaterThanOrEqual(1);
    expect(interruptions?.length).toBeLessThanOrEqual(4);
    expect(result.stderr).toMatch(
      /^c1: succeeded: Instance provisioning completed \((\d+ min )?\d+ s\)$/m,
    );
  });

  test('sends one request to create the cluster', () => {
    const createRequests = sandbox.loggedRequests().filter(
      // On a slow machine, the first token can expire before the request arrives, which then creates nothing.
      ({ server, method, status }) => server === 'api' && method === 'POST' && status !== 401,
    );
    expect(createRequests).toHaveLength(1);
  });

  test('uses one connection at a time', () => {
    expect(proxy.connections()).toBeGreaterThan(2);
    expect(proxy.maximumOpen()).toBe(1);
  });

  test('renews the token only when it is about to expire', () => {
    const refreshes = sandbox.refreshRequests();
    expect(refreshes.every(({ status }) => status === 200)).toBe(true);
    expect(refreshes.length).toBeGreaterThanOrEqual(2);
    // A token is renewed after nine tenths of its lifetime.
    expect(refreshes.length).toBeLessThanOrEqual(Math.ceil(seconds / (tokenSeconds * 0.9)));
  });
});

describe('waiting for a cluster', () => {
  let sandbox: TestSandbox;
  const user = createUser();
  const clock = createFastClock();
  const cody = {
    tpks: (words: readonly string[]) => user.tpks(words, { clock }),
  };
  beforeAll(async () => {
    // Longer than the timeout of a test below, by the clock of the commands.
    const provisionSeconds = isOtherProgram ? 3 : 60;
    sandbox = await startTestSandbox({ provisionSeconds, now: () => clock.now().getTime() });
    const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '-p', 'cody-password'];
    expect(await cody.tpks([...words, '--store', 'file'])).toMatchObject({ code: 0 });
  });
  afterAll(() => sandbox.close());

  test('exits with 1 and the error from the server if the operation fails, and prints the cluster', async () => {
    const words = [
      'create-cluster',
      'f1',
      '-e',
      'f.example.com',
      '-p',
      'fails',
      '--wait',
      '--json',
    ];
    const { code, stdout, stderr } = await cody.tpks(words);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'f1', last_action_state: 'failed' });
    const [error = ''] = stderr.trimEnd().split('\n').slice(-1);
    expect(JSON.parse(error)).toMatchObject({
      error: {
        code: 'failed',
        message: expect.stringMatching(
          /^CREATE of cluster f1 failed: There was a problem completing your request\./,
        ),
      },
    });
  });

  test('ends when the cluster is deleted', async () => {
    const { code, stdout } = await cody.tpks([
      'delete-cluster',
      'f1',
      '--non-interactive',
      '--wait',
    ]);
    expect([code, stdout]).toEqual([0, 'Deletion of f1 completed\n']);
    expect(await cody.tpks(['cluster', 'f1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error: Cluster f1 not found'),
    });
  });

  test('exits with 5 after --wait-timeout and can be resumed', async () => {
    const words = ['create-cluster', 'c1', ...host, '--wait-timeout', '1s'];
    const { code, stdout, stderr } = await cody.tpks(words);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain(
      'Error: Stopped waiting for cluster c1 after 1 s: the operation continues',
    );
    expect(stderr).toContain(
      'Hint: check the state: tpks cluster c1\n      resume waiting: tpks wait c1',
    );
    expect(await cody.tpks(['wait', 'c1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Last Action State:        succeeded'),
    });
  });

  test('does not find a cluster of another user', async () => {
    expect(await cody.tpks(['wait', 'prod-1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error: Cluster prod-1 not found'),
    });
    expect(await cody.tpks(['wait', 'prod-1', '--for', 'deleted'])).toMatchObject({ code: 0 });
    expect(await cody.tpks(['wait', 'c1', '--for', 'deleted'])).toMatchObject({ code: 1 });
    expect(await cody.tpks(['wait', 'c1', '--for', 'luck'])).toMatchObject({ code: 2 });
  });
});

describe('waiting for an upgrade task', () => {
  let sandbox: TestSandbox;
  let id = '';
  const clock = createFastClock();
  const user = createUser();
  const cody = (words: readonly string[], programName = 'tpks') =>
    user.tpks(words, { clock, programName });

  beforeAll(async () => {
    const provisionSeconds = isOtherProgram ? 3 : 60;
    sandbox = await startTestSandbox({ provisionSeconds, now: () => clock.now().getTime() });
    await sandbox.login(user, 'cody');
    const words = ['upgrade-clusters', '-c', 'dev-1', '--non-interactive', '--json'];
    const started = await cody(words);
    ({ uuid: id } = JSON.parse(started.stdout) as { uuid: string });
  });
  afterAll(() => sandbox.close());

  test('stops with the command that resumes it', async () => {
    expect(await cody(['wait', '--task', id, '--wait-timeout', '1s'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(`resume waiting: tpks wait --task ${id}\n`),
    });
  });

  test('prints the events, or the task with --json', async () => {
    expect(await cody(['wait', '--task', id])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Started upgrading cluster: dev-1\nFinished upgrading cluster: dev-1\nUpgrade task .* is done\.\n$/,
      ),
    });
    const { code, stdout } = await cody(['wait', '--task', id, '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ uuid: id })]);
  });

  test.each([
    [[], 2, 'Missing cluster name\nHint: usage: tpks wait <name>, or tpks wait --task <id>\n'],
    [['dev-1', '--task', 'x'], 2, '--task cannot be used with a cluster name\n'],
    [
      ['--task', 'x', '--for', 'deleted'],
      2,
      "option '--for <result>' cannot be used with option '--task <id>'\n",
    ],
    [['--task', ''], 2, 'The task id is empty\n'],
    [['--task', 'x'], 1, 'Task x not found\n'],
  ])('fails with the arguments %j', async (words, code, message) => {
    expect(await cody(['wait', ...words])).toMatchObject({
      code,
      stderr: expect.stringContaining(`\nError: ${message}`),
    });
  });

  test('reports a missing name through a link', async () => {
    expect(await cody(['wait'], 'pks')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '\nError: Missing cluster name\nHint: usage: pks wait <name>',
      ),
    });
  });
});

describe('waiting in a separate process', () => {
  let sandbox: TestSandbox;
  let slowSandbox: TestSandbox;
  const cody = createUser();
  /** Logged in to a sandbox with operations that do not finish during a test. */
  const slow = createUser();
  beforeAll(async () => {
    sandbox = await startTestSandbox({ provisionSeconds: 0.5 });
    slowSandbox = await startTestSandbox({ provisionSeconds: 600 });
    await sandbox.login(cody, 'cody');
    await slowSandbox.login(slow, 'cody');
    expect(await cody.tpks(['create-cluster', 'c1', ...host, '--wait'])).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await sandbox.close();
    await slowSandbox.close();
  });

  test('exits with 130 on Ctrl-C, and the operation continues', async () => {
    const words = ['update-cluster', 'c1', '-n', '2', '--non-interactive', '--wait'];
    const { code, stderr } = await cody.spawn(words, {
      started: (child) => {
        child.stderr?.on('data', (text: string) => {
          if (text.includes('in progress')) child.kill('SIGINT');
        });
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Error: Interrupted: the operation on cluster c1 continues');
    expect(stderr).toContain('tpks wait c1');
    expect((await cody.tpks(['wait', 'c1'])).code).toBe(0);
    const after = await cody.tpks(['cluster', 'c1', '--json']);
    expect(JSON.parse(after.stdout)).toMatchObject({
      last_action: 'UPDATE',
      parameters: { kubernetes_worker_instances: 2 },
    });
  });

  describeIfPart('pty', 'on a terminal', () => {
    test('shows one line that is updated in place, and then the result', async () => {
      const words = ['resize', 'c1', '-n', '3', '--wait'];
      const pty = cody.atTerminal(words, { TERM: 'xterm', NO_COLOR: '1' });
      await pty.waitFor('Resize c1 from 2 to 3 workers? 1 worker will be added. (y/n): ');
      pty.type('y\r');
      await pty.waitFor(/[|/\\-] c1: in progress \(\d s\): Instance update in progress/);
      await pty.waitFor('Resized c1 from 2 to 3 workers in ', 10);
      expect(await pty.exited).toBe(0);
      expect(rowsOf(pty)).toEqual([
        expect.stringMatching(/^Installation https:.*, user cody$/),
        'Resize c1 from 2 to 3 workers? 1 worker will be added. (y/n): y',
        expect.stringMatching(/^Resized c1 from 2 to 3 workers in \d s$/),
      ]);
    });

    test('leaves neither ^C nor parts of the progress line on the screen', async () => {
      await slow.tpks(['create-cluster', 'c2', ...host]);
      const pty = slow.atTerminal(['wait', 'c2'], { TERM: 'xterm', NO_COLOR: '1' });
      await pty.waitFor('c2: in progress (waiting for');
      pty.type('\u0003');
      expect(await pty.exited).toBe(130);
      expect(rowsOf(pty)).toEqual([
        '',
        'Error: Interrupted: the operation on cluster c2 continues',
        'Hint: check the state: tpks cluster c2',
        '      resume waiting: tpks wait c2',
      ]);
    });

    test.each([
      ['q', 'q', 0],
      ['Ctrl-C', '\u0003', 0],
      ['SIGTERM', undefined, 0],
      ['SIGHUP', undefined, 129],
    ])('%s ends clusters --watch, and restores the terminal', async (name, key, code) => {
      // The status is printed only after the terminal has the same settings as before.
      const script =
        'before=$(stty -g); bash -c \'echo pid=$$; exec "$@"\' - "$@"; status=$?; ' +
        '[ "$(stty -g)" = "$before" ] && echo restored $status';
      const words = [...programWords(), 'clusters', '--watch', '--filter', 'name=c2'];
      const environment = { ...process.env, ...slow.env, TERM: 'xterm', NO_COLOR: '1' };
      const pty = spawnPty('bash', ['-c', script, '-', ...words], { env: environment });
      const output = await pty.waitFor(/press q or Ctrl-C to stop[^]*c2[^]*in progress/);
      const [, pid = ''] = /pid=(\d+)/.exec(output) ?? [];
      if (key === undefined) process.kill(Number(pid), name);
      else pty.type(key);
      await pty.waitFor(`restored ${String(code)}`);
      await pty.exited;
      const rows = rowsOf(pty).filter((row) => !/^(pid=|.*Hangup)/.test(row));
      expect(rows).toEqual([
        expect.stringMatching(
          /^localhost:\d+ as cody, \d\d:\d\d:\d\d, every 5 s; press q or Ctrl-C to stop$/,
        ),
        expect.stringContaining('NAME'),
        expect.stringMatching(/c2 .*in progress/),
        `restored ${String(code)}`,
      ]);
    });

    test('clusters --watch ends with Ctrl-C if stdin is not a terminal, without ^C on the screen', async () => {
      const words = [...programWords(), 'clusters', '--watch'];
      const environment = { ...process.env, ...slow.env, TERM: 'xterm', NO_COLOR: '1' };
      const script = '"$@" </dev/null; echo status $?';
      const pty = spawnPty('bash', ['-c', `trap : INT; ${script}`, '-', ...words], {
        env: environment,
      });
      await pty.waitFor(/press Ctrl-C to stop[^]*c2[^]*in progress/);
      pty.type('\u0003');
      await pty.waitFor('status 0');
      await pty.exited;
      expect(rowsOf(pty).join('\n')).not.toContain('^C');
      expect(rowsOf(pty)[0]).toMatch(/^localhost:\d+ as cody, .* press Ctrl-C to stop$/);
    });

    test('the status has a color in clusters --watch, but not through a link', async () => {
      const environment = { TERM: 'xterm', NO_COLOR: undefined, FORCE_COLOR: undefined };
      const own = slow.atTerminal(['clusters', '--watch'], environment);
      await own.waitFor('\u001b[33min progress\u001b[39m');
      own.type('q');
      expect(await own.exited).toBe(0);
      const linked = slow.atTerminal(['clusters', '--watch'], environment, slow.link('pks'));
      await linked.waitFor(
        /\d\d:\d\d:\d\d, every 5 s; press Ctrl-C to stop\u001b\[K\r\n[^]*in progress/,
      );
      linked.type('\u0003');
      expect(await linked.exited).toBe(0);
      expect(linked.screen()).not.toMatch(/\u001b\[\d*m/);
    });

    test('prints plain lines if ACCESSIBLE is set', async () => {
      const words = ['update-cluster', 'c1', '--tags', 'a:b', '--non-interactive', '--wait'];
      const pty = cody.atTerminal(words, { TERM: 'xterm', ACCESSIBLE: '1' });
      await pty.waitFor(/Updated c1 in \d s/, 10);
      expect(await pty.exited).toBe(0);
      const lines = pty.screen().split('\r\n');
      expect(lines.filter((line) => line.startsWith('c1: '))).toEqual([
        'c1: in progress: Instance update in progress (0 s)',
        expect.stringMatching(/^c1: succeeded: Instance update completed \(\d s\)$/),
      ]);
      expect(pty.screen()).not.toMatch(/\u001b\[\d*[AJK]/);
    });
  });
});

/** Returns the rows of the screen, as a user sees them. */
const rowsOf = (pty: Pty) => new TestScreen(100, 24).write(pty.screen()).rows;

/** A TCP proxy that counts its connections, and that can be stopped and started again. */
interface CountingProxy {
  readonly origin: string;
  readonly connections: () => number;
  /** The maximum number of connections that were open at the same time. */
  readonly maximumOpen: () => number;
  /** Closes its port and all connections. */
  readonly stop: () => Promise<void>;
  /** Opens the same port again. */
  readonly start: () => Promise<void>;
}

async function startCountingProxy(port: number): Promise<CountingProxy> {
  let [total, open, most] = [0, 0, 0];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    total += 1;
    open += 1;
    most = Math.max(most, open);
    const upstream = connect(port, '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end).on('close', () => {
      open -= 1;
      sockets.delete(client);
      end();
    });
    upstream.on('error', end).on('close', end);
    client.pipe(upstream).pipe(client);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const proxyPort = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `https://localhost:${String(proxyPort)}`,
    connections: () => total,
    maximumOpen: () => most,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    start: () => listen(proxyPort),
  };
}
