import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { version } from '../../src/base/version.js';
import { createUser } from '../support/program/cli.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('replaces the network');
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe('names that are not known', () => {
  const alana = createUser();
  const cache = join(alana.home, 'cache');

  beforeAll(async () => {
    await sandbox.login(alana, 'alana');
  });
  beforeEach(() => {
    sandbox.clearRequests();
    for (const file of existsSync(cache) ? readdirSync(cache) : []) rmSync(join(cache, file));
  });

  const complete = async (...words: readonly string[]) =>
    (await alana.tpks(['__complete', '--', ...words])).stdout.split('\n').slice(0, -2);

  function findCacheFile(kind: string): string {
    const name = readdirSync(cache).find((file) => file.startsWith(`${kind}-`));
    if (name === undefined) throw new Error(`no cached ${kind}`);
    return join(cache, name);
  }

  function makeOld(path: string): void {
    const time = Date.now() / 1000 - 600;
    utimesSync(path, time, time);
  }

  test.each([
    [
      ['cluster', 'dev'],
      ['dev-1', 'dev-2', 'dev-3'],
    ],
    [
      ['--json', 'cluster', 'dev'],
      ['dev-1', 'dev-2', 'dev-3'],
    ],
    [['create-cluster', 'c1', '--plan', 'la'], ['large']],
  ])('%j fetches missing names with one request', async (words, names) => {
    expect(await complete(...words)).toEqual(names);
    expect(sandbox.requests()).toHaveLength(1);
    expect(await complete(...words)).toEqual(names);
    expect(sandbox.requests()).toHaveLength(1);
  });

  test('fetches names that are older than 5 minutes, at most once a minute', async () => {
    await complete('resize', '');
    writeFileSync(findCacheFile('clusters'), 'old\n');
    makeOld(findCacheFile('clusters'));
    expect(await complete('resize', '')).toEqual(['old']);
    makeOld(findCacheFile('refresh-clusters'));
    expect(await complete('resize', '')).toContain('dev-1');
  });

  nodeOnly.test('suggests old names if the server does not respond in time', async () => {
    await complete('resize', '');
    writeFileSync(findCacheFile('clusters'), 'old\n');
    for (const kind of ['clusters', 'refresh-clusters']) makeOld(findCacheFile(kind));
    const send = () => new Promise<never>(() => undefined);
    const { stdout } = await alana.tpks(['__complete', '--', 'resize', ''], { send });
    expect(stdout).toBe('old\n:none\n');
  });

  test('a script installed by 0.2.0 can check the version and update names', async () => {
    expect(await alana.tpks(['__complete', '--version', '/usr/bin/tpks'])).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    const refresh = (kind: string) => alana.tpks(['__complete', '--refresh', 'pks', kind]);
    expect(await refresh('clusters')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(findCacheFile('clusters'), 'utf8')).toContain('dev-1\n');
    expect(await refresh('../config')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(sandbox.requests()).toHaveLength(1);
  });

  test.each(['{"version":', undefined])('prints no error if config.json is %j', async (text) => {
    const user = createUser();
    mkdirSync(user.home, { recursive: true });
    if (text !== undefined) writeFileSync(join(user.home, 'config.json'), text);
    expect(await user.tpks(['__complete', '--', 'context', 'use', ''])).toEqual({
      code: 0,
      stdout: ':none\n',
      stderr: '',
    });
  });

  test('a context that is logged out has no names, and completion prints no error', async () => {
    await complete('resize', '');
    expect((await alana.tpks(['logout'])).code).toBe(0);
    sandbox.clearRequests();
    expect(await alana.tpks(['__complete', '--', 'resize', ''])).toEqual({
      code: 0,
      stdout: ':none\n',
      stderr: '',
    });
    expect(sandbox.requests()).toEqual([]);
  });
});

describe('arguments and options for clusters', () => {
  const alana = createUser();

  beforeAll(async () => {
    await sandbox.login(alana, 'alana');
    const lists = ['clusters', 'plans', 'network-profiles', 'compute-profiles'];
    for (const list of [...lists, 'kubernetes-profiles']) {
      expect((await alana.tpks([list])).code).toBe(0);
    }
    const host = ['-e', 'new-1.example.com', '-p', 'small'];
    expect((await alana.tpks(['create-cluster', 'new-1', ...host])).code).toBe(0);
    sandbox.clearRequests();
  });

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
    [['each', '--cluster', 'new'], ['new-1']],
    [['each', '--filter', 'na'], ['name=']],
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

  test('wait --task completes the ids of the listed tasks', async () => {
    const words = ['upgrade-cluster', 'prod-1', '--non-interactive', '--json'];
    const { uuid } = JSON.parse((await alana.tpks(words)).stdout) as { uuid: string };
    await alana.tpks(['tasks']);
    expect(await complete('wait', '--task', '')).toContain(uuid);
  });

  test('only file names are left to the shell', async () => {
    for (const flag of ['--config-file', '--private-registries']) {
      expect(await complete('create-cluster', 'c1', flag, '')).toBe(':files\n');
    }
    expect(await complete('create-cluster', 'c1', '--tags', '')).toBe(':none\n');
    for (const words of [[], ['kubectl', '--cluster'], ['kubectl', '--filter']]) {
      expect(await complete('each', '--', ...words, '')).toBe(':files\n');
    }
  });

  test.each([
    [['clusters', '--filter', 'a=b', '--fil'], ['--filter']],
    [['curl', '-H', 'a: b', '--hea'], ['--header']],
    [['each', '--cluster', 'dev-1', '--cl'], ['--cluster']],
    [['uaa', 'client', 'add', 'x', '--scope', 'a', '--sco'], ['--scope']],
    [['uaa', 'token', 'client', 'get', 'x', '--scope', 'a', '--sco'], ['--scope']],
    [['uaa', 'user', 'get', 'x', '-a', 'id', '--att'], ['--attributes']],
    [['clusters', '--columns', 'name', '--col'], ['--columns']],
    [['clusters', '--sort-by', 'name', '--sort'], []],
  ])('suggests a flag again only if it can be repeated: %j', async (words, flags) => {
    const lines = (await complete(...words)).split('\n').slice(0, -2);
    expect(lines.map((line) => line.split('\t')[0])).toEqual(flags);
  });
});

describe('names for uaa commands', () => {
  const operator = createUser();
  beforeAll(async () => {
    const target = ['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert];
    const token = 'uaa token client get admin -s adminsecret --store file --name admin';
    for (const words of [target, token.split(' ')]) {
      expect(await operator.tpks(words)).toMatchObject({ code: 0 });
    }
  });

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
});
