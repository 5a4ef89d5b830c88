import { describe, expect, test } from '@jest/globals';
import { findGroupProblems } from '../../../../src/domain/access-review/group-findings.js';
import {
  aFindingInput,
  aGroup,
  aLogin,
  aMapping,
  aMember,
  aNestedGroup,
  aProvider,
} from '../../../support/fixtures/review-content.js';

type Content = Parameters<typeof aFindingInput>[0];

const findIn = (content: Content) =>
  findGroupProblems(aFindingInput({ users: [aLogin('cody')], ...content })).map(
    ({ finding, subjects }) => ({ ...finding, subjects }),
  );

const hostile = "it's; rm -rf ~";
const quoted = "'it'\\''s; rm -rf ~'";

test('members that no longer exist are reported', () => {
  const groups = [aGroup(hostile, ['cody', 'gone']), aGroup('team', [aNestedGroup('gone.group')])];
  expect(findIn({ groups })).toEqual([
    {
      id: 'group-missing-member',
      severity: 'medium',
      identity: hostile,
      reason: expect.stringContaining('Its member id-of-gone no longer exists'),
      command: `tpks uaa member delete ${quoted} --id id-of-gone`,
      subjects: [],
    },
    expect.objectContaining({
      id: 'group-missing-member',
      identity: 'team',
      command: 'tpks uaa member delete team --id id-of-gone.group',
    }),
  ]);
});

describe('memberships that the UAA deletes at the next login', () => {
  const user = aLogin(hostile, { origin: 'ldap' });
  const groups = [aGroup('team', [aMember(hostile, 'ldap')])];
  const providers = [aProvider('uaa'), aProvider('ldap')];
  const content = { users: [user], groups, providers };

  test('are reported for the user', () => {
    expect(findIn(content)).toEqual([
      {
        id: 'group-temporary-membership',
        severity: 'medium',
        identity: hostile,
        origin: 'ldap',
        reason: expect.stringContaining(
          'will delete the membership in team at the next login, because its origin ldap has no mapping',
        ),
        command: `tpks uaa member add team ${quoted} --origin ldap`,
        subjects: [user.id],
      },
    ]);
  });

  test.each([
    ['a mapping assigns them', { mappings: [aMapping('team', 'cn=team')] }],
    [
      'the provider assigns groups by name',
      { providers: [aProvider('ldap', { config: { groupMappingMode: 'AS_SCOPES' } })] },
    ],
    ['the providers could not be read', { providers: undefined }],
    ['an administrator added them', { groups: [aGroup('team', [hostile])] }],
  ])('are not reported if %s', (_case, changes: Content) => {
    expect(findIn({ ...content, ...changes })).toEqual([]);
  });
});

test('mappings with an unknown origin are reported if the providers could be read', () => {
  const groups = [aGroup('team')];
  const mappings = [aMapping('team', 'cn=a b,ou=x', 'old ldap'), aMapping('team', 'cn=c', 'uaa')];
  expect(findIn({ groups, mappings })).toEqual([
    {
      id: 'group-unknown-mapping-origin',
      severity: 'medium',
      identity: 'team',
      reason: expect.stringContaining('no identity provider has the origin old ldap'),
      command: "tpks uaa group unmap team 'cn=a b,ou=x' --origin 'old ldap'",
      subjects: [],
    },
  ]);
  expect(findIn({ groups, mappings, providers: undefined })).toEqual([]);
});
