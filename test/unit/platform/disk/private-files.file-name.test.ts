import { expect, test } from '@jest/globals';
import { toFileName } from '../../../../src/platform/disk/private-files.js';

test('includes a readable form of the name', () => {
  expect(toFileName('Cody@api.example.com')).toMatch(/^cody-api\.example\.com-[0-9a-f]{32}$/);
});

test.each(['', '.', '..', '/', '../../x', 'a\0b', 'NUL', '\u202e', '-rf'])(
  'converts %j to a name that is valid on every file system and stays in its folder',
  (name) => {
    expect(toFileName(name)).toMatch(/^[a-z0-9](?:[a-z0-9.-]{0,91}[0-9a-f])?$/);
  },
);

test('returns the same file name for the same name, and different ones for names that differ only in case', () => {
  expect(toFileName('cody')).toBe(toFileName('cody'));
  const names = ['cody', 'Cody', 'CODY', 'cody-', 'cody@', 'co-dy', '']
    .map(toFileName)
    .map((name) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
});

test('shortens a long name', () => {
  expect(toFileName('x'.repeat(10_000))).toMatch(/^x{60}-[0-9a-f]{32}$/);
});
