import { describe, expect, test } from '@jest/globals';
import { toListQuery } from '../../../../src/commands/uaa/scim-list.js';

describe('flags of a list', () => {
  test('--count means what --limit does, --filter what the argument does', () => {
    expect(toListQuery(undefined, { filter: 'x', count: 3 })).toEqual(
      toListQuery('x', { limit: 3 }),
    );
  });

  test('one filter is enough', () => {
    expect(() => toListQuery('x', { filter: 'y' })).toThrow('The filter was given twice');
  });
});
