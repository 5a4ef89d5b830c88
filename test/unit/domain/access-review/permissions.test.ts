import { describe, expect, test } from '@jest/globals';
import {
  findClientPermissions,
  findPermissions,
} from '../../../../src/domain/access-review/permissions.js';
import {
  aGroup,
  aLogin,
  aMapping,
  aMember,
  aNestedGroup,
  aProvider,
  aReviewContent,
  aReviewedClient,
} from '../../../support/fixtures/review-content.js';

type Content = Parameters<typeof aReviewContent>[0];

const permissionsOf = (content: Content, name = 'cody') =>
  findPermissions(aReviewContent({ users: [aLogin(name)], ...content })).findForUser(
    `id-of-${name}`,
  );

const added = (...groups: readonly string[]) => ({ kind: 'added', groups });

describe('the permissions of a user', () => {
  test('come from nested groups at any depth', () => {
    const depth = 2000;
    const groups = Array.from({ length: depth }, (_, index) =>
      aGroup(`g${String(index)}`, index === 0 ? ['cody'] : [aNestedGroup(`g${String(index - 1)}`)]),
    );
    const found = permissionsOf({ groups });
    expect(found).toHaveLength(depth);
    const outermost = found.find(({ scope }) => scope === 'g1999');
    expect(outermost?.via[0]?.groups).toHaveLength(depth - 1);
    expect(outermost?.via[0]?.groups.slice(0, 2)).toEqual(['g1998', 'g1997']);
    expect(found.find(({ scope }) => scope === 'g2')).toEqual({
      scope: 'g2',
      via: [added('g1', 'g0')],
    });
  });

  test('show the shortest chain from each group of the user', () => {
    const groups = [
      aGroup('long.1', [aNestedGroup('team')]),
      aGroup('long.2', [aNestedGroup('long.1')]),
      aGroup('top', [aNestedGroup('long.2'), aNestedGroup('team')]),
      aGroup('team', ['cody']),
    ];
    const top = permissionsOf({ groups }).find(({ scope }) => scope === 'top');
    expect(top?.via).toEqual([added('team')]);
  });

  test('show all sources of a scope', () => {
    const groups = [
      aGroup('uaa.admin', ['cody', aNestedGroup('one'), aNestedGroup('two')]),
      aGroup('one', ['cody']),
      aGroup('two', ['cody']),
    ];
    const [admin] = permissionsOf({ groups });
    expect(admin).toEqual({ scope: 'uaa.admin', via: [added(), added('one'), added('two')] });
  });

  test('show where a membership comes from', () => {
    const users = [aLogin('cody', { origin: 'ldap' })];
    const groups = [
      aGroup('mapped', [aMember('cody', 'ldap')]),
      aGroup('by.name', [aMember('cody', 'saml')]),
      aGroup('unmapped', [aMember('cody', 'ldap')]),
      aGroup('outer', [aNestedGroup('mapped')]),
    ];
    const mappings = [aMapping('mapped', 'cn=a'), aMapping('mapped', 'cn=b')];
    const providers = [
      aProvider('ldap'),
      aProvider('saml', { config: { groupMappingMode: 'AS_SCOPES' } }),
    ];
    const mapping = { kind: 'mapping', origin: 'ldap', externalGroups: ['cn=a', 'cn=b'] };
    expect(permissionsOf({ users, groups, mappings, providers })).toEqual([
      { scope: 'by.name', via: [{ kind: 'added', groups: [] }] },
      { scope: 'mapped', via: [{ ...mapping, groups: [] }] },
      { scope: 'outer', via: [{ ...mapping, groups: ['mapped'] }] },
      { scope: 'unmapped', via: [{ kind: 'unmapped', origin: 'ldap', groups: [] }] },
    ]);
    const ofSaml = { users: [aLogin('cody', { origin: 'saml' })], groups, mappings };
    const [first] = permissionsOf({ ...ofSaml, providers });
    expect(first?.via).toEqual([{ kind: 'provider', origin: 'saml', groups: [] }]);
    const [unclear] = permissionsOf({ ...ofSaml, providers: undefined });
    expect(unclear?.via).toEqual([{ kind: 'unknown', origin: 'saml', groups: [] }]);
  });
});

describe('the default groups', () => {
  const sampleUser = {
    id: 'id-of-cody',
    userName: 'cody',
    origin: 'uaa',
    groups: [
      { value: 'id-of-openid', display: 'openid' },
      { value: 'id-of-team', display: 'team' },
      { value: 'id-of-outer', display: 'outer' },
      // UAA 4.30 does not return names in every case.
      { value: 'id-of-uaa.user' },
      { value: 'unknown' },
    ],
  };
  const groups = [
    ...[aGroup('team', ['cody']), aGroup('outer', [aNestedGroup('team')])],
    ...[aGroup('openid'), aGroup('uaa.user')],
  ];

  test('are the groups of a user without a stored membership', () => {
    const { defaults } = findPermissions(aReviewContent({ groups, sampleUser }));
    expect(defaults).toEqual(
      ['openid', 'uaa.user'].map((scope) => ({ scope, via: [{ kind: 'default', groups: [] }] })),
    );
  });
});

describe('the permissions of a client', () => {
  const authorities = ['uaa.none', 'uaa.resource', 'clients.read'];

  test.each([['authorization_code'], ['password'], ['implicit']])(
    'are empty if it cannot get a token of its own: %s',
    (grant) => {
      const client = aReviewedClient('ci', { authorities, authorized_grant_types: [grant] });
      expect(findClientPermissions(client)).toEqual([]);
    },
  );
});
