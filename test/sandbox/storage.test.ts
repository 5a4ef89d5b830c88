import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openState, type State, type Storage } from '../../src/sandbox/storage.js';
import { temporaryFolder } from './running-sandbox.js';

interface Thing {
  readonly id: string;
  readonly text?: string;
}

const openThings = (storage: Storage, seed: readonly Thing[] = [], name = 'things') =>
  storage.collection<Thing>({ name, key: ({ id }) => id, seed: () => seed });

/** Opens the collection of a new process in the same folder. */
const reread = (folder: string, seed?: readonly Thing[]) =>
  openThings(openState(folder).getStorage('broker'), seed).all();

let folder: string;
let path: string;
let state: State;
let storage: Storage;
beforeEach(() => {
  jest.useFakeTimers();
  folder = temporaryFolder();
  path = join(folder, 'state.json');
  state = openState(folder);
  storage = state.getStorage('broker');
});
afterEach(() => {
  jest.useRealTimers();
});

test('saves committed changes once within 200 ms, readable only by the owner', () => {
  const things = openThings(storage, [{ id: 'a', text: 'seed' }]);
  things.put({ id: 'ü\n"', text: '__proto__' });
  storage.commit();
  jest.advanceTimersByTime(100);
  expect(existsSync(path)).toBe(false);
  things.put({ id: 'c' });
  storage.commit();
  jest.advanceTimersByTime(100);
  expect(reread(folder)).toEqual([
    { id: 'a', text: 'seed' },
    { id: 'ü\n"', text: '__proto__' },
    { id: 'c' },
  ]);
  expect(jest.getTimerCount()).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test('saves a large state less often', () => {
  const duration = jest.spyOn(performance, 'now');
  const things = openThings(storage);
  duration.mockReturnValueOnce(0).mockReturnValueOnce(1000);
  state.save();
  duration.mockRestore();
  things.put({ id: 'a' });
  storage.commit();
  jest.advanceTimersByTime(4999);
  expect(reread(folder)).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(reread(folder)).toEqual([{ id: 'a' }]);
});

test('saves changes that were not committed when it is closed, and none later', () => {
  const things = openThings(storage);
  things.put({ id: 'a' });
  state.close();
  things.put({ id: 'b' });
  storage.commit();
  expect(jest.getTimerCount()).toBe(0);
  expect(reread(folder)).toEqual([{ id: 'a' }]);
});

test('does not write the file again if nothing changed', () => {
  openThings(storage, [{ id: 'a' }]);
  state.close();
  const { ino } = statSync(path);
  const reopened = openState(folder);
  openThings(reopened.getStorage('broker'));
  reopened.close();
  expect(statSync(path).ino).toBe(ino);
});

test('does not seed a collection again whose rows were all deleted', () => {
  const seed = [{ id: 'a' }];
  openThings(storage, seed).delete('a');
  state.close();
  expect(reread(folder, seed)).toEqual([]);
});

test('keeps the rows of collections that are not opened, and seeds new collections', () => {
  openThings(storage, [{ id: 'a' }]);
  state.close();
  const second = openState(folder);
  openThings(second.getStorage('uaa'), [{ id: 'b' }]);
  second.close();
  const third = openState(folder);
  expect(openThings(third.getStorage('broker')).all()).toEqual([{ id: 'a' }]);
  expect(openThings(third.getStorage('uaa')).all()).toEqual([{ id: 'b' }]);
});

test('reports a failed save with the next commits and on close, until it succeeds', () => {
  const things = openThings(storage, [{ id: 'a' }]);
  // A folder with the name of the file makes each save fail.
  mkdirSync(path);
  things.put({ id: 'b' });
  storage.commit();
  jest.advanceTimersByTime(200);
  expect(() => storage.commit()).toThrow(/EISDIR/);
  expect(() => state.save()).toThrow(expect.objectContaining({ path }));
  expect(readdirSync(folder)).toEqual(['state.json']);
  rmdirSync(path);
  storage.commit();
  expect(reread(folder)).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('ignores and replaces the incomplete file of a process that was killed while saving', () => {
  writeFileSync(`${path}.new`, '{"version":3,"rows":{"bro');
  openThings(storage, [{ id: 'a' }]);
  state.close();
  expect(reread(folder)).toEqual([{ id: 'a' }]);
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test.each(['', 'nonsense', '[]', '{"version":2,"rows":{}}', '{"version":4,"rows":{}}'])(
  'rejects a file that contains %j, and does not change it',
  (text) => {
    writeFileSync(path, text);
    expect(() => openState(folder)).toThrow(
      expect.objectContaining({
        message: `Cannot read ${path}: it is damaged or was written by another version of tpks`,
        advice: `move the file away, then start the sandbox again: mv '${path}' '${path}.bad'`,
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test.each(['uaa/journal.ndjson', 'broker/journal.ndjson', 'uaa/users.json'])(
  'rejects a folder with the file %s of an older version',
  (name) => {
    const older = join(folder, name);
    mkdirSync(dirname(older));
    writeFileSync(older, '');
    expect(() => openState(folder)).toThrow(
      expect.objectContaining({
        message: `${older} was written by an older version of tpks`,
        advice:
          'use an empty folder: tpks sandbox --dir PATH; or delete the old data: ' +
          `rm -rf '${folder}/uaa' '${folder}/broker' '${folder}/kubernetes'`,
      }),
    );
  },
);
