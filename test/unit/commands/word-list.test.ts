import { describe, expect, test } from '@jest/globals';
import { joinScopes, parseWordList } from '../../../src/commands/word-list.js';

describe('a list', () => {
  test('is split at commas and blanks, and goes on when given again', () => {
    expect(parseWordList('a,b  c, d')).toEqual(['a', 'b', 'c', 'd']);
    expect(parseWordList('c', ['a', 'b'])).toEqual(['a', 'b', 'c']);
    expect(parseWordList('')).toEqual([]);
  });

  test('of scopes has blanks, and without any there is none', () => {
    expect(joinScopes(['a.b', 'c'])).toBe('a.b c');
    expect(joinScopes([])).toBeUndefined();
  });
});
