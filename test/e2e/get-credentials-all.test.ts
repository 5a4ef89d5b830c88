import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { HeadlessOptions } from '../support/program/headless.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let a: TestSandbox;
let b: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  [a, b] = await Promise.all([startTestSandbox(), startTestSandbox()]);
});
afterAll(() => Promise.all([a.close(), b.close()]));
beforeEach(async () => {
  user = createUser();
  await a.login(user, 'cody', ['--name', 'at-a']);
  await b.login(user, 'alana', ['--name', 'at-b']);
  a.clearRequests();
  b.clearRequests();
});

const hostOf = ({ api }: TestSandbox) => new URL(api).host;
const everywhere = ['get-credentials', '--all', '--all-contexts'];

const run = (words: readonly string[], options?: HeadlessOptions) => user.tpks(words, options);

/** Starts the Kubernetes session of a context, so that no password is needed. */
async function startSession(context: string, name: string) {
  const env = { PKS_USER_PASSWORD: `${name}-password` };
  const words = ['get-credentials', 'dev-1', '--context', context, '--print'];
  expect(await run(words, { env })).toMatchObject({ code: 0 });
}

const readKubeconfig = (text = readFileSync(join(dirname(user.home), '.kube/config'), 'utf8')) =>
  parse(text) as {
    readonly contexts: readonly { name: string; context: { user: string } }[];
    readonly users: readonly { name: string }[];
  };

const entriesOf = (text?: string) =>
  readKubeconfig(text).contexts.map(({ name, context }) => [name, context.user]);

const expectedEntries = () => [
  ['dev-1', `cody@${hostOf(a)}`],
  [`dev-1@${hostOf(b)}`, `alana@${hostOf(b)}`],
];

const onlyDev1 = [...everywhere, '--filter', 'name=dev-1'];

describeIfPart('pty', 'on a terminal', () => {
  test.each(['tpks', 'pks'])('%s prompts once for each installation', async (program) => {
    const pty = user.atTerminal(
      onlyDev1,
      { TERM: 'dumb', NODE_EXTRA_CA_CERTS: '' },
      user.link(program),
    );
    await pty.waitFor(`Fetching credentials for cluster dev-1 of ${hostOf(b)}.`);
    for (const [name, sandbox] of [
      ['cody', a],
      ['alana', b],
    ] as const) {
      await pty.waitFor(`Password of ${name} at ${hostOf(sandbox)}: `);
      pty.type(`${name}-password\r`);
    }
    await pty.waitFor(`Context set for cluster dev-1@${hostOf(b)}.`);
    expect(await pty.exited).toBe(0);
    expect(entriesOf()).toEqual(expectedEntries());
    expect(readKubeconfig().users).toHaveLength(2);
  });
});

test('adds the clusters of all installations without a prompt if the sessions are stored', async () => {
  await startSession('at-a', 'cody');
  await startSession('at-b', 'alana');
  const { code, stdout } = await run([...onlyDev1, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    currentContext: null,
    clusters: [a, b].map((sandbox, index) => ({
      ...{ cluster: 'dev-1', context: expectedEntries()[index]?.[0] },
      installation: hostOf(sandbox),
    })),
    failures: [],
  });
  expect(entriesOf()).toEqual(expectedEntries());
  const { stdout: printed } = await run([...onlyDev1, '--print']);
  expect(entriesOf(printed)).toEqual(expectedEntries());
});

test('ignores passwords from variables and pipes', async () => {
  await startSession('at-a', 'cody');
  a.clearRequests();
  const env = {
    PKS_USER_PASSWORD: 'alana-password',
    TKGI_USER_PASSWORD: 'alana-password',
    TPKS_PASSWORD: 'alana-password',
  };
  const { code, stderr } = await run(onlyDev1, { env, stdin: 'alana-password\n' });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining(
      `Error: Cannot get credentials for 1 of 2 installations: ${hostOf(b)}\n` +
        'Hint: to use a password or one-time code from a variable or a pipe, first run: tpks get-credentials --all --context at-b\n',
    ),
  });
  expect(entriesOf()).toEqual(expectedEntries().slice(0, 1));
  expect([...a.requests(), ...b.requests()]).not.toContain('uaa POST /oauth/token');
});

test.each([{ sso: [] }, { sso: ['--sso'] }])('sends no piped code with %j', async ({ sso }) => {
  const login = ['login', ...a.loginOptions, '--store', 'file', '--name', 'at-a'];
  const code = await a.passcode('cody');
  expect(await run([...login, '--sso-passcode', code])).toMatchObject({ code: 0 });
  await startSession('at-b', 'alana');
  a.clearRequests();
  const result = await run([...onlyDev1, ...sso], { stdin: 'secret\n' });
  expect(result).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tpks get-credentials --all --context at-a'),
  });
  expect(a.requests()).not.toContain('uaa POST /oauth/token');
});

test('adds the clusters of the other installations if the session of one has ended', async () => {
  await startSession('at-b', 'alana');
  await user.changeSession('at-a', {
    expiresAt: '2020-01-01T00:00:00.000Z',
    refreshToken: 'unknown',
  });
  const { code, stdout, stderr } = await run([...onlyDev1, '-o', 'yaml']);
  expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining(hostOf(a)) });
  expect(parse(stdout)).toMatchObject({
    clusters: [{ cluster: 'dev-1', installation: hostOf(b) }],
    failures: [{ cluster: null, installation: hostOf(a) }],
  });
  expect(entriesOf()).toEqual([['dev-1', `alana@${hostOf(b)}`]]);
});

test.each([
  [['dev-1', '--filter', 'name=*'], "--all --filter 'name=*'"],
  [['--all-contexts', '--no-switch', '--sso'], '--all --all-contexts --no-switch --sso'],
  [
    ['--all', '--all-contexts', '--sso-passcode', 'code'],
    'enter a code for each installation: tpks get-credentials --all --all-contexts --sso',
  ],
])('%j is a usage error', async (words, hint) => {
  const { code, stderr } = await run(['get-credentials', ...words]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`${hint}\n`) });
  expect([...a.requests(), ...b.requests()]).toEqual([]);
});

test('--filter selects clusters of the current installation, and completes its keys', async () => {
  const { code, stderr } = await run(['get-credentials', '--all', '--filter', 'name=nope*']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'No cluster matches --filter\n' });
  expect(a.requests()).toEqual([]);
  const words = ['__complete', '--', 'get-credentials', '--all', '--filter', 'i'];
  expect((await run(words)).stdout).toContain('installation=');
});
