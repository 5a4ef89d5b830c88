import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { bin } from '../support/spawned.js';

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

const refresh = (...words: readonly string[]) => alana.tpks(['__complete', '--refresh', ...words]);

function findCacheFile(kind: string): string {
  const name = readdirSync(cache).find((file) => file.startsWith(`${kind}-`));
  if (name === undefined) throw new Error(`no cached ${kind}`);
  return join(cache, name);
}

function makeOld(path: string): void {
  const time = Date.now() / 1000 - 600;
  utimesSync(path, time, time);
}

test('fetches missing names with one request and prints nothing', async () => {
  expect(await refresh('pks', 'clusters')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(findCacheFile('clusters'), 'utf8')).toContain('dev-1\n');
  expect(sandbox.requests()).toHaveLength(1);
  await refresh('pks', 'clusters');
  expect(sandbox.requests()).toHaveLength(1);
});

test('fetches names that are older than 5 minutes, at most once a minute', async () => {
  await refresh('pks', 'clusters');
  writeFileSync(findCacheFile('clusters'), 'old\n');
  makeOld(findCacheFile('clusters'));
  await refresh('pks', 'clusters');
  expect(readFileSync(findCacheFile('clusters'), 'utf8')).toBe('old\n');
  makeOld(findCacheFile('refresh-clusters'));
  await refresh('pks', 'clusters');
  expect(readFileSync(findCacheFile('clusters'), 'utf8')).toContain('dev-1\n');
});

test('sends no request for an unknown kind of names', async () => {
  expect(await refresh('pks', '../config')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sandbox.requests()).toEqual([]);
});

test('the check of the version is recorded for the path with which tpks was started', async () => {
  const link = join(alana.env['HOME'] ?? '', 'tpks-link');
  symlinkSync(bin, link);
  const { stdout } = await alana.spawn(['__complete', '--version', link], { link });
  const record = join(cache, `program-${stdout.trim()}${link.replaceAll('/', '%')}`);
  expect(readFileSync(record, 'utf8')).toBe(`${realpathSync(bin)}\n`);
});

test('a context that is logged out has no names, and completion prints no error', async () => {
  await refresh('pks', 'clusters');
  expect((await alana.tpks(['logout'])).code).toBe(0);
  sandbox.clearRequests();
  expect(await refresh('pks', 'clusters')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sandbox.requests()).toEqual([]);
  expect((await alana.tpks(['__complete', '--', 'cluster', ''])).stdout).toBe(':none\n');
});
