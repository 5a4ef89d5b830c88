import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const operator = createUser();
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  const target = ['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert];
  const token = 'uaa token client get admin -s adminsecret --store file --name admin';
  for (const words of [target, token.split(' ')]) {
    expect(await operator.tpks(words)).toMatchObject({ code: 0 });
  }
});
afterAll(() => sandbox.close());

/** Returns the suggestions for the word after a command line. */
async function complete(
  line: string,
  start = '',
  programName = 'tpks',
): Promise<readonly string[]> {
  const words = ['__complete', '--', ...line.split(' '), start];
  const { stdout } = await operator.tpks(words, { programName });
  return stdout.split('\n').slice(0, -2);
}

test('completes users, groups and clients with the names of the last complete list', async () => {
  for (const list of ['users', 'groups', 'clients']) {
    expect(await operator.tpks(['uaa', list])).toMatchObject({ code: 0 });
  }
  sandbox.clearRequests();
  for (const command of ['get', 'update', 'delete', 'unlock', 'activate', 'deactivate']) {
    expect(await complete(`uaa user ${command}`, 'co')).toEqual(['cody']);
  }
  expect(await complete('uaa password set', 'co')).toEqual(['cody']);
  for (const command of ['group get', 'group delete', 'members', 'member add', 'member delete']) {
    expect(await complete(`uaa ${command}`, 'pks.clusters.m')).toEqual(['pks.clusters.manage']);
  }
  expect(await complete('uaa member add pks.clusters.manage alana', 'co')).toEqual(['cody']);
  for (const command of ['client get', 'client update', 'client delete', 'secret set']) {
    expect(await complete(`uaa ${command}`, 'pks_')).toContain('pks_cli');
  }
  for (const command of ['list', 'revoke']) {
    expect(await complete(`uaa token ${command} --user`, 'co')).toEqual(['cody']);
    expect(await complete(`uaa token ${command} --client`, 'pks_')).toContain('pks_cli');
  }
  for (const line of ['decode --client', 'refresh --client', 'authcode get --client']) {
    expect(await complete(`uaa token ${line}`, 'pks_')).toContain('pks_cli');
  }
  expect(await complete('uaa client add new --clone', 'pks_')).toContain('pks_cli');
  for (const command of ['map --name', 'unmap']) {
    expect(await complete(`uaa group ${command}`, 'pks.clusters.m')).toEqual([
      'pks.clusters.manage',
    ]);
  }
  expect(await complete('user get', 'co', 'uaac')).toEqual(['cody']);
  expect(await complete('uaa user get --zone blue', 'co')).toEqual([]);
  expect(sandbox.requests()).toEqual([]);
});

test('keeps the names if only a part of the list is shown', async () => {
  await operator.tpks(['uaa', 'users']);
  for (const flags of [['--limit', '1'], ['userName eq "alana"']]) {
    expect(await operator.tpks(['uaa', 'users', ...flags])).toMatchObject({ code: 0 });
    expect(await complete('uaa user get', 'co')).toEqual(['cody']);
  }
});

test('fetches names for each context', async () => {
  await operator.tpks(['uaa', 'users']);
  const words = 'uaa token client get admin -s adminsecret --store file --name other';
  expect(await operator.tpks(words.split(' '))).toMatchObject({ code: 0 });
  sandbox.clearRequests();
  expect(await complete('--context admin uaa user get', 'co')).toEqual(['cody']);
  expect(sandbox.requests()).toEqual([]);
  expect(await complete('uaa user get', 'co')).toEqual(['cody']);
  expect(await complete('uaa user get', 'co')).toEqual(['cody']);
  expect(sandbox.requests()).toHaveLength(1);
});
