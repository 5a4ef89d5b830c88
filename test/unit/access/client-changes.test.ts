import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '../../../src/uaa/client-attributes.js';
import { compareAttributes } from '../../../src/access/difference.js';

/** The new values of the attributes that change. */
function findChanges(wanted: Attributes, actual: Attributes, prune = false): unknown {
  const changes = compareAttributes(wanted, actual, { prune });
  return Object.fromEntries(changes.map(({ name, to }) => [name, to]));
}

describe('lists of scopes and other permissions', () => {
  test('get the missing entries and keep the others', () => {
    const wanted = { authorities: ['b', 'a'] };
    expect(findChanges(wanted, { authorities: ['c', 'b'] })).toEqual({
      authorities: ['a', 'b', 'c'],
    });
  });

  test('lose all other entries with --prune', () => {
    const wanted = { authorities: ['b', 'a'] };
    expect(findChanges(wanted, { authorities: ['c'] }, true)).toEqual({ authorities: ['a', 'b'] });
  });

  test('are compared without regard to their order', () => {
    expect(findChanges({ scope: ['a', 'b'] }, { scope: ['b', 'a'] }, true)).toEqual({});
  });

  test('remain unchanged if the file does not contain them', () => {
    expect(findChanges({}, { scope: ['a'], name: 'x' }, true)).toEqual({});
  });

  test.each([true, false])('treat uaa.none as no scope (prune: %j)', (prune) => {
    expect(findChanges({ scope: [] }, { scope: ['uaa.none'] }, prune)).toEqual({});
    expect(findChanges({ scope: ['uaa.none'] }, {}, prune)).toEqual({});
    expect(findChanges({ scope: ['a'] }, { scope: ['uaa.none'] }, prune)).toEqual({ scope: ['a'] });
  });

  test('are sent in the form that the UAA accepts if they are empty', () => {
    expect(
      findChanges({ scope: [], authorities: [] }, { scope: ['a'], authorities: ['b'] }, true),
    ).toEqual({ scope: ['uaa.none'], authorities: ['uaa.none'] });
    expect(findChanges({ redirect_uri: [] }, { redirect_uri: ['https://a'] }, true)).toEqual({
      redirect_uri: [],
    });
    expect(findChanges({ scope: [] }, { scope: ['a'] })).toEqual({});
  });

  test.each(['password', 'authorization_code'])(
    'keep the refresh_token that the UAA adds to %s',
    (grant) => {
      const actual = { authorized_grant_types: [grant, 'refresh_token'] };
      expect(findChanges({ authorized_grant_types: [grant] }, actual, true)).toEqual({});
    },
  );

  test('lose refresh_token with --prune if the UAA does not add it', () => {
    const actual = { authorized_grant_types: ['client_credentials', 'refresh_token'] };
    expect(findChanges({ authorized_grant_types: ['client_credentials'] }, actual, true)).toEqual({
      authorized_grant_types: ['client_credentials'],
    });
  });
});

describe('autoapprove', () => {
  test('true approves all scopes', () => {
    expect(findChanges({ autoapprove: true }, { autoapprove: true })).toEqual({});
    expect(findChanges({ autoapprove: true }, {})).toEqual({ autoapprove: true });
    expect(findChanges({ autoapprove: true }, { autoapprove: ['a'] })).toEqual({
      autoapprove: true,
    });
  });

  test('a list replaces true only with --prune', () => {
    const actual = { autoapprove: true, scope: ['a', 'b'] };
    expect(findChanges({ autoapprove: ['a'] }, actual)).toEqual({});
    expect(findChanges({ autoapprove: ['a'] }, actual, true)).toEqual({ autoapprove: ['a'] });
  });

  test('false approves no scopes, with or without --prune', () => {
    expect(findChanges({ autoapprove: false }, {})).toEqual({});
    expect(findChanges({ autoapprove: false }, { autoapprove: true })).toEqual({
      autoapprove: false,
    });
    const actual = { autoapprove: ['a'], scope: ['a'] };
    expect(findChanges({ autoapprove: false }, actual)).toEqual({ autoapprove: false });
    expect(findChanges({ autoapprove: [] }, actual, true)).toEqual({ autoapprove: false });
  });

  test('contains only scopes that the client has or gets, as the UAA stores no others', () => {
    expect(findChanges({ autoapprove: ['a', 'gone'] }, { scope: ['a'] })).toEqual({
      autoapprove: ['a'],
    });
    expect(findChanges({ autoapprove: ['b'], scope: ['b'] }, { scope: ['a'] })).toEqual({
      scope: ['a', 'b'],
      autoapprove: ['b'],
    });
  });

  test('an entry may be a regular expression; an invalid one matches only itself', () => {
    const actual = { scope: ['pks.a', 'pks.b', 'open(id'], autoapprove: ['pks.a', 'pks.b'] };
    expect(findChanges({ autoapprove: ['pks\\..*'] }, actual, true)).toEqual({});
    expect(findChanges({ autoapprove: ['open(id'] }, actual, true)).toEqual({
      autoapprove: ['open(id'],
    });
  });
});

describe('other attributes', () => {
  test('are set to the value in the file', () => {
    const actual = { access_token_validity: 600, name: 'Old', allowedproviders: ['uaa', 'ldap'] };
    const wanted = { access_token_validity: 900, name: 'Old', allowedproviders: ['uaa'] };
    expect(compareAttributes(wanted, actual, { prune: false })).toEqual([
      { name: 'access_token_validity', from: 600, to: 900 },
      { name: 'allowedproviders', from: ['uaa', 'ldap'], to: ['uaa'] },
    ]);
  });

  test('treat an empty list of required groups as a missing one', () => {
    expect(findChanges({ required_user_groups: [] }, {})).toEqual({});
    expect(findChanges({ required_user_groups: [] }, { required_user_groups: ['a'] })).toEqual({
      required_user_groups: [],
    });
  });

  test('distinguish false from a missing value', () => {
    expect(findChanges({ allowpublic: false }, {})).toEqual({ allowpublic: false });
  });
});
