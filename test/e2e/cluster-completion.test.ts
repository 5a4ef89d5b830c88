import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
const alana = createUser();

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(alana, 'alana');
  const lists = ['clusters', 'plans', 'network-profiles', 'compute-profiles'];
  for (const list of [...lists, 'kubernetes-profiles']) {
    expect((await alana.tpks([list])).code).toBe(0);
  }
  const host = ['-e', 'new-1.example.com', '-p', 'small'];
  expect((await alana.tpks(['create-cluster', 'new-1', ...host])).code).toBe(0);
  sandbox.clearRequests();
});
afterAll(() => sandbox.close());

async function complete(...words: string[]): Promise<string> {
  return (await alana.tpks(['__complete', '--', ...words])).stdout;
}

test.each([
  [
    ['create-cluster', 'c1', '--plan', ''],
    ['small', 'medium', 'large', 'fails'],
  ],
  [['create-cluster', 'c1', '-p', 'la'], ['large']],
  [['create-cluster', 'c1', '--network-profile', ''], ['np-prod']],
  [['update-cluster', 'dev-1', '--compute-profile', ''], ['three-zones']],
  [['update-cluster', 'dev-1', '--kubernetes-profile', ''], ['audited']],
  [
    ['update-cluster', 'dev-1', '--kubelet-drain-force', ''],
    ['true', 'false'],
  ],
  [['update-cluster', 'dev-1', '--kubelet-drain-g'], ['--kubelet-drain-grace-period']],
  [
    ['upgrade-cluster', 'dev-1', '--nodes-parallel', ''],
    ['1', '2'],
  ],
  [
    ['upgrade-clusters', '--canaries', 'prod'],
    ['prod-1', 'prod-2'],
  ],
  [
    ['wait', 'dev-1', '--for', ''],
    ['succeeded', 'deleted'],
  ],
  [['delete-cluster', 'new'], ['new-1']],
  [
    ['resize', 'dev'],
    ['dev-1', 'dev-2', 'dev-3'],
  ],
])('%j is completed with the known values', async (words, expected) => {
  const stdout = await complete(...words);
  for (const value of expected) expect(stdout).toMatch(new RegExp(`(^|\\s)${value}(\\s|$)`));
});

test('completion sends no request', () => {
  expect(sandbox.requests()).toEqual([]);
});

test('only file names are left to the shell', async () => {
  for (const flag of ['--config-file', '--private-registries']) {
    expect(await complete('create-cluster', 'c1', flag, '')).toBe(':files\n');
  }
  expect(await complete('create-cluster', 'c1', '--tags', '')).toBe(':none\n');
});

test.each([
  [['clusters', '--filter', 'a=b', '--fil'], ['--filter']],
  [['curl', '-H', 'a: b', '--hea'], ['--header']],
  [['uaa', 'client', 'add', 'x', '--scope', 'a', '--sco'], ['--scope']],
  [['uaa', 'token', 'client', 'get', 'x', '--scope', 'a', '--sco'], ['--scope']],
  [['uaa', 'user', 'get', 'x', '-a', 'id', '--att'], ['--attributes']],
  [['clusters', '--columns', 'name', '--col'], ['--columns']],
  [['clusters', '--sort-by', 'name', '--sort'], []],
])('suggests a flag again only if it can be repeated: %j', async (words, flags) => {
  const lines = (await complete(...words)).split('\n').slice(0, -2);
  expect(lines.map((line) => line.split('\t')[0])).toEqual(flags);
});
