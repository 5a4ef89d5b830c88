import { describe, expect, test } from '@jest/globals';
import { toListQuery } from '../../../../src/commands/uaa/scim-list.js';

describe('toListQuery', () => {
  test('treats --count like --limit and --filter like the argument', () => {
    expect(toListQuery(undefined, { filter: 'x', count: 3 })).toEqual(
      toListQuery('x', { limit: 3 }),
    );
  });

  test('rejects a filter as argument and option', () => {
    expect(() => toListQuery('x', { filter: 'y' })).toThrow('The filter was given twice');
  });
});
