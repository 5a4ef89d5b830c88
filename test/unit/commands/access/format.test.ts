import { expect, test } from '@jest/globals';
import { formatChain } from '../../../../src/commands/access/format.js';

test.each([
  [{ kind: 'added', groups: [] }, 'direct'],
  [{ kind: 'added', groups: ['ops', 'team.blue'] }, 'group ops ← group team.blue'],
  [
    { kind: 'mapping', groups: [], origin: 'ldap', externalGroups: ['cn=blue,ou=groups'] },
    'ldap cn=blue,ou=groups',
  ],
  [
    { kind: 'mapping', groups: ['team.blue'], origin: 'ldap', externalGroups: ['cn=a', 'cn=b'] },
    'group team.blue ← ldap cn=a or cn=b',
  ],
  [{ kind: 'provider', groups: [], origin: 'saml' }, 'saml (group names as scopes)'],
  [
    { kind: 'unmapped', groups: ['team.blue'], origin: 'ldap' },
    'group team.blue ← ldap (deleted at the next login)',
  ],
  [{ kind: 'unknown', groups: [], origin: 'ldap' }, 'ldap'],
  [{ kind: 'default', groups: [] }, 'default group'],
  [{ kind: 'authority', groups: [] }, 'client authority'],
] as const)('formats the chain of %j', (source, expected) => {
  expect(formatChain(source)).toBe(expected);
});
