import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '../../../src/uaa/client-attributes.js';
import { compareAttributes } from '../../../src/access/client-changes.js';

/** What attributes become, by name. */
function changed(wanted: Attributes, actual: Attributes, prune = false): unknown {
  const changes = compareAttributes(wanted, actual, { prune });
  return Object.fromEntries(changes.map(({ name, to }) => [name, to]));
}

describe('lists that grant', () => {
  test('what is wanted is added, and the rest stays', () => {
    const change = { authorities: ['b', 'a'] };
    expect(changed(change, { authorities: ['c', 'b'] })).toEqual({ authorities: ['a', 'b', 'c'] });
  });

  test('--prune takes the rest away', () => {
    const change = { authorities: ['b', 'a'] };
    expect(changed(change, { authorities: ['c'] }, true)).toEqual({ authorities: ['a', 'b'] });
  });

  test('the order does not matter', () => {
    expect(changed({ scope: ['a', 'b'] }, { scope: ['b', 'a'] }, true)).toEqual({});
  });

  test('an attribute that the file does not name is nobody’s business', () => {
    expect(changed({}, { scope: ['a'], name: 'x' }, true)).toEqual({});
  });

  test.each([true, false])('uaa.none is no scope (prune %j)', (prune) => {
    expect(changed({ scope: [] }, { scope: ['uaa.none'] }, prune)).toEqual({});
    expect(changed({ scope: ['uaa.none'] }, {}, prune)).toEqual({});
    expect(changed({ scope: ['a'] }, { scope: ['uaa.none'] }, prune)).toEqual({ scope: ['a'] });
  });

  test('an empty list is spelled so that the UAA takes it', () => {
    expect(
      changed({ scope: [], authorities: [] }, { scope: ['a'], authorities: ['b'] }, true),
    ).toEqual({ scope: ['uaa.none'], authorities: ['uaa.none'] });
    expect(changed({ redirect_uri: [] }, { redirect_uri: ['https://a'] }, true)).toEqual({
      redirect_uri: [],
    });
    expect(changed({ scope: [] }, { scope: ['a'] })).toEqual({});
  });

  test.each(['password', 'authorization_code'])('the UAA adds refresh_token to %s', (grant) => {
    const actual = { authorized_grant_types: [grant, 'refresh_token'] };
    expect(changed({ authorized_grant_types: [grant] }, actual, true)).toEqual({});
  });

  test('of other grants refresh_token is pruned', () => {
    const actual = { authorized_grant_types: ['client_credentials', 'refresh_token'] };
    expect(changed({ authorized_grant_types: ['client_credentials'] }, actual, true)).toEqual({
      authorized_grant_types: ['client_credentials'],
    });
  });
});

describe('autoapprove', () => {
  test('true is all', () => {
    expect(changed({ autoapprove: true }, { autoapprove: true })).toEqual({});
    expect(changed({ autoapprove: true }, {})).toEqual({ autoapprove: true });
    expect(changed({ autoapprove: true }, { autoapprove: ['a'] })).toEqual({ autoapprove: true });
  });

  test('a list is part of all, until it is pruned', () => {
    const actual = { autoapprove: true, scope: ['a', 'b'] };
    expect(changed({ autoapprove: ['a'] }, actual)).toEqual({});
    expect(changed({ autoapprove: ['a'] }, actual, true)).toEqual({ autoapprove: ['a'] });
  });

  test('false is none, with or without --prune', () => {
    expect(changed({ autoapprove: false }, {})).toEqual({});
    expect(changed({ autoapprove: false }, { autoapprove: true })).toEqual({ autoapprove: false });
    const actual = { autoapprove: ['a'], scope: ['a'] };
    expect(changed({ autoapprove: false }, actual)).toEqual({ autoapprove: false });
    expect(changed({ autoapprove: [] }, actual, true)).toEqual({ autoapprove: false });
  });

  test('only scopes that the client has or gets are kept by the UAA', () => {
    expect(changed({ autoapprove: ['a', 'gone'] }, { scope: ['a'] })).toEqual({
      autoapprove: ['a'],
    });
    expect(changed({ autoapprove: ['b'], scope: ['b'] }, { scope: ['a'] })).toEqual({
      scope: ['a', 'b'],
      autoapprove: ['b'],
    });
  });

  test('an entry may be a pattern; one that is none fits itself alone', () => {
    const actual = { scope: ['pks.a', 'pks.b', 'open(id'], autoapprove: ['pks.a', 'pks.b'] };
    expect(changed({ autoapprove: ['pks\\..*'] }, actual, true)).toEqual({});
    expect(changed({ autoapprove: ['open(id'] }, actual, true)).toEqual({
      autoapprove: ['open(id'],
    });
  });
});

describe('whole values', () => {
  test('are set as they stand in the file', () => {
    const actual = { access_token_validity: 600, name: 'Old', allowedproviders: ['uaa', 'ldap'] };
    const wanted = { access_token_validity: 900, name: 'Old', allowedproviders: ['uaa'] };
    expect(compareAttributes(wanted, actual, { prune: false })).toEqual([
      { name: 'access_token_validity', from: 600, to: 900 },
      { name: 'allowedproviders', from: ['uaa', 'ldap'], to: ['uaa'] },
    ]);
  });

  test('no groups needed is the same as an empty list of them', () => {
    expect(changed({ required_user_groups: [] }, {})).toEqual({});
    expect(changed({ required_user_groups: [] }, { required_user_groups: ['a'] })).toEqual({
      required_user_groups: [],
    });
  });

  test('a flag that is not there is not false', () => {
    expect(changed({ allowpublic: false }, {})).toEqual({ allowpublic: false });
  });
});
