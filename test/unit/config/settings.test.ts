import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createLock } from '../../../src/disk/lock.js';
import { systemClock } from '../../../src/clock.js';
import { createSettingsFile, type Settings } from '../../../src/config/settings.js';
import { adminSettings, codySettings } from '../../support/fixtures.js';

const root = mkdtempSync(join(tmpdir(), 'tpks-settings-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
/** A settings file in a folder of its own; what stands in it, if anything does. */
function settingsFile(text?: string) {
  count += 1;
  const directory = join(root, String(count));
  const path = join(directory, 'config.json');
  if (text !== undefined) {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(path, text);
  }
  const open = () =>
    createSettingsFile({
      directory,
      withLock: createLock(join(directory, 'config.lock'), { clock: systemClock }).runExclusively,
    });
  return { file: open(), open, path, text: () => readFileSync(path, 'utf8') };
}

const full: Settings = {
  version: 1,
  current: 'cody@a',
  currentUaa: 'admin@api.example.com:9021',
  uaaTarget: codySettings.uaa,
  contexts: {
    'cody@a': { ...codySettings, scope: 'openid', caCert: 'PEM' },
    // conf would split a name at its dots if it were let.
    'admin@api.example.com:9021': adminSettings,
  },
  targets: [{ uaa: codySettings.uaa, skipTlsVerification: true }],
};

test('nothing is there before something is kept, and reading makes nothing', async () => {
  const { file, path } = settingsFile();
  expect(await file.read()).toEqual({ version: 1, contexts: {}, targets: [] });
  expect(() => statSync(dirname(path))).toThrow('ENOENT');
});

test('what is kept is read again', async () => {
  const { file, open, path } = settingsFile();
  expect(await file.update(() => full)).toEqual(full);
  expect(await open().read()).toEqual(full);
  expect(file.path).toBe(path);
});

test('the file is for people: indented, with a line end, for this user alone', async () => {
  const { file, path, text } = settingsFile();
  await file.update(() => full);
  expect(text()).toBe(`${JSON.stringify(full, undefined, 2)}\n`);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(dirname(path)).mode & 0o777).toString(8)).toBe('700');
});

test('what others could read is closed at the next change', async () => {
  const { file, path } = settingsFile(JSON.stringify(full));
  chmodSync(path, 0o644);
  await file.update((settings) => settings);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});

test('members that a newer tpks wrote stay', async () => {
  const newer = {
    version: 1,
    theme: { dark: true },
    contexts: { 'cody@a': { ...codySettings, proxy: 'http://proxy' } },
    targets: [{ uaa: codySettings.uaa, skipTlsVerification: false, label: 'lab' }],
  };
  const { file, text } = settingsFile(JSON.stringify(newer));
  await file.update((settings) => ({ ...settings, current: 'cody@a' }));
  expect(JSON.parse(text())).toEqual({ ...newer, current: 'cody@a' });
});

describe('a file of tpks 0.1.0', () => {
  const read = (settings: object) =>
    settingsFile(JSON.stringify({ version: 1, ...settings })).file.read();

  test('may point to contexts that do not exist: such a pointer is none', async () => {
    const contexts = { 'cody@a': codySettings };
    const targets = [
      { uaa: codySettings.uaa, skipTlsVerification: false, context: 'cody@a' },
      { uaa: 'https://b', skipTlsVerification: false, context: 'toString' },
    ];
    const settings = await read({ current: 'gone', currentUaa: 'cody@a', contexts, targets });
    expect(settings).toEqual({
      version: 1,
      currentUaa: 'cody@a',
      contexts,
      targets: [targets[0], { uaa: 'https://b', skipTlsVerification: false }],
    });
  });

  test('names an API on port 443 without its port', async () => {
    const cody = { ...codySettings, api: 'https://pks.example.com' };
    const { contexts } = await read({ contexts: { cody } });
    expect(contexts['cody']?.api).toBe('https://pks.example.com:443');
  });

  test('may contain the origin of a client, which is ignored', async () => {
    const admin = { ...adminSettings, origin: 'uaa', isPublicClient: false, label: 'lab' };
    const { contexts } = await read({ contexts: { admin } });
    expect(contexts).toEqual({ admin: { ...adminSettings, label: 'lab' } });
  });
});

test.each(['constructor', 'prototype', '__proto__', 'toString'])(
  'a context named %s is kept when another one changes',
  async (name) => {
    const { open, text } = settingsFile();
    const add = (added: string) =>
      open().update((settings) => ({
        ...settings,
        contexts: { ...settings.contexts, [added]: codySettings },
      }));
    await add(name);
    await add('cody@a');
    expect(Object.keys((await open().read()).contexts)).toEqual([name, 'cody@a']);
    expect(text()).toContain(JSON.stringify(name));
  },
);

test('20 changes at once lose nothing', async () => {
  const { open } = settingsFile();
  const names = Array.from({ length: 20 }, (_, index) => `cody@${String(index)}`);
  await Promise.all(
    names.map((name) =>
      open().update(async (settings) => {
        await new Promise((resolve) => setTimeout(resolve, 3 * Math.random()));
        return { ...settings, contexts: { ...settings.contexts, [name]: codySettings } };
      }),
    ),
  );
  expect(Object.keys((await open().read()).contexts).sort()).toEqual(names.sort());
});

test('a change that fails leaves the file as it is', async () => {
  const { file, text } = settingsFile(JSON.stringify(full));
  const before = text();
  await expect(file.update(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(text()).toBe(before);
});

test('a link to a file elsewhere stays a link', async () => {
  const { file, path } = settingsFile();
  mkdirSync(dirname(path), { mode: 0o700 });
  const elsewhere = join(root, 'dotfiles.json');
  writeFileSync(elsewhere, JSON.stringify(full));
  symlinkSync(elsewhere, path);
  await file.update((settings) => ({ ...settings, current: undefined }));
  expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).not.toHaveProperty('current');
});

describe('a corrupt file', () => {
  test.each<[string, string, string]>([
    ['is empty', '', 'Unexpected end of JSON input'],
    ['was cut off', '{"version": 1, "contexts": {', 'JSON'],
    ['is no JSON', 'current: cody@a\n', 'JSON'],
    ['is a list', '[]', 'at version'],
    ['is null', 'null', 'at the top'],
    ['has no contexts', '{"version": 1}', 'at contexts'],
    [
      'has a context without a UAA',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, uaa: undefined } } }),
      'at contexts.a.uaa',
    ],
    [
      'has a grant that is none',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, grant: 'magic' } } }),
      'at contexts.a.grant',
    ],
    [
      'has an API that is not a URL',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, api: 'api.example.com' } } }),
      'not an https URL at contexts.a.api',
    ],
    [
      'has a target that is not a URL',
      JSON.stringify({ version: 1, contexts: {}, targets: [{ uaa: 'https://' }] }),
      'not an https URL at targets.0.uaa',
    ],
    ['has a version that is not a number', '{"version": "2", "contexts": {}}', 'at version'],
    ['has a version that is too large', '{"version": 1e300, "contexts": {}}', 'at version'],
    ['is nested too deeply', '['.repeat(100_000) + ']'.repeat(100_000), 'more than 100 levels'],
    [
      'has an unknown member that is nested too deeply',
      `{"version": 1, "contexts": {}, "a": ${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      'more than 100 levels',
    ],
    [
      'contains half of a surrogate pair',
      '{"version": 1, "contexts": {}, "current": "\\ud800"}',
      'incomplete Unicode',
    ],
  ])('that %s is named, and never overwritten', async (_name, text, why) => {
    const { file, path, text: now } = settingsFile(text);
    const corrupt = {
      kind: 'storage',
      message: expect.stringMatching(
        new RegExp(`^The configuration file ${path} is corrupt: .*${why}`, 's'),
      ),
      hint: `correct it, or move it away and log in again: mv '${path}' '${path}.bad'`,
    };
    await expect(file.read()).rejects.toMatchObject(corrupt);
    await expect(file.update(() => full)).rejects.toMatchObject(corrupt);
    expect(now()).toBe(text);
  });

  test('with a byte order mark is read all the same', async () => {
    const { file, text } = settingsFile(`\ufeff${JSON.stringify(full)}`);
    expect(await file.read()).toEqual(full);
    await file.update((settings) => ({ ...settings, current: 'admin@a' }));
    expect(JSON.parse(text())).toEqual({ ...full, current: 'admin@a' });
  });
});

test('a newer format is refused and never overwritten', async () => {
  const newer = '{"version": 2, "contexts": []}';
  const { file, path, text } = settingsFile(newer);
  const refused = {
    kind: 'storage',
    message: `${path} was written by a newer version of tpks (format 2)`,
    hint: 'update tpks, or set TPKS_HOME to another folder',
  };
  await expect(file.read()).rejects.toMatchObject(refused);
  await expect(file.update(() => full)).rejects.toMatchObject(refused);
  expect(text()).toBe(newer);
});

test('a file that is not text, is too large, or is not a regular file is refused', async () => {
  const { file, path, text } = settingsFile('{"version": 1, "contexts": {}, "current": "\xff"}');
  writeFileSync(path, Buffer.from(text(), 'latin1'));
  const refused = (reason: string) => ({
    kind: 'storage',
    message: `Cannot read ${path}: ${reason}`,
    hint: `move the file away: mv '${path}' '${path}.bad'`,
  });
  await expect(file.read()).rejects.toMatchObject(refused('it is not UTF-8 text'));
  truncateSync(path, 3 * 1024 ** 3);
  await expect(file.read()).rejects.toMatchObject(refused('it is too large (limit 16 MiB)'));
  rmSync(path);
  symlinkSync('/dev/zero', path);
  await expect(file.read()).rejects.toMatchObject(refused('it is not a regular file'));
});

test('settings that would be too large to read are not written', async () => {
  const { file, path, text } = settingsFile(JSON.stringify(full));
  const before = text();
  const large = { ...full, current: 'x'.repeat(17 * 1024 * 1024) };
  await expect(file.update(() => large)).rejects.toMatchObject({
    kind: 'storage',
    message: `Cannot write ${path}: it would be too large (limit 16 MiB)`,
  });
  expect(text()).toBe(before);
});

test('a folder that other users can write to is refused', async () => {
  const { file, path } = settingsFile(JSON.stringify(full));
  chmodSync(dirname(path), 0o777);
  const refused = {
    kind: 'storage',
    message: `Other users can write to ${dirname(path)}`,
    hint: `chmod go-w '${dirname(path)}', or set TPKS_HOME to another folder`,
  };
  await expect(file.read()).rejects.toMatchObject(refused);
  await expect(file.update(() => full)).rejects.toMatchObject(refused);
});

test('a folder in the place of the file is named', async () => {
  const { file, path } = settingsFile();
  mkdirSync(path, { recursive: true, mode: 0o700 });
  await expect(file.read()).rejects.toMatchObject({
    kind: 'storage',
    message: `Cannot read ${path}: it is a directory, not a regular file`,
    hint: `move the file away: mv '${path}' '${path}.bad'`,
  });
});

test('a place that cannot be written is named', async () => {
  writeFileSync(join(root, 'plain-file'), '');
  const directory = join(root, 'plain-file', 'tpks');
  const file = createSettingsFile({ directory, withLock: (work) => work() });
  await expect(file.update(() => full)).rejects.toMatchObject({
    message: expect.stringContaining(join(directory, 'config.json')),
    hint: expect.stringContaining('TPKS_HOME'),
  });
});

test('an update may store intermediate settings, and removes what a killed one left', async () => {
  const { file, path, text } = settingsFile('{"version":1,"contexts":{}}');
  const leftover = `${path}.tmp-1795699999abcdef`;
  writeFileSync(leftover, '{"version"');
  await file.update(async (settings, write) => {
    await write({ ...settings, current: 'one' });
    expect(JSON.parse(text())).toMatchObject({ current: 'one' });
    return { ...settings, current: 'two' };
  });
  expect(JSON.parse(text())).toMatchObject({ current: 'two' });
  expect(readdirSync(dirname(path))).toEqual(['config.json']);
});
