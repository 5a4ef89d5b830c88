import { expect, test } from '@jest/globals';
import { toFileName } from '../../../src/disk/file-name.js';

test('the file name contains a readable form of the name', () => {
  expect(toFileName('Cody@api.example.com')).toMatch(/^cody-api\.example\.com-[0-9a-f]{32}$/);
});

test.each(['', '.', '..', '/', '../../x', 'a\0b', 'NUL', '\u202e', '-rf'])(
  '%j becomes one that every file system takes, in its folder',
  (name) => {
    expect(toFileName(name)).toMatch(/^[a-z0-9](?:[a-z0-9.-]{0,91}[0-9a-f])?$/);
  },
);

test('the same name gives the same file, another one another, case or not', () => {
  expect(toFileName('cody')).toBe(toFileName('cody'));
  const names = ['cody', 'Cody', 'CODY', 'cody-', 'cody@', 'co-dy', '']
    .map(toFileName)
    .map((name) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
});

test('a long name is shortened', () => {
  expect(toFileName('x'.repeat(10_000))).toMatch(/^x{60}-[0-9a-f]{32}$/);
});
