import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openFolderStorage } from '../../../../src/sandbox/storage/folder-storage.js';
import type { Storage } from '../../../../src/sandbox/storage/storage.js';
import { temporaryFolder } from '../running-sandbox.js';

interface Thing {
  readonly id: string;
  readonly text: string;
}

const thingsIn = (storage: Storage, name = 'things', seed: readonly Thing[] = []) =>
  storage.collection<Thing>({
    name,
    key: ({ id }) => id,
    requiredMembers: ['id', 'text'],
    seed: () => seed,
  });

const reread = (folder: string, name?: string): readonly Thing[] =>
  thingsIn(openFolderStorage(folder), name).all();

const journalIn = (folder: string): string => join(folder, 'journal.ndjson');

test('the first change creates the folder, readable only by its owner', () => {
  const folder = join(temporaryFolder(), 'broker');
  const storage = openFolderStorage(folder);
  const things = thingsIn(storage, 'things', [{ id: 'a', text: 'seed' }]);
  storage.commit();
  expect(existsSync(folder)).toBe(false);
  things.put({ id: 'b', text: 'new' });
  storage.commit();
  expect(readdirSync(folder)).toEqual(['journal.ndjson']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(journalIn(folder)).mode & 0o777).toBe(0o600);
  expect(reread(folder)).toEqual([
    { id: 'a', text: 'seed' },
    { id: 'b', text: 'new' },
  ]);
});

test('a collection whose rows were all deleted is not seeded again', () => {
  const folder = temporaryFolder();
  const seed = [{ id: 'a', text: 'seed' }];
  const storage = openFolderStorage(folder);
  const things = thingsIn(storage, 'things', seed);
  things.delete('a');
  storage.commit();
  expect(thingsIn(openFolderStorage(folder), 'things', seed).all()).toEqual([]);
});

test('a collection that a later version adds is stored with its seed', () => {
  const folder = temporaryFolder();
  const first = openFolderStorage(folder);
  thingsIn(first).put({ id: 'a', text: 'a' });
  first.commit();

  const second = openFolderStorage(folder);
  const others = thingsIn(second, 'others', [{ id: 'b', text: 'seed' }]);
  others.put({ id: 'c', text: 'c' });
  second.commit();
  expect(reread(folder, 'others').map(({ id }) => id)).toEqual(['b', 'c']);
  expect(reread(folder).map(({ id }) => id)).toEqual(['a']);
});

/** Commits of puts and deletions; a change without `text` is a deletion. */
const commits = fc.array(
  fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'ü\n"', '__proto__'),
      text: fc.option(fc.string({ unit: 'binary', maxLength: 12 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 5 },
);

test('a journal that ends at any byte restores exactly the commits that are complete', () => {
  fc.assert(
    fc.property(commits, (all) => {
      const folder = temporaryFolder();
      const storage = openFolderStorage(folder);
      const things = thingsIn(storage);
      // The first commit writes a snapshot in one step.
      things.put({ id: 'first', text: '' });
      storage.commit();
      const states = [{ size: statSync(journalIn(folder)).size, rows: things.all() }];
      for (const changes of all) {
        for (const { id, text } of changes) {
          if (text === undefined) things.delete(id);
          else things.put({ id, text });
        }
        storage.commit();
        states.push({ size: statSync(journalIn(folder)).size, rows: things.all() });
      }
      const bytes = readFileSync(journalIn(folder));
      const torn = temporaryFolder();
      for (let length = states[0]?.size ?? 0; length <= bytes.length; length += 1) {
        writeFileSync(journalIn(torn), bytes.subarray(0, length));
        const complete = states.filter(({ size }) => size <= length).at(-1);
        const reopened = openFolderStorage(torn);
        const restored = thingsIn(reopened);
        expect(restored.all()).toEqual(complete?.rows);
        // A record that is written after the incomplete one can be read too.
        restored.put({ id: 'later', text: 'after the crash' });
        reopened.commit();
        expect(reread(torn)).toEqual([
          ...(complete?.rows ?? []),
          { id: 'later', text: 'after the crash' },
        ]);
      }
    }),
    { numRuns: 8 },
  );
});

test('a journal that ends within its snapshot is rejected or read without the missing rows', () => {
  const folder = temporaryFolder();
  const storage = openFolderStorage(folder);
  thingsIn(storage).put({ id: 'a', text: 'a' });
  storage.commit();
  const bytes = readFileSync(journalIn(folder));
  const torn = temporaryFolder();
  const header = bytes.indexOf('\n') + 1;
  for (let length = 0; length < bytes.length; length += 1) {
    writeFileSync(journalIn(torn), bytes.subarray(0, length));
    if (length < header) expect(() => reread(torn)).toThrow(`Cannot read ${journalIn(torn)}`);
    else expect(reread(torn)).toEqual([]);
  }
});

test('a write appends the same number of bytes for 10,000 rows as for one row', () => {
  const appended = (rows: number): number => {
    const folder = temporaryFolder();
    const storage = openFolderStorage(folder);
    const things = thingsIn(storage);
    for (let index = 0; index < rows; index += 1)
      things.put({ id: `row-${String(index)}`, text: 'x' });
    storage.commit();
    const before = statSync(journalIn(folder)).size;
    things.put({ id: 'row-0', text: 'y' });
    storage.commit();
    return statSync(journalIn(folder)).size - before;
  };
  expect(appended(10_000)).toBe(appended(1));
});

test('a journal with many more records than rows is replaced by a snapshot', () => {
  const folder = temporaryFolder();
  const storage = openFolderStorage(folder);
  const things = thingsIn(storage);
  let largest = 0;
  for (let index = 0; index < 25_000; index += 1) {
    things.put({ id: String(index % 3), text: String(index) });
    if (index % 100 !== 0) continue;
    storage.commit();
    largest = Math.max(largest, readFileSync(journalIn(folder), 'utf8').split('"things"').length);
  }
  storage.commit();
  expect(largest).toBeLessThan(10_200);
  expect(reread(folder).map(({ text }) => text)).toEqual(['24999', '24997', '24998']);
  expect(readdirSync(folder)).toEqual(['journal.ndjson']);
});

test('a record that was written only in part is written again completely', () => {
  const folder = temporaryFolder();
  const storage = openFolderStorage(folder);
  const things = thingsIn(storage);
  things.put({ id: 'a', text: 'a' });
  storage.commit();
  things.put({ id: 'b', text: 'b' });
  const aside = join(folder, 'aside');
  renameSync(journalIn(folder), aside);
  mkdirSync(journalIn(folder));
  expect(() => storage.commit()).toThrow('EISDIR');
  rmdirSync(journalIn(folder));
  renameSync(aside, journalIn(folder));
  appendFileSync(journalIn(folder), '[["things","b",{"id":"b","text":"and much more');

  things.put({ id: 'c', text: 'c' });
  storage.commit();
  expect(reread(folder).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

describe('a damaged journal', () => {
  const header = (): string => {
    const folder = temporaryFolder();
    const storage = openFolderStorage(folder);
    thingsIn(storage).put({ id: 'a', text: 'a' });
    storage.commit();
    return `${readFileSync(journalIn(folder), 'utf8').split('\n')[0] ?? ''}\n`;
  };

  test.each([
    ['is empty', () => '', 'line 1'],
    ['belongs to another program', () => 'nonsense\n', 'line 1'],
    ['has another version', () => header().replace(/\d/, '9'), 'line 1'],
    [
      'has a line that is not JSON',
      () => `${header()}[["things"]]\n\0\0\n[["things"]]\n`,
      'line 3',
    ],
    ['has a record that is not a list', () => `${header()}{}\n`, 'line 2'],
    ['has a change without a name', () => `${header()}[[1,"a"]]\n`, 'line 2'],
    ['has an invalid row', () => `${header()}[["things","secret-key",1]]\n`, 'row 1 of things'],
  ])('that %s is reported with its path and not changed', (_case, text, location) => {
    const folder = temporaryFolder();
    const written = text();
    writeFileSync(journalIn(folder), written);
    expect(() => reread(folder)).toThrow(`Cannot read ${journalIn(folder)}`);
    expect(() => reread(folder)).toThrow(location);
    // The key of a row may be a token.
    expect(() => reread(folder)).not.toThrow('secret-key');
    expect(readFileSync(journalIn(folder), 'utf8')).toBe(written);
  });
});

describe('files of tpks 0.1.0', () => {
  const oldFile = (folder: string, items: unknown): void => {
    writeFileSync(join(folder, 'things.json'), JSON.stringify({ version: 1, items }));
  };

  test.each([
    ['pairs', [['a', { id: 'a', text: 'old' }]]],
    ['rows', [{ id: 'a', text: 'old' }]],
  ])(
    'that contain %s are read, and replaced by the first commit that changes something',
    (_case, items) => {
      const folder = temporaryFolder();
      oldFile(folder, items);
      const storage = openFolderStorage(folder);
      const things = thingsIn(storage);
      expect(things.all()).toEqual([{ id: 'a', text: 'old' }]);
      storage.commit();
      expect(readdirSync(folder)).toEqual(['things.json']);
      things.put({ id: 'b', text: 'new' });
      storage.commit();
      expect(readdirSync(folder)).toEqual(['journal.ndjson']);
      expect(reread(folder).map(({ text }) => text)).toEqual(['old', 'new']);
    },
  );

  test('are ignored if a journal exists', () => {
    const folder = temporaryFolder();
    const storage = openFolderStorage(folder);
    thingsIn(storage).put({ id: 'a', text: 'new' });
    storage.commit();
    oldFile(folder, [{ id: 'a', text: 'old' }]);
    expect(reread(folder)).toEqual([{ id: 'a', text: 'new' }]);
  });

  test.each(['', 'nonsense', '[]', '{"version":2,"items":[]}', '{"version":1,"items":[1]}'])(
    'are rejected with their path if they contain %j',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'things.json'), text);
      expect(() => reread(folder)).toThrow(
        `${join(folder, 'things.json')} was not written by tpks sandbox`,
      );
    },
  );
});

test('an incomplete snapshot next to the journal is ignored', () => {
  const folder = temporaryFolder();
  const storage = openFolderStorage(folder);
  thingsIn(storage).put({ id: 'a', text: 'a' });
  storage.commit();
  writeFileSync(`${journalIn(folder)}.new`, 'half of a snap');
  expect(reread(folder)).toEqual([{ id: 'a', text: 'a' }]);
});
