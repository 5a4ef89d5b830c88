import { expect, test } from '@jest/globals';
import { trustEmail } from '../../../../src/api/uaa/trust-marks.js';
import type { ReviewContent } from '../../../../src/domain/access-review/content.js';
import { createReview } from '../../../../src/domain/access-review/review.js';

const now = new Date('2026-12-01T12:00:00Z');

function review({
  emptySecrets,
  ...content
}: Partial<ReviewContent> & { readonly emptySecrets?: ReadonlySet<string> }) {
  return createReview({
    emptySecrets,
    ...{ installation: 'https://api.example.com:9021', now, staleSeconds: 3600, baseline: [] },
    content: {
      ...{ users: [], groups: [], mappings: [], clients: [], sampleUser: undefined },
      providers: ['uaa', 'ldap', 'okta'].map((originKey) => ({
        ...{ id: originKey, originKey, type: 'oidc1.0', name: originKey, active: true },
      })),
      ...content,
    },
  });
}

function aUser(userName: string, origin: string, email = `${userName}@example.com`) {
  const lastLogonTime = now.getTime();
  return { id: userName, userName, origin, emails: [{ value: email }], lastLogonTime };
}

test.each(['uaa', 'okta'])(
  'a membership of another origin than that of its user (%s) is not temporary',
  (origin) => {
    const members = [{ value: 'cody', type: 'USER', origin: 'ldap' }];
    const groups = [{ id: 'team', displayName: 'team', members }];
    const { findings, identities } = review({ users: [aUser('cody', origin)], groups });
    expect(findings).toEqual([]);
    expect(identities[0]?.permissions).toEqual([
      { scope: 'team', via: [{ kind: 'added', groups: [] }] },
    ]);
  },
);

test('users of trusts are not reported for sharing an email address', () => {
  const users = [aUser('job-1', 'ldap', trustEmail), aUser('job-2', 'okta', trustEmail)];
  const members = users.map(({ id: value }) => ({ value, type: 'USER', origin: 'uaa' }));
  const groups = [{ id: 'team', displayName: 'team', members }];
  expect(review({ users, groups }).findings).toEqual([]);
});

test('a redirect URI is not reported if the client has no grant that uses it', () => {
  const client = { client_id: 'job', redirect_uri: ['http://job.example.com/**'] };
  const idsFor = (...grants: string[]) =>
    review({ clients: [{ ...client, authorized_grant_types: grants }] }).findings.map(
      ({ id }) => id,
    );
  expect(idsFor('client_credentials')).toEqual([]);
  expect(idsFor('authorization_code')).toEqual(['client-redirect-uri']);
});

test('an empty secret of pks_cli is reported if the client can get its own tokens', () => {
  const find = (...grants: string[]) =>
    review({
      clients: [{ client_id: 'pks_cli', authorized_grant_types: grants }],
      emptySecrets: new Set(['pks_cli']),
    }).findings.map(({ id, severity }) => [id, severity]);
  expect(find('password')).toEqual([]);
  expect(find('client_credentials')).toEqual([['client-empty-secret', 'high']]);
});

test('a public issuer is found by its discovery URL', () => {
  const config = { discoveryUrl: 'https://accounts.google.com/.well-known/openid-configuration' };
  const google = { id: 'google', originKey: 'google', type: 'oidc1.0', name: 'google', config };
  expect(review({ providers: [google] }).findings).toEqual([
    expect.objectContaining({ id: 'provider-public-issuer', identity: 'google' }),
  ]);
});
