import { expect, test } from '@jest/globals';
import { createQueryHint } from '../../../../src/uaa/list/query-hint.js';

test.each<[string, Record<string, string>, RegExp]>([
  ['Users', { filter: 'userName eq' }, /^example of a filter: userName sw "a"/],
  [
    'Users',
    { filter: '(origin pr or user eq "a pr") and' },
    /^unknown column user in the filter \(choose from userName, origin, /,
  ],
  ['Users', { filter: 'urn:scim:schemas:core:1.0:USERNAME eq' }, /^example of a filter: /],
  ['Users', { filter: 'origin eq "nosuch pr" x' }, /^example of a filter: /],
  ['Groups', { filter: 'userName pr' }, /^unknown column userName .* from displayName, /],
  ['clients', { filter: 'id pr' }, /^unknown column id .* from client_id, /],
  ['Users', { sortBy: 'nosuch' }, /^unknown sort column nosuch \(choose from userName, /],
  ['Users', { filter: 'id pr', sortBy: 'nosuch' }, /^unknown sort column nosuch/],
  ['Groups', { filter: 'id gt "x"', sortBy: 'ID' }, /^example of a filter: displayName sw "pks"/],
])('suggests how to correct the list of %s with the query %j', (path, query, hint) => {
  expect(createQueryHint(path, query)).toMatch(hint);
});
