import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { isRunning, waitUntil } from '../support/checks/processes.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { Behaviour } from '../support/servers/faulty-server.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let front: FaultyInstallation;
let user: TestUser;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
});
afterAll(() => front.close());
beforeEach(async () => {
  front.reset();
  user = createUser();
  await front.login(user, 'cody');
});

const password = { PKS_USER_PASSWORD: 'cody-password', TPKS_STORE: 'file' };
const each = (words: readonly string[], env: Record<string, string> = password) =>
  user.tpks(['each', ...words], { env });
/** Runs a shell script in each cluster. */
const sh = (script: string, ...options: readonly string[]) =>
  each([...options, '--', 'sh', '-c', script]);
const lines = (text: string) => text.split('\n').filter(Boolean);
const runFolders = () => readdirSync(join(user.home, 'each'));
const skippedDev2 = 'skipped dev-2: The cluster is still being created\n';

describe('runs the command for each cluster that is ready', () => {
  test('with prefixed output and a summary', async () => {
    const { code, stdout, stderr } = await sh('echo "$TPKS_CLUSTER {}"; echo e >&2');
    expect([code, lines(stdout).sort()]).toEqual([
      0,
      ['dev-1 | dev-1 dev-1', 'dev-3 | dev-3 dev-3'],
    ]);
    expect(stderr).toContain('dev-1 | e\n');
    expect(stderr).toMatch(`\n3 clusters: 2 succeeded, 1 skipped\n${skippedDev2}`);
    expect(runFolders()).toEqual([]);
  });

  test('with a kubeconfig that contains only this cluster and no token, in a private folder', async () => {
    const script =
      'stat -c %a "$(dirname "$KUBECONFIG")" "$KUBECONFIG"; cat "$KUBECONFIG"; env | grep PKS_';
    const { stdout } = await sh(script, '--cluster', 'dev-1');
    const text = stdout.replace(/^dev-1 \| /gm, '');
    const [folder, file, ...rest] = lines(text);
    expect([folder, file]).toEqual(['700', '600']);
    const variables = rest.filter((line) => /^\w*PKS_/.test(line)).sort();
    expect(variables).toEqual([
      expect.stringMatching('TPKS_CLUSTER=dev-1'),
      expect.stringMatching(/^TPKS_CLUSTER_UUID=[\w-]{36}$/),
      'TPKS_CONTEXT=cody@127.0.0.1',
      `TPKS_HOME=${user.home}`,
      `TPKS_INSTALLATION=${new URL(front.api.origin).host}`,
      'TPKS_STORE=file',
    ]);
    const kubeconfig = parse(rest.filter((line) => !/^\w*PKS_/.test(line)).join('\n')) as unknown;
    expect(kubeconfig).toMatchObject({
      'current-context': 'dev-1',
      clusters: [{ name: 'dev-1' }],
      contexts: [{ name: 'dev-1' }],
      users: [{ user: { exec: { args: ['kube-credential', '--context', 'cody@127.0.0.1'] } } }],
    });
    expect(text).not.toMatch(/token|cody-password|eyJ/);
  });

  test('with --group, in blocks', async () => {
    const { stdout } = await sh('echo 1; sleep 0.1; echo 2; echo 3 >&2', '--group');
    const blocks = stdout.split('\n\n').map((block) => block.trim());
    expect(blocks.sort()).toEqual(['dev-1:\n1\n2', 'dev-3:\n1\n2']);
  });

  test.each([
    ['json', (text: string): unknown => JSON.parse(text)],
    ['yaml', (text: string): unknown => parse(text)],
  ] as const)('with -o %s', async (format, read) => {
    const { code, stdout, stderr } = await sh(
      'echo out; [ {} = dev-3 ] && head -c 2000000 /dev/zero; echo err >&2; exit 3',
      ...['-o', format, '--cluster', 'dev-3', '--cluster', 'dev-1'],
    );
    const common = { uuid: expect.any(String), installation: new URL(front.api.origin).host };
    const ended = { result: 'failed', reason: 'exited with 3', exitCode: 3, stderr: 'err\n' };
    const seconds = expect.any(Number);
    expect(code).toBe(1);
    expect(read(stdout)).toEqual([
      { ...common, ...ended, cluster: 'dev-1', stdout: 'out\n', isTruncated: false, seconds },
      {
        ...{ ...common, ...ended, cluster: 'dev-3', isTruncated: true, seconds },
        stdout: expect.stringMatching(/^out\n\0{1048572}$/),
      },
    ]);
    expect(stderr).toContain('Warning: the output of dev-3 was cut after 1 MiB');
  });

  test('that matches --filter', async () => {
    const { code, stdout } = await sh('echo x', '--filter', 'name=*-3');
    expect([code, stdout]).toEqual([0, 'dev-3 | x\n']);
    const none = await sh('echo x', '--filter', 'name=prod', '-o', 'json');
    expect(none).toMatchObject({
      code: 0,
      stdout: '[]\n',
      stderr: expect.stringContaining('No cluster matches --filter'),
    });
  });
});

describe('fails', () => {
  test('with 1 if a command failed, and names the clusters and a command that runs it for them', async () => {
    const { code, stderr } = await sh('[ {} = dev-1 ]');
    expect(code).toBe(1);
    expect(stderr).toContain(
      `3 clusters: 1 succeeded, 1 failed, 1 skipped\n${skippedDev2}failed dev-3: exited with 1\n`,
    );
    expect(stderr).toContain(
      "only for failed clusters:\n      tpks each --cluster dev-3 -- sh -c '[ {} = dev-1 ]'",
    );
  });

  test('with 1 if a named cluster is not ready', async () => {
    const { code, stdout, stderr } = await each(['--cluster', 'dev-2', '--', 'echo']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('failed dev-2: The cluster is still being created');
  });

  test.each([
    [['--cluster', 'dev-11', '--', 'true'], 1, /Cluster dev-11 not found\n.*dev-1/],
    [['--cluster', 'prod-1', '--', 'true'], 1, 'Cluster prod-1 not found'],
    [
      ['--cluster', 'dev-1,dev-3', '--', 'true'],
      2,
      'only one name: dev-1,dev-3\nHint: repeat the option: --cluster dev-1 --cluster dev-3\n',
    ],
    [
      ['kubectl', 'get', 'nodes'],
      2,
      'Missing -- before the command\nHint: tpks each -- kubectl get nodes\n',
    ],
    [['--', 'no-such-program'], 2, 'Program "no-such-program" not found in PATH'],
    [['--', './no-such.sh'], 2, 'Program "./no-such.sh" not found\n'],
    [['--', ''], 2, 'Program "" not found in PATH'],
    [['--parallel', '0', '--', 'true'], 2, 'parallel'],
  ])('for %j', async (words, code, message) => {
    const result = await each(words);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(user.files().filter((file) => file.startsWith('each'))).toEqual([]);
  });

  test('with 4 if the credentials are only in the environment', async () => {
    const env = { ...front.adminEnv, TPKS_HOME: join(dirname(user.home), 'none') };
    front.reset();
    const { code, stderr } = await each(['--', 'touch', 'started'], env);
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /needs a stored session, .*\nHint: unset TPKS_CLIENT_NAME, and log in: tpks login /,
    );
    expect(readdirSync(dirname(user.home))).toEqual(['tpks']);
    expect([...front.api.requests, ...front.uaa.requests]).toEqual([]);
  });

  test('with 4 if the password is wrong, and starts nothing', async () => {
    const { code } = await each(['--', 'touch', 'started'], {
      ...password,
      PKS_USER_PASSWORD: 'x',
    });
    expect(code).toBe(4);
    expect(readdirSync(dirname(user.home))).toEqual(['tpks']);
  });
});

test('clusters without OpenID Connect are skipped, unless --allow-token-files is given', async () => {
  const withTokens = await startTestSandbox({ kubeAuth: 'token' });
  try {
    await withTokens.login(user, 'cody');
    const script = 'grep -c token: "$KUBECONFIG"';
    const skipped = await sh(script);
    expect(skipped).toMatchObject({ code: 0, stdout: '' });
    expect(skipped.stderr).toMatch(
      /skipped dev-1, dev-3: .* contain a token; .* --allow-token-files/,
    );
    const { code, stdout } = await sh(script, '--allow-token-files');
    expect([code, lines(stdout).sort()]).toEqual([0, ['dev-1 | 1', 'dev-3 | 1']]);
    expect(runFolders()).toEqual([]);
  } finally {
    await withTokens.close();
  }
});

describe('when it is interrupted', () => {
  /** Starts a command that creates a file named after its PID, and interrupts tpks when both clusters have one. */
  async function interrupt(signal: NodeJS.Signals, script: string, more?: NodeJS.Signals) {
    const pids = join(dirname(user.home), 'pids');
    mkdirSync(pids);
    const found = () => readdirSync(pids).map(Number);
    const isStarted = () => found().length === 2;
    const words = [
      'each',
      '--',
      'sh',
      '-c',
      `${script}touch ${pids}/$$; while :; do sleep 1; done`,
    ];
    const env = { env: password };
    const result = await spawnAndSignal(
      {
        ...user,
        spawn: (all, options = {}) =>
          user.spawn(all, {
            ...{ ...options, ...env },
            started: (child) => {
              options.started?.(child);
              if (more === undefined) return;
              void waitUntil(isStarted).then(() => setTimeout(() => child.kill(more), 200));
            },
          }),
      },
      words,
      { signal, when: isStarted },
    );
    await waitUntil(() => !found().some(isRunning), 5);
    return result;
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s leaves no process and no file',
    async (signal) => {
      const { code, stderr } = await interrupt(signal, '');
      expect(code).toBe(130);
      expect(stderr).toMatch('failed dev-1, dev-3: was interrupted\n');
      expect(runFolders()).toEqual([]);
    },
  );

  test.each([undefined, 'SIGINT'] as const)(
    'kills commands that ignore SIGTERM, second signal: %s',
    async (second) => {
      const { code } = await interrupt('SIGINT', "trap '' TERM; ", second);
      expect(code).toBe(130);
      expect(runFolders()).toEqual([]);
    },
  );

  test('the next run deletes the files of a killed one', async () => {
    const result = await interrupt(
      'SIGKILL',
      'trap "kill 0" EXIT; (while kill -0 $PPID; do sleep 0.1; done; kill $$) 2>/dev/null & ',
    );
    expect(result.signal).toBe('SIGKILL');
    expect(runFolders()).toHaveLength(1);
    expect(await sh('exit 0')).toMatchObject({ code: 0 });
    expect(runFolders()).toEqual([]);
  });
});

test('gets the kubeconfig without a role binding if the user may not create one', async () => {
  front.api.clearRequests();
  front.api.setBehaviour((request, response, reset) => {
    if (request.method !== 'POST') {
      front.forwardToApi(request, response, reset);
      return;
    }
    response.statusCode = 403;
    response.end();
  });
  expect(await sh('exit 0', '--cluster', 'dev-1')).toMatchObject({ code: 0 });
  const binds = front.api.requests.filter(({ path }) => path.includes('/binds'));
  expect(binds.map(({ method }) => method)).toEqual(['POST', 'GET']);
});

test('stops the commands if the reader closes the pipe', async () => {
  const { stdout, stderr } = await user.spawn(['each', '--', 'yes'], {
    ...{ env: password, through: ['bash', '-c', '"$@" | head -1', '_'] },
  });
  expect(stdout).toMatch(/^dev-\d \| y\n$/);
  expect(stderr).toMatch('Error: The output was closed before all commands had finished\n');
});

describe('--all-contexts', () => {
  let other: TestSandbox;
  beforeAll(async () => {
    other = await startTestSandbox();
  });
  afterAll(() => other.close());
  beforeEach(() => other.login(user, 'alana'));
  const host = ({ api }: TestSandbox) => new URL(api).host;

  test('does not use a password from the environment with --all-contexts', async () => {
    const all = await sh('echo x', '--all-contexts');
    expect(all).toMatchObject({ code: 2, stderr: expect.stringContaining('password') });
  });

  describeIfPart('pty', 'on a terminal', () => {
    test('prompts once for each installation, and adds its host to the cluster names', async () => {
      const words = ['each', '--all-contexts', '--filter', 'name=dev-1', '--', 'echo', '$x', '{}'];
      const terminal = user.atTerminal(words, { TERM: 'xterm', TPKS_STORE: 'file' });
      for (const name of ['cody', 'alana'] as const) {
        await terminal.waitFor(new RegExp(`Password of ${name} at `));
        terminal.type(`${name}-password\r`);
      }
      expect(await terminal.exited).toBe(0);
      const screen = terminal.screen();
      expect(screen.match(/Password of/g)).toHaveLength(2);
      for (const at of [new URL(front.api.origin).host, host(other)]) {
        expect(screen).toMatch(
          new RegExp(`\u001b\\[3[56]mdev-1@${at} +\\| \u001b\\[39m\\$x dev-1\r\n`),
        );
      }
    });
  });
});

const nodeOnly = createNodeOnly('measures the memory with a module that Node loads');

nodeOnly.describe('with 100 clusters', () => {
  /** Responds with 100 clusters, and with the credentials of dev-1 for each of them. */
  function manyClusters(onRequest: (open: number) => void): Behaviour {
    let open = 0;
    return (request, response, reset) => {
      const path = request.path.replace(/c-\d+/, 'dev-1');
      if (path.endsWith('/binds')) {
        open += 1;
        onRequest(open);
        response.on('close', () => (open -= 1));
      }
      if (path !== '/v1/clusters') {
        front.forwardToApi({ ...request, path }, response, reset);
        return;
      }
      const names = Array.from({ length: 100 }, (_, index) => `c-${String(index)}`);
      const state = { last_action: 'CREATE', last_action_state: 'succeeded' };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(names.map((name) => ({ name, uuid: name, plan_name: 'small', ...state }))),
      );
    };
  }

  test('runs at most --parallel commands and 8 requests at a time, and does not keep their output', async () => {
    let mostRequests = 0;
    front.api.setBehaviour(manyClusters((open) => (mostRequests = Math.max(mostRequests, open))));
    const folder = mkdtempSync(join(dirname(user.home), 'running-'));
    const memory = join(dirname(user.home), 'memory');
    const preload = new URL('../support/preload/report-memory.mjs', import.meta.url).href;
    const script = [
      `touch ${folder}/$$; ls ${folder} | wc -l >> ${folder}.counts`,
      'sleep 0.05; head -c 10000000 /dev/zero; echo end; env NODE_OPTIONS= true',
      `rm ${folder}/$$`,
    ].join('\n');
    const { code, stdout, stderr } = await user.spawn(
      ['each', '--parallel', '5', '--', 'sh', '-c', script],
      {
        env: { ...password, NODE_OPTIONS: `--import ${preload}`, MEMORY_REPORT: memory },
        through: ['bash', '-c', '"$@" | tr -d "\\0" | grep -c end', '_'],
        limitSeconds: 200,
      },
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '100\n',
      stderr: expect.stringContaining('100 clusters: 100 succeeded'),
    });
    const counts = lines(readFileSync(`${folder}.counts`, 'utf8')).map(Number);
    expect(counts).toHaveLength(100);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(mostRequests).toBeLessThanOrEqual(8);
    expect(mostRequests).toBeGreaterThan(1);
    // In KiB; all output together is 1 GB.
    expect(Number(readFileSync(memory, 'utf8'))).toBeLessThan(300 * 1024);
    expect(statSync(join(user.home, 'each')).isDirectory()).toBe(true);
    expect(runFolders()).toEqual([]);
  }, 240_000);
});
