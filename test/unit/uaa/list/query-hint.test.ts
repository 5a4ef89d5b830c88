import { expect, test } from '@jest/globals';
import { createQueryHint } from '../../../../src/uaa/list/query-hint.js';

test.each<[string, Record<string, string>, RegExp]>([
  ['Users', { filter: 'userName eq' }, /^error in the filter at the end: expected a value/],
  [
    'Users',
    { filter: 'displayName pr' },
    /^error in the filter at displayName .* from userName, origin, /,
  ],
  ['Groups', { filter: 'userName pr' }, /^error in the filter at userName .* from displayName, /],
  ['clients', { filter: 'id pr' }, /^error in the filter at id .* from client_id, /],
  ['Users', { sortBy: 'nosuch' }, /^unknown sort column nosuch \(choose from userName, /],
  ['Users', { filter: 'id pr', sortBy: 'nosuch' }, /^unknown sort column nosuch/],
  ['Groups', { filter: 'id gt "x"', sortBy: 'ID' }, /^example of a filter: displayName sw "pks"/],
])('suggests how to correct the list of %s with the query %j', (path, query, hint) => {
  expect(createQueryHint(path, query)).toMatch(hint);
});
