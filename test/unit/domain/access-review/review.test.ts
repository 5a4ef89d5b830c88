import { describe, expect, test } from '@jest/globals';
import { createReview, type ReviewInput } from '../../../../src/domain/access-review/review.js';
import type { RoleBinding } from '../../../../src/domain/access-review/report.js';
import {
  aGroup,
  aLogin,
  aProvider,
  aReviewedClient,
  aReviewInput,
} from '../../../support/fixtures/review-content.js';

type Content = Parameters<typeof aReviewInput>[0];

const review = (content: Content, values?: Partial<ReviewInput>) =>
  createReview(aReviewInput(content, values));

test('users and clients are sorted by name, and clients have no logins', () => {
  const { identities } = review({
    users: [aLogin('erin', { active: false }), aLogin('cody', { active: undefined })],
    clients: [aReviewedClient('ci', { authorities: ['clients.read'] })],
  });
  const user = { kind: 'user', origin: 'uaa', lastLogin: '2026-12-01T11:00:00Z', permissions: [] };
  expect(identities).toEqual([
    {
      ...{ id: 'ci', name: 'ci', kind: 'client', origin: null, active: true, lastLogin: null },
      permissions: [{ scope: 'clients.read', via: [{ kind: 'authority', groups: [] }] }],
      findings: [],
    },
    { ...user, id: 'id-of-cody', name: 'cody', active: true, findings: [] },
    { ...user, id: 'id-of-erin', name: 'erin', active: false, findings: [] },
  ]);
});

describe('findings', () => {
  const never = { lastLogonTime: undefined };
  const providers = [aProvider('uaa'), aProvider('ldap')];
  const shared = { emails: [{ value: 'cody@example.com' }] };
  const content = {
    users: [
      aLogin('cody', { ...never, ...shared }),
      aLogin('c.smith', { origin: 'ldap', ...shared }),
    ],
    groups: [aGroup('uaa.admin', ['cody'])],
    clients: [
      aReviewedClient('app', { authorities: ['uaa.admin'], access_token_validity: 50_000 }),
    ],
    providers,
  };

  test('are sorted by severity, and are listed for their identities', () => {
    const { findings, identities, findingsAbout } = review(content);
    expect(findings.map(({ id, identity }) => [id, identity])).toEqual([
      ['client-admin-authority', 'app'],
      ['client-long-access-token', 'app'],
      ['user-duplicate-email', 'cody@example.com'],
      ['user-never-logged-in', 'cody'],
    ]);
    expect(identities.map((identity) => [identity.name, identity.findings])).toEqual([
      ['app', ['client-admin-authority', 'client-long-access-token']],
      ['c.smith', ['user-duplicate-email']],
      ['cody', ['user-duplicate-email', 'user-never-logged-in']],
    ]);
    expect(findingsAbout('id-of-c.smith')).toEqual([findings[2]]);
    expect(findingsAbout('id-of-nobody')).toEqual([]);
  });

  test('are omitted everywhere if they are accepted', () => {
    const accepted = { id: 'user-never-logged-in', identity: 'cody', reason: 'on leave' } as const;
    const unused = { ...accepted, identity: 'dana' };
    const result = review(content, { baseline: [accepted, unused] });
    expect(result.findings.map(({ id }) => id)).not.toContain('user-never-logged-in');
    expect(result.findingsAbout('id-of-cody').map(({ id }) => id)).toEqual([
      'user-duplicate-email',
    ]);
    expect(result.unusedBaseline).toEqual([unused]);
  });
});

test('baseline entries are unused only if the review checked for their findings', () => {
  const ids = [
    ...['user-inactive', 'user-unknown-origin', 'client-admin-authority', 'client-empty-secret'],
    ...['provider-inactive', 'binding-unknown-user'],
  ] as const;
  const baseline = ids.map((id) => ({ id, identity: 'cody', reason: 'known' }));
  const unused = (content: Content, values: Partial<ReviewInput> = {}) =>
    review(content, { baseline, ...values }).unusedBaseline.map(({ id }) => id);
  expect(unused({ clients: undefined, providers: undefined })).toEqual(['user-inactive']);
  expect(unused({}, { emptySecrets: new Set(), clusters: [] })).toEqual(ids);
  const clusters = [{ name: 'dev-1', problem: 'No session', userBindings: [], groupBindings: [] }];
  expect(unused({}, { clusters })).toEqual(
    ids.filter((id) => id !== 'client-empty-secret' && id !== 'binding-unknown-user'),
  );
});

describe('role bindings of clusters', () => {
  const binding: RoleBinding = {
    ...{ cluster: 'dev 1', namespace: null, name: 'admins', role: 'ClusterRole cluster-admin' },
  };
  const clusters = [
    {
      name: 'dev 1',
      groupBindings: [{ group: 'cn=dev', ...binding }],
      userBindings: [
        { user: 'cody', ...binding, hasOtherSubjects: false },
        { user: 'Cody', ...binding, namespace: 'web', name: "it's", hasOtherSubjects: false },
      ],
    },
    { name: 'dev-2', problem: 'No session', groupBindings: [], userBindings: [] },
  ];
  const result = review({ users: [aLogin('cody'), aLogin('dana')] }, { clusters });

  test('are listed for users with exactly the same name', () => {
    expect(result.identities.map(({ name, bindings }) => [name, bindings])).toEqual([
      ['cody', [binding]],
      ['dana', []],
    ]);
  });

  test('are reported if the user is unknown', () => {
    expect(result.findings).toEqual([
      {
        id: 'binding-unknown-user',
        severity: 'medium',
        identity: 'Cody',
        reason: expect.stringContaining(
          'A role binding in namespace web of cluster dev 1 grants ClusterRole cluster-admin to this name',
        ),
        command: "kubectl --context 'dev 1' -n web delete 'rolebinding/it'\\''s'",
      },
    ]);
    const removed = review({ users: [] }, { clusters }).findings.map(({ command }) => command);
    expect(removed).toContain("kubectl --context 'dev 1' delete clusterrolebinding/admins");
  });

  test('of groups are listed by cluster, and so are clusters that could not be read', () => {
    expect(result.clusters).toEqual([
      { name: 'dev 1', problem: undefined, groupBindings: [{ group: 'cn=dev', ...binding }] },
      { name: 'dev-2', problem: 'No session', groupBindings: [] },
    ]);
    expect(review({}).clusters).toBeUndefined();
  });
});
