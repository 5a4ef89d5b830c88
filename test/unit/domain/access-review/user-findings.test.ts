import { describe, expect, test } from '@jest/globals';
import { findUserProblems } from '../../../../src/domain/access-review/user-findings.js';
import {
  aFindingInput,
  aGroup,
  aLogin,
  aProvider,
  reviewTime,
} from '../../../support/fixtures/review-content.js';

type Content = Parameters<typeof aFindingInput>[0];

/** Adds all users to a group, so that they are reviewed. */
const findIn = ({ users = [], ...content }: Content) =>
  findUserProblems(
    aFindingInput({
      users,
      groups: [
        aGroup(
          'team',
          users.map(({ userName }) => userName),
        ),
      ],
      ...content,
    }),
  );
const findingsAbout = (values: Parameters<typeof aLogin>[1], name = 'cody') =>
  findIn({ users: [aLogin(name, values)] }).map(({ finding }) => finding);

const stale = 90 * 24 * 3600 * 1000;

describe('logins', () => {
  test('the command for a user who has never logged in deactivates the user', () => {
    const expected = {
      id: 'user-never-logged-in',
      severity: 'low',
      identity: 'cody',
      origin: 'uaa',
      reason: 'The user has permissions but has never logged in',
      command: 'tpks uaa user deactivate cody',
    };
    expect(findingsAbout({ lastLogonTime: undefined })).toEqual([expected]);
    expect(findingsAbout({ lastLogonTime: null })).toEqual([expected]);
  });

  test('a login exactly at the limit is accepted', () => {
    const limit = reviewTime.getTime() - stale;
    expect(findingsAbout({ lastLogonTime: limit })).toEqual([]);
    expect(findingsAbout({ lastLogonTime: limit - 1 })).toEqual([
      {
        id: 'user-no-recent-login',
        severity: 'medium',
        identity: 'cody',
        origin: 'uaa',
        reason:
          'The user has not logged in since 2026-09-02T11:59:59Z, but may still have a session. ' +
          'To list refresh tokens, run tpks access cody',
        command: 'tpks uaa user deactivate cody',
      },
    ]);
  });
});

describe('origins', () => {
  const users = [aLogin('cody'), aLogin('erin', { origin: 'old-ldap' })];

  test('a user with an unknown origin is reported, even without permissions', () => {
    expect(findIn({ users, groups: [] }).map(({ finding }) => finding)).toEqual([
      {
        id: 'user-unknown-origin',
        severity: 'medium',
        identity: 'erin',
        origin: 'old-ldap',
        reason: expect.stringContaining('No identity provider has the origin old-ldap'),
        command: 'tpks uaa user delete erin --origin old-ldap',
      },
    ]);
  });

  test('nothing is reported if the providers could not be read, or if one has the origin', () => {
    expect(findIn({ users, groups: [], providers: undefined })).toEqual([]);
    const providers = [aProvider('uaa'), aProvider('old-ldap', { active: false })];
    expect(findIn({ users, groups: [], providers })).toEqual([]);
  });
});

describe('emails', () => {
  const emails = (...values: readonly string[]) => ({ emails: values.map((value) => ({ value })) });
  const providers = [aProvider('uaa'), aProvider('ldap')];
  const cody = aLogin('cody', emails('Cody@Example.com'));

  test('the same email address in another origin is reported, ignoring case', () => {
    const other = aLogin('c.smith', { origin: 'ldap', ...emails('cody@example.COM') });
    const found = findIn({ users: [cody, other], groups: [aGroup('team', ['cody'])], providers });
    expect(found).toEqual([
      {
        subjects: ['id-of-cody', 'id-of-c.smith'],
        finding: {
          id: 'user-duplicate-email',
          severity: 'medium',
          identity: 'cody@example.com',
          reason:
            'Users with different origins share this email address: c.smith (ldap), cody (uaa); check that ' +
            'they are the same person',
          command: `tpks uaa users 'email eq "cody@example.com"'`,
        },
      },
    ]);
  });

  test.each([
    ['users of one origin have it', aLogin('cody2', emails('cody@example.com'))],
    ['one user has it twice', aLogin('erin', emails('e@example.com', 'E@example.com'))],
  ])('nothing is reported if %s', (_case, other) => {
    expect(findIn({ users: [cody, other], providers })).toEqual([]);
  });
});

test('commands quote names and origins', () => {
  const [problem] = findIn({
    users: [aLogin("it's; rm -rf ~", { active: false, origin: '$(id)' })],
    providers: undefined,
  });
  expect(problem?.finding.command).toBe(
    "tpks uaa user delete 'it'\\''s; rm -rf ~' --origin '$(id)'",
  );
  const email = `"a b"'@example.com`;
  const users = ['uaa', 'ldap'].map((origin) =>
    aLogin(origin, { origin, emails: [{ value: email }] }),
  );
  const [duplicate] = findIn({ users, providers: undefined });
  expect(duplicate?.finding.command).toBe(
    `tpks uaa users 'email eq "\\"a b\\"\\u0027@example.com"'`,
  );
});
