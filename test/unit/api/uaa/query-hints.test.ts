import { expect, test } from '@jest/globals';
import {
  clientColumns,
  createQueryHint,
  groupColumns,
  userColumns,
} from '../../../../src/api/uaa/query-hints.js';

const columns = { users: userColumns, groups: groupColumns, clients: clientColumns };

test.each<[keyof typeof columns, Record<string, string>, RegExp]>([
  ['users', { filter: 'userName eq' }, /^example of a filter: userName sw "a"/],
  [
    'users',
    { filter: '(origin pr or user eq "a pr") and' },
    /^unknown column user in the filter \(choose from userName, origin, /,
  ],
  ['users', { filter: 'urn:scim:schemas:core:1.0:USERNAME eq' }, /^example of a filter: /],
  ['users', { filter: 'origin eq "nosuch pr" x' }, /^example of a filter: /],
  ['groups', { filter: 'userName pr' }, /^unknown column userName .* from displayName, /],
  ['clients', { filter: 'id pr' }, /^unknown column id .* from client_id, /],
  ['users', { sortBy: 'nosuch' }, /^unknown sort column nosuch \(choose from userName, /],
  ['users', { filter: 'id pr', sortBy: 'nosuch' }, /^unknown sort column nosuch/],
  ['groups', { filter: 'id gt "x"', sortBy: 'ID' }, /^example of a filter: displayName sw "pks"/],
])('suggests how to correct the list of %s with the query %j', (list, query, hint) => {
  expect(createQueryHint(columns[list], query)).toMatch(hint);
});
