import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { programWords } from '../support/program/spawned.js';
import { respond, respondByPath } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

const cody = createUser();
let front: FaultyInstallation;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  await front.login(cody, 'cody');
});
afterAll(() => front.close());

/** Runs a shell script that can call `tpks`. */
function shell(
  script: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn('bash', ['-c', `tpks() { ${programWords().join(' ')} "$@"; }; ${script}`], {
    env: { ...cody.env, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  child.stdin.end();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('names that contain terminal control characters', () => {
  const maliciousCluster = {
    name: 'dev\u001b[2J\u001b]0;title\u0007\r\u202e1-ved\u0000\u009b31m\u200b',
    plan_name: 'small\nsecond line',
    uuid: 'tab\there',
    last_action_state: 'failed\u001b[0m',
    last_action_description: 'bell\u0007',
    tomorrow: '\u001b[31m',
  };
  const dangerous = /[^\P{Cc}\n]|\p{Cf}/u;

  beforeAll(() =>
    front.api.setBehaviour(
      respondByPath({
        '/v1/clusters/': respond({ body: maliciousCluster }),
        '/v1/clusters': respond({
          body: [maliciousCluster, { ...maliciousCluster, name: 'plain' }],
        }),
      }),
    ),
  );
  afterAll(() => front.reset());

  test('are escaped in tables and details', async () => {
    for (const words of [['clusters'], ['cluster', 'dev']]) {
      const { code, stdout } = await cody.tpks(words);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(dangerous);
      expect(stdout).toContain('dev\\x1b[2J\\x1b]0;title\\x07\\r\\u202e1-ved\\x00\\x9b31m\\u200b');
      expect(stdout).toContain('small\\nsecond line');
    }
  });

  test('do not affect the alignment of columns', async () => {
    const { stdout } = await cody.tpks(['clusters']);
    const lines = stdout.split('\n').filter((line) => /^(PKS Version|  )/.test(line));
    const column = lines[0]?.indexOf('UUID') ?? 0;
    expect(lines.slice(1).map((line) => line.slice(column, column + 9))).toEqual(
      Array(2).fill('tab\\there'),
    );
  });

  test('are complete in JSON, which escapes these characters', async () => {
    const list = await cody.tpks(['clusters', '--json']);
    expect(JSON.parse(list.stdout)).toEqual([
      maliciousCluster,
      { ...maliciousCluster, name: 'plain' },
    ]);
    const one = await cody.tpks(['cluster', 'dev', '--json']);
    expect(JSON.parse(one.stdout)).toEqual(maliciousCluster);
    expect(list.stdout + one.stdout).not.toMatch(dangerous);
  });

  test('are escaped in errors', async () => {
    front.api.setBehaviour(respond({ status: 500, body: { body: maliciousCluster.name } }));
    const { code, stderr } = await cody.tpks(['clusters']);
    expect(code).toBe(5);
    expect(stderr).not.toMatch(dangerous);
    expect(stderr).toContain('\\x1b[2J');
    const json = await cody.tpks(['clusters', '--json']);
    expect(json.stderr).not.toMatch(dangerous);
    const unknown = await cody.tpks(['cluster', '\u001b[31mdev']);
    expect(unknown.stderr).not.toMatch(dangerous);
  });

  test('are escaped if the user typed them', async () => {
    const wrong = await cody.tpks(['context', 'use', '\u001b[31mno\u202e']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('\\x1b[31mno\\u202e') });
    expect(wrong.stderr).not.toMatch(dangerous);
    const nonsense = await cody.tpks(['clu\u001b[31msters']);
    expect(nonsense.code).toBe(2);
    expect(nonsense.stderr).not.toMatch(dangerous);
  });

  test('are printed unchanged by curl', async () => {
    front.api.setBehaviour(respond({ body: `raw \u001b[31m` }));
    expect((await cody.tpks(['curl', '/v1/clusters'])).stdout).toBe('raw \u001b[31m');
  });
});

describe('without a terminal', () => {
  test('no command prints an ESC byte or a prompt', async () => {
    front.reset();
    for (const words of [
      [],
      ['--help'],
      ['login', '--help'],
      ['help', 'exit-codes'],
      ['clusters'],
      ['cluster', 'dev-1'],
      ['status'],
      ['contexts'],
      ['login'],
      ['login', '-a', 'x'],
      ['nonsense'],
      ['uaa', 'users'],
      ['uaa', 'user', 'add', 'x'],
    ]) {
      const { stdout, stderr } = await cody.tpks(words, {
        env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
      });
      expect({ words, text: stdout + stderr }).toEqual({
        words,
        text: expect.not.stringMatching(/\u001b|Password: |Username: /),
      });
    }
  });
});

describe('output that cannot be written', () => {
  test('| head -1 ends without an error', async () => {
    for (const command of ['clusters --json', '--help', 'curl /v1/clusters']) {
      const script = `{ tpks ${command}; echo "exit $?" >&2; } | head -1`;
      expect(await shell(script)).toEqual({
        code: 0,
        out: expect.any(String),
        err: 'exit 0\n',
      });
    }
  });

  test('a closed or full stderr does not change the exit code', async () => {
    expect((await shell('tpks clusters --trace 2>&- | tail -n +1')).code).toBe(0);
    expect((await shell('tpks cluster no-such-cluster 2>&-; test $? = 1')).code).toBe(0);
    expect((await shell('tpks cluster no-such-cluster 2>/dev/full; test $? = 1')).code).toBe(0);
  });

  test.each(['--version', '--help', 'help exit-codes', 'clusters --json', 'curl /v1/clusters'])(
    'tpks %s > /dev/full is an error',
    async (words) => {
      const { code, err } = await shell(`tpks ${words} > /dev/full`);
      expect(code).toBe(7);
      expect(err).toMatch(
        words.endsWith('--json')
          ? /^{"error":{[^\n]*"message":"Cannot write the result: ENOSPC: [^\n]*\n$/
          : /^\nError: Cannot write the result: ENOSPC: [^\n]*\nHint: free disk space[^\n]*\n$/,
      );
    },
  );

  test('completion prints no error on a full disk', async () => {
    expect(await shell('tpks __complete -- clus > /dev/full')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });
});

describe('help and version', () => {
  test('are printed on stdout with exit code 0', async () => {
    for (const words of [
      ['--help'],
      ['-h'],
      ['login', '--help'],
      ['help', 'login'],
      ['help'],
      ['uaa', '--help'],
      ['uaa', 'help'],
      ['uaa', 'help', 'user', 'add'],
    ]) {
      const { code, stdout, stderr } = await cody.tpks(words);
      expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
      expect(stdout).toContain('Usage: tpks');
    }
    for (const flag of ['--version', '-V']) {
      expect(await cody.tpks([flag])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^(tpks )?\d+\.\d+\.\d+\n$/),
        stderr: '',
      });
    }
  });

  test.each(['exit-codes', 'from-uaac'])('help %s prints a page', async (topic) => {
    const { code, stdout } = await cody.tpks(['help', topic]);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(500);
    const asJson = await cody.tpks(['help', topic, '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ topic });
  });

  test('global options are accepted before and after the command', async () => {
    const first = await cody.tpks(['--json', 'clusters']);
    const last = await cody.tpks(['clusters', '--json']);
    expect(first).toMatchObject({ code: 0, stdout: last.stdout });
  });
});
