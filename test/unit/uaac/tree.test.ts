import { describe, expect, test } from '@jest/globals';
import { formatTree, toLowerCaseKeys } from '../../../src/uaac/tree.js';

describe('formatTree', () => {
  test.each<[what: string, value: unknown, lines: readonly string[]]>([
    ['fields', { id: 'a', count: 3, on: true }, ['  id: a', '  count: 3', '  on: true']],
    ['a nested object', { meta: { version: 0 } }, ['  meta', '    version: 0']],
    ['a list of words', { scope: ['a', 'b'] }, ['  scope: a b']],
    ['an empty list', { members: [] }, ['  members: ']],
    ['an empty text', { name: '' }, ['  name: ']],
    ['no line for null', { a: null, b: 1 }, ['  b: 1']],
    [
      'a list of objects',
      { emails: [{ value: 'a@b.c' }] },
      ['  emails: ', '  -', '    value: a@b.c'],
    ],
    ['a list without a name', [{ id: 1 }, { id: 2 }], ['-', '  id: 1', '-', '  id: 2']],
    ['the other lines of a text without indentation', { key: 'one\ntwo' }, ['  key: one', 'two']],
    [
      'numbers as names in their order',
      new Map([
        ['10', { a: 1 }],
        ['9', { a: 2 }],
      ]),
      ['  10', '    a: 1', '  9', '    a: 2'],
    ],
  ])('prints %s', (_what, value, lines) => {
    expect(formatTree(value)).toEqual(lines);
  });
});

test('toLowerCaseKeys moves renamed fields to the end, at every level', () => {
  const value = { userName: 'a', id: 1, meta: { lastModified: 2, version: 3 }, list: [{ A: 1 }] };
  expect(formatTree(toLowerCaseKeys(value))).toEqual([
    '  id: 1',
    '  meta',
    '    version: 3',
    '    lastmodified: 2',
    '  list: ',
    '  -',
    '    a: 1',
    '  username: a',
  ]);
});
