import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keepIn, keepInMemory } from '../../../src/sandbox/keep.js';
import { temporaryFolder } from './running-sandbox.js';

const isText = (value: unknown): value is string => typeof value === 'string';
const things = { name: 'things', start: () => ['first'], isItem: isText };

test.each([
  ['in memory', () => keepInMemory],
  ['in a folder', () => keepIn(join(temporaryFolder(), 'broker'))],
])('what was written is read, %s', (_name, keepSomewhere) => {
  const kept = keepSomewhere()(things);
  expect(kept.read()).toEqual(['first']);
  kept.write(['a', 'b']);
  expect(kept.read()).toEqual(['a', 'b']);
});

test('a folder is made by the first change, for its owner alone, and is read by the next one', () => {
  const folder = join(temporaryFolder(), 'broker');
  const kept = keepIn(folder)(things);
  expect(existsSync(folder)).toBe(false);
  kept.write(['a']);
  expect(readdirSync(folder)).toEqual(['things.json']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'things.json')).mode & 0o777).toBe(0o600);
  expect(keepIn(folder)(things).read()).toEqual(['a']);
  expect(keepIn(folder)({ ...things, name: 'others' }).read()).toEqual(['first']);
});

test.each(['', 'nonsense', '[]', '{"version":2,"items":[]}', '{"version":1,"items":[1]}'])(
  'a file that holds %j was written by somebody else, and is named',
  (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'things.json'), text);
    expect(() => keepIn(folder)(things)).toThrow(
      `${join(folder, 'things.json')} was not written by this sandbox`,
    );
  },
);
