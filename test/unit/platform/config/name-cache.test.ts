import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createNameCache } from '../../../../src/platform/config/name-cache.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const root = fileFolder().path;

let count = 0;
function cacheFolder(): string {
  count += 1;
  return join(root, String(count), 'cache');
}

test('stores names per context and kind', async () => {
  const folder = cacheFolder();
  const clusters = createNameCache(folder, 'clusters');
  await clusters.write('cody@a', ['dev-1', 'größe', "it's $(x)"]);
  await clusters.write('../../etc/passwd', ['dev-2']);
  expect(clusters.read('cody@a')).toEqual(['dev-1', 'größe', "it's $(x)"]);
  expect(clusters.read('../../etc/passwd')).toEqual(['dev-2']);
  expect(clusters.read('cody@b')).toEqual([]);
  expect(createNameCache(folder, 'plans').read('cody@a')).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('replaces the stored list, even with an empty one', async () => {
  const cache = createNameCache(cacheFolder(), 'clusters');
  await cache.write('cody@a', ['dev-1']);
  await cache.write('cody@a', []);
  expect(cache.read('cody@a')).toEqual([]);
});

test('only the user can read the files', async () => {
  const folder = cacheFolder();
  await createNameCache(folder, 'clusters').write('cody@a', ['dev-1']);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  const [name = ''] = readdirSync(folder);
  expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
});

test('stores one name per line, without names that completion must not insert', async () => {
  const folder = cacheFolder();
  const cache = createNameCache(folder, 'clusters');
  await cache.write('cody@a', ['a b', '-x', '', 'new\nline', '\u001b[2J', '\u202e', '$(x)']);
  const [name = ''] = readdirSync(folder);
  expect(readFileSync(join(folder, name), 'utf8')).toBe('a b\n$(x)\n');
  writeFileSync(join(folder, name), 'dev-1\n--all\n\u001b[2J\n\nlast');
  expect(cache.read('cody@a')).toEqual(['dev-1', 'last']);
});

test('allows one refresh of a list per minute, and forgets it with the context', async () => {
  const folder = cacheFolder();
  const cache = createNameCache(folder, 'clusters');
  const now = Date.now();
  const results = [1, 2].map(() => cache.claimRefresh('a', new Date(now)));
  expect(results.sort()).toEqual([false, true]);
  expect(cache.claimRefresh('b', new Date(now))).toBe(true);
  expect(cache.claimRefresh('a', new Date(now + 30_000))).toBe(false);
  expect(cache.claimRefresh('a', new Date(now + 90_000))).toBe(true);
  cache.forget('a');
  cache.forget('b');
  expect(readdirSync(folder)).toEqual([]);
});

test('does not fail if the folder cannot be written', async () => {
  const folder = cacheFolder();
  mkdirSync(join(folder, '..'), { recursive: true });
  writeFileSync(folder, 'a file where the folder should be');
  const cache = createNameCache(folder, 'clusters');
  await cache.write('cody@a', ['dev-1']);
  expect(cache.read('cody@a')).toEqual([]);
  cache.forget('cody@a');
});
