import { describe, expect, test } from '@jest/globals';
import {
  joinScopes,
  parseNonEmptyList,
  parseWordList,
} from '../../../src/commands/option-values.js';

describe('word lists', () => {
  test('parseWordList splits at commas and spaces and appends to earlier values', () => {
    expect(parseWordList('a,b  c, d')).toEqual(['a', 'b', 'c', 'd']);
    expect(parseWordList('c', ['a', 'b'])).toEqual(['a', 'b', 'c']);
    expect(parseWordList('')).toEqual([]);
  });

  test('parseNonEmptyList rejects a list without values', () => {
    expect(parseNonEmptyList('b', ['a'])).toEqual(['a', 'b']);
    for (const text of ['', ' , ']) {
      expect(() => parseNonEmptyList(text, ['a'])).toThrow(
        'expected one or more values, separated by commas',
      );
    }
  });

  test('joinScopes joins with spaces and returns undefined for an empty list', () => {
    expect(joinScopes(['a.b', 'c'])).toBe('a.b c');
    expect(joinScopes([])).toBeUndefined();
  });
});
