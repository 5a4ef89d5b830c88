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
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { version } from '../../src/version.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('replaces the network');
const alana = createUser();
const cache = join(alana.home, 'cache');
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(alana, 'alana');
});
beforeEach(() => {
  sandbox.clearRequests();
  for (const file of existsSync(cache) ? readdirSync(cache) : []) rmSync(join(cache, file));
});
afterAll(() => sandbox.close());

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
  await complete('cluster', '');
  writeFileSync(findCacheFile('clusters'), 'old\n');
  makeOld(findCacheFile('clusters'));
  expect(await complete('cluster', '')).toEqual(['old']);
  makeOld(findCacheFile('refresh-clusters'));
  expect(await complete('cluster', '')).toContain('dev-1');
});

nodeOnly.test('suggests old names if the server does not respond in time', async () => {
  await complete('cluster', '');
  writeFileSync(findCacheFile('clusters'), 'old\n');
  for (const kind of ['clusters', 'refresh-clusters']) makeOld(findCacheFile(kind));
  const send = () => new Promise<never>(() => undefined);
  const { stdout } = await alana.tpks(['__complete', '--', 'cluster', ''], { send });
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
  await complete('cluster', '');
  expect((await alana.tpks(['logout'])).code).toBe(0);
  sandbox.clearRequests();
  expect(await alana.tpks(['__complete', '--', 'cluster', ''])).toEqual({
    code: 0,
    stdout: ':none\n',
    stderr: '',
  });
  expect(sandbox.requests()).toEqual([]);
});
