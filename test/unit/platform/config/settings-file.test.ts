import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/base/clock.js';
import { createSettingsFile } from '../../../../src/platform/config/settings-file.js';
import { createLock } from '../../../../src/platform/disk/lock.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

const root = fileFolder().path;

let count = 0;
/** @param text - the content of the file; `undefined` if the file does not exist. */
function createTestFile(text?: string) {
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
      program: 'tpks',
      withLock: createLock(join(directory, 'config.lock'), { clock: systemClock }).runExclusively,
    });
  return { file: open(), open, path, text: () => readFileSync(path, 'utf8') };
}

const { uaa } = codySettings;
const other = 'https://other.example.com:8443';
const adminName = 'admin@api.example.com:9021';

const full = someSettings(
  selecting(
    { pks: 'cody@a', uaa: adminName },
    {
      contexts: {
        'cody@a': { ...codySettings, scope: 'openid', caCert: 'PEM' },
        // conf splits names at dots unless this is turned off.
        [adminName]: adminSettings,
      },
      targets: [{ uaa, skipTlsVerification: true }],
    },
  ),
);
/** The content of the file. */
const { program, ...stored } = full;

test('has defaults before the first update, and reading does not create the file', async () => {
  const { file, path } = createTestFile();
  expect(await file.read()).toEqual(someSettings());
  expect(() => statSync(dirname(path))).toThrow('ENOENT');
});

test('reads what was written', async () => {
  const { file, open } = createTestFile();
  expect(await file.update(() => full)).toEqual(full);
  expect(await open().read()).toEqual(full);
});

test('writes indented JSON that only the user can read, without the name of the program', async () => {
  const { file, path, text } = createTestFile();
  await file.update(() => full);
  expect(text()).toBe(`${JSON.stringify(stored, undefined, 2)}\n`);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  expect((statSync(dirname(path)).mode & 0o777).toString(8)).toBe('700');
});

test('removes read access for other users at the next update', async () => {
  const { file, path } = createTestFile(JSON.stringify(stored));
  chmodSync(path, 0o644);
  await file.update((settings) => settings);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});

test('keeps fields that a newer version of tpks wrote', async () => {
  const newer = {
    version: 2,
    theme: { dark: true },
    selections: { tpks: { uaa, identities: { [uaa]: { pks: 'cody@a' } }, color: 'red' } },
    contexts: { 'cody@a': { ...codySettings, proxy: 'http://proxy' } },
    targets: [{ uaa, skipTlsVerification: false, label: 'lab' }],
  };
  const { file, text } = createTestFile(JSON.stringify(newer));
  await file.update((settings) => ({ ...settings, formerUaaTarget: other }));
  expect(JSON.parse(text())).toEqual({ ...newer, formerUaaTarget: other });
});

describe('current and currentUaa of tpks 0.2.0', () => {
  const elsewhere = { ...adminSettings, uaa: other };
  const contexts = { 'cody@a': codySettings, 'admin@a': adminSettings, 'admin@b': elsewhere };
  const migrate = async (pointers: object) => {
    const file = createTestFile(JSON.stringify({ version: 1, contexts, ...pointers }));
    const { selections, formerUaaTarget } = await file.file.read();
    return { selections, formerUaaTarget };
  };

  test('become the two identities of one installation', async () => {
    const pointers = { current: 'cody@a', currentUaa: 'admin@a', uaaTarget: uaa };
    // The only context at the other installation is remembered too.
    const onlyOne = { [other]: { uaa: 'admin@b' } };
    const selection = { uaa, identities: { [uaa]: { pks: 'cody@a', uaa: 'admin@a' }, ...onlyOne } };
    expect(await migrate(pointers)).toEqual({
      selections: { tpks: selection, pks: selection, uaac: selection },
      formerUaaTarget: undefined,
    });
  });

  test('select the installation of current, and keep the identity of currentUaa at its own', async () => {
    const pointers = { current: 'cody@a', currentUaa: 'admin@b', previous: 'admin@a' };
    const identities = { [uaa]: { pks: 'cody@a' }, [other]: { uaa: 'admin@b' } };
    const selection = { uaa, identities, previous: 'admin@a' };
    const expected = {
      // A link named uaac keeps its target, because scripts depend on it.
      selections: { tpks: selection, pks: selection, uaac: { ...selection, uaa: other } },
      formerUaaTarget: other,
    };
    expect(await migrate(pointers)).toEqual(expected);
    expect(await migrate({ ...pointers, uaaTarget: other })).toEqual(expected);
  });

  test('select the installation of currentUaa if current is not set', async () => {
    const selection = { uaa: other, identities: { [other]: { uaa: 'admin@b' } } };
    const expected = {
      selections: { tpks: selection, pks: selection, uaac: selection },
      formerUaaTarget: undefined,
    };
    expect(await migrate({ currentUaa: 'admin@b' })).toEqual(expected);
    expect(await migrate({ current: 'gone', currentUaa: 'admin@b' })).toEqual(expected);
  });

  test('select the UAA of uaa target if no context is set', async () => {
    const selection = { uaa: other, identities: { [other]: { uaa: 'admin@b' } } };
    expect(await migrate({ uaaTarget: other })).toEqual({
      selections: { tpks: selection, pks: selection, uaac: selection },
      formerUaaTarget: undefined,
    });
  });

  test('keep a target without a context only for a link named uaac', async () => {
    const { selections, formerUaaTarget } = await migrate({ current: 'cody@a', uaaTarget: other });
    expect([selections.tpks?.uaa, selections.pks?.uaa, selections.uaac?.uaa]).toEqual([
      uaa,
      uaa,
      other,
    ]);
    expect(formerUaaTarget).toBe(other);
  });

  test('include the context that was last used at each target', async () => {
    const targets = [
      { uaa, skipTlsVerification: false, context: 'admin@a' },
      { uaa: other, skipTlsVerification: false, context: 'admin@b' },
      { uaa: 'https://third.example.com', skipTlsVerification: false, context: 'toString' },
    ];
    const { selections } = await migrate({ current: 'cody@a', targets });
    expect(selections.tpks?.identities).toEqual({
      [uaa]: { pks: 'cody@a', uaa: 'admin@a' },
      [other]: { uaa: 'admin@b' },
    });
    expect(selections.uaac?.uaa).toBe(uaa);
  });

  test('are written in the new format by the next update', async () => {
    const targets = [{ uaa, skipTlsVerification: false, context: 'admin@a' }];
    const { file, text } = createTestFile(
      JSON.stringify({ version: 1, current: 'cody@a', contexts, targets, theme: 'dark' }),
    );
    await file.update((settings) => settings);
    const identities = { [uaa]: { pks: 'cody@a', uaa: 'admin@a' }, [other]: { uaa: 'admin@b' } };
    const selection = { uaa, identities };
    expect(JSON.parse(text())).toEqual({
      version: 2,
      selections: { tpks: selection, pks: selection, uaac: selection },
      // 0.2.0 stored this API for tokens of `tpks uaa` without checking it.
      contexts: { ...contexts, 'admin@a': { ...adminSettings, api: undefined } },
      targets: [{ uaa, skipTlsVerification: false }],
      theme: 'dark',
    });
  });
});

test('the API of a client that tpks 0.2.0 used for PKS commands is kept, and an assumed one is not', async () => {
  const assumed = { ...adminSettings, api: 'https://api.example.com:9021' };
  const contexts = { robot: assumed, former: assumed, admin: assumed };
  const pointers = { current: 'robot', previous: 'former', currentUaa: 'admin' };
  const file = createTestFile(JSON.stringify({ version: 1, contexts, ...pointers }));
  const { contexts: migrated } = await file.file.read();
  expect(Object.values(migrated).map(({ api }) => api)).toEqual([
    assumed.api,
    assumed.api,
    undefined,
  ]);
});

describe('a file of tpks 0.1.0', () => {
  const read = (settings: object) =>
    createTestFile(JSON.stringify({ version: 1, ...settings })).file.read();

  test('may omit port 443 of an API', async () => {
    const cody = { ...codySettings, api: 'https://pks.example.com' };
    const { contexts } = await read({ contexts: { cody } });
    expect(contexts['cody']?.api).toBe('https://pks.example.com:443');
  });
});

test('applies 20 parallel updates without losing any', async () => {
  const { open } = createTestFile();
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

test('does not write the file if nothing changed', async () => {
  const { file, path } = createTestFile();
  await file.update(() => full);
  const before = statSync(path, { bigint: true });
  await file.update(async ({ contexts, ...settings }, write) => {
    await write({ contexts, ...settings });
    return { ...settings, contexts };
  });
  const after = statSync(path, { bigint: true });
  expect([after.ino, after.mtimeNs, after.ctimeNs]).toEqual([
    ...[before.ino, before.mtimeNs, before.ctimeNs],
  ]);
});

test('does not change the file if an update fails', async () => {
  const { file, text } = createTestFile(JSON.stringify(stored));
  const before = text();
  await expect(file.update(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(text()).toBe(before);
});

test('keeps a symbolic link and updates its target', async () => {
  const { file, path } = createTestFile();
  mkdirSync(dirname(path), { mode: 0o700 });
  const linkTarget = join(root, 'dotfiles.json');
  writeFileSync(linkTarget, JSON.stringify(stored));
  symlinkSync(linkTarget, path);
  await file.update((settings) => ({ ...settings, selections: {} }));
  expect(JSON.parse(readFileSync(linkTarget, 'utf8'))).toMatchObject({ selections: {} });
});

describe('a file', () => {
  test.each<[string, string, string]>([
    ['is empty', '', 'Unexpected end of JSON input'],
    ['was cut off', '{"version": 1, "contexts": {', 'JSON'],
    ['is not JSON', 'current: cody@a\n', 'JSON'],
    ['is a list', '[]', 'at version'],
    ['is null', 'null', 'at the top'],
    ['has no contexts', '{"version": 1}', 'at contexts'],
    [
      'has a context without a UAA',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, uaa: undefined } } }),
      'at contexts.a.uaa',
    ],
    [
      'has an unknown grant',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, grant: 'magic' } } }),
      'at contexts.a.grant',
    ],
    [
      'has an API that is not a URL',
      JSON.stringify({ version: 1, contexts: { a: { ...codySettings, api: 'api.example.com' } } }),
      'not an https URL at contexts.a.api',
    ],
    [
      'has a selection that is not a URL',
      JSON.stringify({ version: 2, contexts: {}, selections: { tpks: { uaa: 'api' } } }),
      'not an https URL at selections.tpks.uaa',
    ],
    ['has a version that is not a number', '{"version": "2", "contexts": {}}', 'at version'],
    ['is nested too deeply', '['.repeat(100_000) + ']'.repeat(100_000), 'more than 200 levels'],
  ])('that %s is reported as corrupt and never overwritten', async (_name, text, why) => {
    const { file, path, text: currentText } = createTestFile(text);
    const corrupt = {
      kind: 'storage',
      message: expect.stringMatching(
        new RegExp(`^The configuration file ${path} is corrupt: .*${why}`, 's'),
      ),
      hint: `correct it, or move it away and log in again: mv '${path}' '${path}.bad'`,
    };
    await expect(file.read()).rejects.toMatchObject(corrupt);
    await expect(file.update(() => full)).rejects.toMatchObject(corrupt);
    expect(currentText()).toBe(text);
  });

  test('with a byte order mark is read', async () => {
    const { file, text } = createTestFile(`\ufeff${JSON.stringify(stored)}`);
    expect(await file.read()).toEqual(full);
    await file.update((settings) => ({ ...settings, formerUaaTarget: other }));
    expect(JSON.parse(text())).toEqual({ ...stored, formerUaaTarget: other });
  });
});

test('rejects a file with a newer format and never overwrites it', async () => {
  const newer = '{"version": 3, "contexts": []}';
  const { file, path, text } = createTestFile(newer);
  const rejection = {
    kind: 'storage',
    message: `${path} was written by a newer version of tpks (format 3)`,
    hint: 'update tpks, or set TPKS_HOME to another folder',
  };
  await expect(file.read()).rejects.toMatchObject(rejection);
  await expect(file.update(() => full)).rejects.toMatchObject(rejection);
  expect(text()).toBe(newer);
});

test('rejects a file that is not text, is too large, or is not a regular file', async () => {
  const { file, path, text } = createTestFile('{"version": 1, "contexts": {}, "current": "\xff"}');
  writeFileSync(path, Buffer.from(text(), 'latin1'));
  const rejection = (reason: string) => ({
    kind: 'storage',
    message: `Cannot read ${path}: ${reason}`,
    hint: `move the file away: mv '${path}' '${path}.bad'`,
  });
  await expect(file.read()).rejects.toMatchObject(rejection('it is not UTF-8 text'));
  truncateSync(path, 3 * 1024 ** 3);
  await expect(file.read()).rejects.toMatchObject(rejection('it is too large (limit 16 MiB)'));
  rmSync(path);
  symlinkSync('/dev/zero', path);
  await expect(file.read()).rejects.toMatchObject(rejection('it is not a regular file'));
});

test('rejects a folder or a file that other users can write to', async () => {
  const { file, path } = createTestFile(JSON.stringify(stored));
  for (const [shared, mode, good] of [
    [dirname(path), 0o777, 0o700],
    [path, 0o606, 0o644],
  ] as const) {
    chmodSync(shared, mode);
    const rejection = {
      kind: 'storage',
      message: `Other users can write to ${shared}`,
      hint: `chmod go-w '${shared}', or set TPKS_HOME to another folder`,
    };
    await expect(file.read()).rejects.toMatchObject(rejection);
    await expect(file.update(() => full)).rejects.toMatchObject(rejection);
    chmodSync(shared, good);
    await expect(file.read()).resolves.toBeDefined();
  }
});

test('reports a folder in place of the file', async () => {
  const { file, path } = createTestFile();
  mkdirSync(path, { recursive: true, mode: 0o700 });
  await expect(file.read()).rejects.toMatchObject({
    kind: 'storage',
    message: `Cannot read ${path}: it is a directory, not a regular file`,
    hint: `move the file away: mv '${path}' '${path}.bad'`,
  });
});

test('reports a location that cannot be written', async () => {
  writeFileSync(join(root, 'plain-file'), '');
  const directory = join(root, 'plain-file', 'tpks');
  const file = createSettingsFile({ directory, program, withLock: (work) => work() });
  await expect(file.update(() => full)).rejects.toMatchObject({
    message: expect.stringContaining(join(directory, 'config.json')),
    hint: expect.stringContaining('TPKS_HOME'),
  });
});
