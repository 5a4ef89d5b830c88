import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { HeadlessResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

type Variables = Readonly<Record<string, string>>;

/** Two installations. */
let a: TestSandbox;
let b: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  [a, b] = await Promise.all([startTestSandbox(), startTestSandbox()]);
});
afterAll(() => Promise.all([a.close(), b.close()]));
beforeEach(() => {
  user = createUser();
});

const tpks = (words: string, env: Variables = {}): Promise<HeadlessResult> =>
  user.tpks(words.split(' '), { env });

async function login(sandbox: TestSandbox, identity: string, ...more: string[]): Promise<void> {
  await sandbox.login(user, identity, more);
  sandbox.clearRequests();
}

async function loginAsClient(sandbox: TestSandbox, name = 'admin'): Promise<void> {
  const words = ['login', ...sandbox.loginOptions, '--client-name', 'admin', '--store', 'file'];
  const env = { TPKS_CLIENT_SECRET: 'adminsecret' };
  expect(await user.tpks([...words, '--name', name], { env })).toMatchObject({ code: 0 });
  sandbox.clearRequests();
}

const requests = () => ({ a: a.requests(), b: b.requests() });

async function json(words: string, env: Variables = {}): Promise<unknown> {
  const result = await tpks(`${words} --json`, env);
  expect(result).toMatchObject({ code: 0 });
  return JSON.parse(result.stdout);
}

interface Settings {
  contexts: Record<string, Record<string, unknown>>;
  [member: string]: unknown;
}

/** Changes `config.json`. */
function editSettings(change: (settings: Settings) => void): void {
  const path = join(user.home, 'config.json');
  const settings = JSON.parse(readFileSync(path, 'utf8')) as Settings;
  change(settings);
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
}

/** Ends a session, as after the UAA has rejected its refresh token. */
const endSession = (context: string): Promise<void> =>
  user.changeSession(context, {
    expiresAt: '2020-01-01T00:00:00.000Z',
    refreshRejectedAt: '2020-01-01T00:00:00.000Z',
  });

describe('credentials in the environment without TPKS_API', () => {
  const alana = { TPKS_USERNAME: 'alana', TPKS_PASSWORD: 'alana-password' };
  const rejection = {
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('TPKS_USERNAME is set, but TPKS_API is not'),
  };

  test.each(['clusters', 'uaa users', 'token', 'status'])(
    'are rejected by `%s` if another identity is logged in',
    async (words) => {
      await login(b, 'cody');
      expect(await tpks(words, alana)).toMatchObject(rejection);
      expect(requests().b).toEqual([]);
    },
  );

  test.each(['clusters', 'uaa users'])('are rejected by `%s` without a context', async (words) => {
    expect(await tpks(words, alana)).toMatchObject(rejection);
  });

  test('are accepted if they belong to the context in use', async () => {
    await login(b, 'cody');
    const cody = { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password' };
    expect(await tpks('clusters', cody)).toMatchObject({ code: 0 });
    expect(await tpks('clusters', { ...alana, TPKS_CONTEXT: 'cody@localhost' })).toMatchObject(
      rejection,
    );
  });

  test('do not stop a command that names its context with --context', async () => {
    await login(b, 'cody');
    expect(await tpks('--context cody@localhost clusters', alana)).toMatchObject({ code: 0 });
  });
});

describe('an empty variable counts as unset', () => {
  test('TPKS_PASSWORD and TPKS_CLIENT_SECRET', async () => {
    await login(b, 'cody');
    const emptyUser = { TPKS_API: b.api, TPKS_USERNAME: 'cody', TPKS_PASSWORD: '' };
    expect(await tpks('clusters', emptyUser)).toMatchObject({ code: 0 });
    const emptyClient = { TPKS_API: 'new', TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: '' };
    expect(await tpks('clusters', emptyClient)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'TPKS_API and TPKS_CLIENT_NAME are set, but TPKS_CLIENT_SECRET is not',
      ),
    });
  });

  test('TPKS_CONTEXT, including in completion', async () => {
    await login(b, 'cody');
    expect(await tpks('clusters')).toMatchObject({ code: 0 });
    const { stdout } = await user.tpks(['__complete', '--', 'cluster', ''], {
      env: { TPKS_CONTEXT: '' },
    });
    expect(stdout).toContain('dev-1');
  });
});

describe('the contexts of the two roles', () => {
  const findMarked = (list: unknown, field: string) =>
    (list as Record<string, unknown>[]).filter((each) => each[field]).map(({ name }) => name);

  test('are the same in contexts and uaa contexts', async () => {
    await login(b, 'cody');
    await loginAsClient(a);
    await login(a, 'alana');
    const pks = await json('contexts');
    const uaa = await json('uaa contexts');
    for (const list of [pks, uaa]) {
      expect(findMarked(list, 'current')).toEqual(['alana@localhost']);
      expect(findMarked(list, 'currentUaa')).toEqual([]);
    }
  });
});

describe('contexts', () => {
  test('context use - switches to the previous context, even after it was renamed', async () => {
    await login(a, 'cody', '--name', 'one');
    expect(await tpks('context use -')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No previous context'),
    });
    await login(b, 'cody', '--name', 'two');
    const use = async () => (await json('context use -')) as { current: string };
    expect(await use()).toEqual({ current: 'one' });
    expect(await use()).toEqual({ current: 'two' });
    expect(await tpks('context rename one three')).toMatchObject({ code: 0 });
    expect(await use()).toEqual({ current: 'three' });
    expect(await tpks('context delete two')).toMatchObject({ code: 0 });
    expect(await tpks('context use -')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('tpks context use NAME'),
    });
    expect(await json('context')).toMatchObject({ name: 'three' });
  });

  test('context shows the current context without its tokens', async () => {
    await login(a, 'cody', '--name', 'one');
    await login(b, 'cody', '--name', 'two');
    const output = await tpks('context');
    expect(output).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^name: two\n/),
    });
    expect(output.stdout).not.toContain('eyJ');
    expect(await json('context')).toMatchObject({ name: 'two', identity: 'cody', api: b.api });
    expect(await json('context show one')).toMatchObject({ name: 'one', api: a.api });
    expect(await tpks('--context one context -o name')).toMatchObject({ stdout: 'one\n' });
    expect(await tpks('context usee one')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean: tpks context use'),
    });
    expect(await tpks('context --nosuch')).toMatchObject({ code: 2 });
  });

  test('context use accepts a short name that only one context has', async () => {
    await login(a, 'cody');
    await loginAsClient(b);
    expect(await tpks('context use cody')).toMatchObject({
      code: 0,
      stdout: 'The current context is now cody@localhost\n',
    });
    expect(await tpks('--context admin clusters')).toMatchObject({ code: 0 });
    await login(b, 'cody', '--name', 'other');
    expect(await tpks('context use cody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cody@localhost, other'),
    });
    expect(await tpks('context use coddy')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Context coddy not found'),
    });
  });
});

describe('trust settings', () => {
  test('--ca-cert cancels an earlier --skip-ssl-validation of a target', async () => {
    expect(await tpks(`uaa target ${a.uaa} --skip-ssl-validation`)).toMatchObject({ code: 0 });
    const after = await json(`uaa target ${a.uaa} --ca-cert ${a.caCert}`);
    expect(after).toMatchObject({ hasCaCert: true, skipTlsVerification: false });
  });
});

describe('clusters --all-contexts', () => {
  test('is an error without any context', async () => {
    expect(await tpks('clusters --all-contexts --json')).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('No contexts found'),
    });
  });

  test('lists a cluster once for each installation', async () => {
    await login(a, 'alana');
    await loginAsClient(a);
    await loginAsClient(b, 'b');
    const found = (await json('clusters --all-contexts')) as { context: string; name: string }[];
    const dev = found.filter(({ name }) => name === 'dev-1').map(({ context }) => context);
    expect(dev).toEqual(['alana@localhost', 'b']);
  });

  test('skips a context that is logged out, with a note', async () => {
    await login(a, 'cody');
    await loginAsClient(b);
    expect(await tpks('logout --context cody@localhost')).toMatchObject({ code: 0 });
    a.clearRequests();
    const { code, stderr } = await tpks('clusters --all-contexts -o name');
    expect(code).toBe(0);
    expect(stderr).toContain('Skipped cody@localhost: not logged in');
    expect(requests().a).toEqual([]);
  });

  test('exits with 4 if a session has ended', async () => {
    await login(a, 'cody');
    await loginAsClient(b);
    await endSession('cody@localhost');
    const { code, stdout, stderr } = await tpks('clusters --all-contexts -o name');
    expect({ code, clusters: stdout.split('\n') }).toEqual({
      code: 4,
      clusters: expect.arrayContaining(['admin/dev-1']),
    });
    expect(stderr).toContain('contexts: cody@localhost');
  });

  test('warns about an unreachable installation, lists the others and exits with 5', async () => {
    await login(a, 'cody');
    await loginAsClient(b);
    editSettings(({ contexts }) => {
      contexts['admin'] = { ...contexts['admin'], api: 'https://localhost:1' };
    });
    const { code, stdout, stderr } = await tpks('clusters --all-contexts -o name');
    expect({ code, stdout }).toEqual({
      code: 5,
      stdout: 'cody@localhost/dev-1\ncody@localhost/dev-2\ncody@localhost/dev-3\n',
    });
    expect(stderr).toContain('Warning: admin: ');
    expect(stderr).toContain('Cannot list the clusters of 1 of 2 contexts: admin');
  });
});

describe('completion', () => {
  test('offers the cluster names of the installation in TPKS_API', async () => {
    await login(a, 'cody');
    const create = await tpks('create-cluster only-in-a -e a.example.com -p small');
    expect(create).toMatchObject({ code: 0 });
    await login(b, 'alana');
    const complete = async (env: Variables) =>
      (await user.tpks(['__complete', '--', 'cluster', ''], { env })).stdout;
    expect(await complete({})).not.toContain('only-in-a');
    expect(await complete({ TPKS_API: a.api })).toContain('only-in-a');
  });
});
