import { expect, test } from '@jest/globals';
import { queryHint } from '../../../../src/uaa/list/query-hint.js';

test.each<[string, Record<string, string>, RegExp]>([
  ['Users', { filter: 'userName eq' }, /^in the filter, at its end a value is missing/],
  [
    'Users',
    { filter: 'displayName pr' },
    /^in the filter, at displayName .* by userName, origin, /,
  ],
  ['Groups', { filter: 'userName pr' }, /^in the filter, at userName .* by displayName, /],
  ['clients', { filter: 'id pr' }, /^in the filter, at id .* by client_id, /],
  ['Users', { sortBy: 'nosuch' }, /^it cannot be sorted by nosuch, but by userName, /],
  ['Users', { filter: 'id pr', sortBy: 'nosuch' }, /^it cannot be sorted by nosuch/],
  [
    'Groups',
    { filter: 'id gt "x"', sortBy: 'ID' },
    /^an example of a filter: displayName sw "pks"/,
  ],
])('of a refused list of %s by %j it says what to change', (path, query, hint) => {
  expect(queryHint(path, query)).toMatch(hint);
});
