import { expect, test } from '@jest/globals';
import { readJob } from '../../../../src/domain/auth/ci/exchange.js';
import { Secret } from '../../../../src/base/secret.js';
import { checkTrustClient, compareJob } from '../../../../src/domain/ci-trust/check.js';
import type { CiTrust } from '../../../../src/domain/ci-trust/content.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const now = new Date('2026-01-01T00:00:00Z');
const seconds = now.getTime() / 1000;
const trust: CiTrust = {
  ...{ name: 'app', complete: true, issuer: 'https://ci.test', subject: 'repo:Octo/app' },
  ...{ userClaim: 'sub', audience: 'https://uaa.test', origin: 'ci.test' },
  ...{ clients: ['tpks_ci'], scopes: ['pks.clusters.manage'] },
};
const claims = { iss: 'https://ci.test', sub: 'repo:octo/app', aud: ['x', 'https://uaa.test'] };

function failures(changes: Readonly<Record<string, unknown>>, tested = trust) {
  const token = jwt({ ...claims, exp: seconds + 60, ...changes });
  const results = compareJob(tested, readJob(new Secret(token)), now);
  return results.flatMap(({ check, passed, message }) => (passed ? [] : `${check}: ${message}`));
}

test('an ID token that fits passes all checks', () => {
  expect(failures({})).toEqual([]);
});

test.each<[changes: Readonly<Record<string, unknown>>, failure: string]>([
  [{ iss: 'https://ci.test/' }, 'issuer: https://ci.test/ (expected https://ci.test)'],
  [{ aud: 'other' }, 'audience: other (expected https://uaa.test)'],
  [{ aud: undefined }, 'audience: none (expected https://uaa.test)'],
  [{ sub: 'repo:octo/b' }, 'subject: repo:octo/b (expected repo:Octo/app)'],
  [{ exp: seconds }, 'times: expired at 2026-01-01T00:00:00Z'],
  [{ exp: undefined }, 'times: the token has no expiration time (exp)'],
  [{ nbf: seconds + 1 }, 'times: not valid before 2026-01-01T00:00:01Z'],
])('an ID token with %j fails', (changes, failure) => {
  expect(failures(changes)).toEqual([failure]);
});

test('the subject is compared with the claim of the trust', () => {
  const tested = { ...trust, userClaim: 'repository_id', subject: '42' };
  expect(failures({ repository_id: '42' }, tested)).toEqual([]);
  expect(failures({}, tested)).toEqual(['subject: none (expected 42)']);
});

test('a subject that differs only in case passes, and the trusted one is shown', () => {
  const job = readJob(new Secret(jwt({ ...claims, exp: seconds + 60 })));
  expect(compareJob(trust, job, now)).toContainEqual({
    check: 'subject',
    passed: true,
    message: 'repo:octo/app (trusted: repo:Octo/app; the UAA ignores case)',
  });
});

test('an incomplete trust fails', () => {
  const tested = { name: 'app', complete: false, clients: [], scopes: [] };
  expect(failures({}, tested)).toContain('trust: incomplete: some of its objects do not exist');
});

test('names what a client lacks', () => {
  const client = {
    ...{ client_id: 'tpks_ci', scope: ['openid', 'pks.clusters.manage'], autoapprove: ['openid'] },
    ...{ authorized_grant_types: ['password'], allowedproviders: ['other'] },
  };
  expect(checkTrustClient(trust, 'tpks_ci', client)).toMatchObject({
    passed: false,
    message:
      'tpks_ci: lacks the grant urn:ietf:params:oauth:grant-type:jwt-bearer; ' +
      'lacks autoapprove for all its scopes; lacks the origin ci.test in allowedproviders',
  });
  expect(checkTrustClient(trust, 'gone', undefined)).toMatchObject({
    passed: false,
    message: 'gone: does not exist',
  });
});
