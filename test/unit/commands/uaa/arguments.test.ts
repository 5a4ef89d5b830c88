import { describe, expect, test } from '@jest/globals';
import { countingNumber, toScope, wordList } from '../../../../src/commands/uaa/arguments.js';
import { asYaml } from '../../../../src/commands/uaa/as-yaml.js';
import { toListQuery } from '../../../../src/commands/uaa/list-options.js';
import { parse } from 'yaml';

describe('a list', () => {
  test('is split at commas and blanks, and goes on when given again', () => {
    expect(wordList('a,b  c, d')).toEqual(['a', 'b', 'c', 'd']);
    expect(wordList('c', ['a', 'b'])).toEqual(['a', 'b', 'c']);
    expect(wordList('')).toEqual([]);
  });

  test('of scopes has blanks, and without any there is none', () => {
    expect(toScope(['a.b', 'c'])).toBe('a.b c');
    expect(toScope([])).toBeUndefined();
  });
});

describe('a number', () => {
  test('counts from 1', () => {
    expect(countingNumber('12')).toBe(12);
  });

  test.each(['0', '-1', '1.5', 'x', '', ' 1', '99999999999999999999'])('%j is none', (text) => {
    expect(() => countingNumber(text)).toThrow('whole number');
  });
});

describe('flags of a list', () => {
  test('--count means what --limit does, --filter what the argument does', () => {
    expect(toListQuery(undefined, { filter: 'x', count: 3 })).toEqual(
      toListQuery('x', { limit: 3 }),
    );
  });

  test('one filter is enough', () => {
    expect(() => toListQuery('x', { filter: 'y' })).toThrow('The filter is given twice');
  });
});

describe('YAML', () => {
  test.each([
    { text: 'yes', number: '1', empty: '', nothing: null, colon: 'a: b', list: [], more: [{}] },
    { long: 'x '.repeat(300).trim() },
    {
      controls: '\u001b[31m\u0007\r\n\t',
      bidi: 'a\u202eb\u2066',
      tag: '\u{e0001}',
      '\u200bkey': 1,
    },
  ])('of %j reads back as it was', async (value) => {
    const lines = await asYaml(value);
    expect(parse(lines.join('\n'))).toEqual(value);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
