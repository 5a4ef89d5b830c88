import { describe, expect, test } from '@jest/globals';
import { toScope, wordList } from '../../../src/commands/word-list.js';

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
