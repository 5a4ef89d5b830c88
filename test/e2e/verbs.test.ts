import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const alana = createUser();
const run = (line: string, programName = 'tpks') => alana.tpks(line.split(' '), { programName });

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(alana, 'alana');
  await run('uaa token client get admin -s adminsecret --store file');
});
afterAll(() => sandbox.close());

describe('a verb after a noun', () => {
  test.each([
    ['cluster list', 'clusters'],
    ['cluster list -o wide', 'clusters -o wide'],
    ['cluster --json list', 'clusters --json'],
    ['--json cluster list --filter name=dev-1', 'clusters --json --filter name=dev-1'],
    ['-o name cluster list', 'clusters -o name'],
    ['cluster show dev-1 --details', 'cluster dev-1 --details'],
    ['k8s-profile list', 'kubernetes-profiles'],
    ['context list -o name', 'contexts -o name'],
    ['uaa group list -o name', 'uaa groups -o name'],
    ['uaa target list', 'uaa targets'],
  ])('"tpks %s" prints the same as "tpks %s"', async (typed, command) => {
    const expected = await run(command);
    expect(expected).toMatchObject({ code: 0, stdout: expect.stringMatching(/./) });
    expect(await run(typed)).toEqual(expected);
  });

  test('creates, updates and deletes', async () => {
    expect(await run('quota create cody --cpu 4 --memory 8 --clusters 2')).toMatchObject({
      code: 0,
    });
    expect(await run('quota update cody --cpu 6 --json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/"cpu": 6/),
    });
    expect((await run('quota list -o name')).stdout).toContain('cody\n');
    expect(await run('quota delete cody --non-interactive')).toMatchObject({ code: 0 });
    expect((await run('quota list -o name')).stdout).not.toContain('cody');
  });
});

describe('a cluster named like a verb', () => {
  beforeAll(async () => {
    const { code } = await run('cluster create list -e list.example.com -p small');
    expect(code).toBe(0);
  });

  test('is shown with the verb show', async () => {
    expect(JSON.parse((await run('cluster show list --json')).stdout)).toMatchObject({
      name: 'list',
    });
    expect((await run('cluster list -o name')).stdout).toContain('dev-1\n');
  });

  test('is shown by its name through a link', async () => {
    const env = { PKS_USER_PASSWORD: 'alana-password' };
    const login = ['login', ...sandbox.loginOptions, '-u', 'alana', '-p', 'alana-password'];
    const words = [...login, '--store', 'file'];
    expect(await alana.tpks(words, { programName: 'pks', env })).toMatchObject({ code: 0 });
    const { stdout } = await run('cluster list --json', 'pks');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'list' });
  });
});

test('a name that looks like a misspelled verb is a name', async () => {
  expect(await run('cluster lst')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('lst'),
  });
});

describe('completion', () => {
  const complete = async (...words: string[]) =>
    (await alana.tpks(['__complete', '--', ...words])).stdout
      .split('\n')
      .map((line) => line.split('\t')[0]);

  test('does not list a command twice', async () => {
    const root = await complete('');
    expect(new Set(root).size).toBe(root.length);
    expect(root.filter((name) => name === 'list')).toEqual([]);
  });

  test('offers no verbs through a link', async () => {
    const { stdout } = await run('__complete -- cluster l', 'pks');
    expect(stdout).not.toContain('list clusters');
  });
});
