import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  createKeySettings,
  createOrigin,
  parseTokenKey,
  toTrustRequest,
  type TrustOptions,
} from '../../../../src/domain/ci-trust/request.js';
import { catchTpksError } from '../../../support/checks/thrown-error.js';

const defaults = { defaultAudience: 'https://uaa.example.com:8443', tokenKey: undefined };
const request = (options: TrustOptions, name = 'app') => toTrustRequest(name, options, defaults);

describe('the subject of the jobs', () => {
  test.each<[TrustOptions, issuer: string, subject: string]>([
    [
      { github: 'octo/app', environment: 'prod' },
      'https://token.actions.githubusercontent.com',
      'repo:octo/app:environment:prod',
    ],
    [
      { github: 'octo@1/app@23', ref: 'main' },
      'https://token.actions.githubusercontent.com',
      'repo:octo@1/app@23:ref:refs/heads/main',
    ],
    [
      { github: 'octo/app', ref: 'refs/tags/v1', issuer: 'https://ghe.test/_services/token' },
      'https://ghe.test/_services/token',
      'repo:octo/app:ref:refs/tags/v1',
    ],
    [
      { gitlab: 'a/b/c', ref: 'feature/x' },
      'https://gitlab.com',
      'project_path:a/b/c:ref_type:branch:ref:feature/x',
    ],
    [
      { kubernetes: 'https://k8s.test', serviceAccount: 'ci/app' },
      'https://k8s.test',
      'system:serviceaccount:ci:app',
    ],
    [{ issuer: 'https://ci.test/', subject: 'a b' }, 'https://ci.test/', 'a b'],
  ])('%j', (options, issuer, subject) => {
    expect(request(options)).toMatchObject({
      ...{ issuer, subject, userClaim: 'sub', audience: defaults.defaultAudience },
      ...{ scopes: ['pks.clusters.manage'], clientId: 'tpks_ci' },
    });
  });
});

describe('options that cannot be used', () => {
  const github = 'octo/app';
  test.each<[message: string, TrustOptions]>([
    ['No jobs selected', {}],
    ['No jobs selected', { issuer: 'https://ci.test' }],
    ['No jobs selected', { subject: 'x' }],
    ['--github requires either --environment or --ref', { github }],
    ['--github requires either --environment or --ref', { github, ref: '' }],
    ['--github requires either --environment or --ref', { github, ref: 'main', environment: 'e' }],
    ['--github and --gitlab cannot be used', { github, gitlab: 'a/b', ref: 'main' }],
    ['--gitlab requires --ref', { gitlab: 'a/b' }],
    ['--gitlab and --environment cannot be used', { gitlab: 'a/b', ref: 'x', environment: 'e' }],
    ['--github and --user-claim cannot be used', { github, ref: 'main', userClaim: 'x' }],
    ['--subject and --ref cannot be used', { issuer: 'https://a', subject: 's', ref: 'main' }],
    ['--kubernetes needs --service-account', { kubernetes: 'https://k8s.test' }],
    ['Invalid value for --service-account', { kubernetes: 'https://a', serviceAccount: 'ci' }],
    ['Invalid value for --github', { github: 'app', ref: 'main' }],
    ['--ref contains *', { github, ref: 'release/*' }],
    ['--service-account contains *', { kubernetes: 'https://a', serviceAccount: 'ci/*' }],
    ['--scope contains *', { github, ref: 'main', scope: ['pks.clusters.*'] }],
    ['Invalid issuer "http://ci.test"', { issuer: 'http://ci.test', subject: 's' }],
    ['Invalid issuer "https://u:p@ci.test"', { issuer: 'https://u:p@ci.test', subject: 's' }],
    ['Invalid issuer "ci.test"', { issuer: 'ci.test', subject: 's' }],
    ['The subject is longer than 255', { issuer: 'https://a', subject: 's'.repeat(256) }],
  ])('%s', (message, options) => {
    const error = catchTpksError(() => request(options));
    expect(error.kind).toBe('usage');
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(/\w/);
  });
});

test.each(['', 'a/b', 'a b', 'a'.repeat(101)])('rejects the name %j of a trust', (name) => {
  const error = catchTpksError(() => request({ github: 'octo/app', ref: 'main' }, name));
  expect(error).toMatchObject({ kind: 'usage', hint: 'use up to 100 letters, digits and - _ .' });
});

test.each<[origin: string | RegExp, TrustOptions]>([
  ['github-actions', { github: 'o/r', ref: 'x' }],
  ['gitlab', { gitlab: 'o/r', ref: 'x' }],
  ['gitlab.test-8443', { gitlab: 'o/r', ref: 'x', issuer: 'https://gitlab.test:8443' }],
  [/^ghe\.test-[\da-f]{8}$/, { github: 'o/r', ref: 'x', issuer: 'https://ghe.test/_services' }],
  [
    /^oidc\.eks\.eu-west-1\.amazonaw-[\da-f]{8}$/,
    {
      kubernetes: 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
      serviceAccount: 'ci/app',
    },
  ],
])('the users have the origin %s', (origin, options) => {
  const actual = createOrigin(request(options));
  if (typeof origin === 'string') expect(actual).toBe(origin);
  else expect(actual).toMatch(origin);
  expect(actual.length).toBeLessThanOrEqual(36);
});

test.each<[TrustOptions, unknown]>([
  [
    { github: 'o/r', ref: 'x', issuer: 'https://ghe.test/_services/token' },
    {
      authUrl: 'https://ghe.test/_services/token/authorize',
      tokenUrl: 'https://ghe.test/_services/token/token',
      tokenKeyUrl: 'https://ghe.test/_services/token/.well-known/jwks',
    },
  ],
  [
    { kubernetes: 'https://k8s.test/', serviceAccount: 'ci/app' },
    { discoveryUrl: 'https://k8s.test/.well-known/openid-configuration' },
  ],
])('the UAA requests the keys of %j over https', (options, expected) => {
  expect(createKeySettings(request(options))).toEqual(expected);
});

describe('--token-key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = publicKey.export({ format: 'jwk' });

  test('accepts a public key as PEM, also in the older form, and a JWKS', () => {
    const older = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    for (const text of [pem, older]) {
      expect(parseTokenKey(text, 'key.pem')).toEqual({ text: pem.trim(), isJwks: false });
    }
    const jwks = JSON.stringify({ keys: [jwk] });
    expect(parseTokenKey(jwks, 'keys.json')).toEqual({ text: jwks, isJwks: true });
  });

  test.each([
    ['contains a private key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['is not a JWKS', JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] })],
    ['is not a JWKS', JSON.stringify({ keys: [] })],
    ['is not a JWKS', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
    ['does not contain a public key', 'text'],
  ])('rejects a file that %s', (message, text) => {
    const error = catchTpksError(() => parseTokenKey(text, 'FILE'));
    expect(error.kind).toBe('usage');
    expect(error.message).toContain(`FILE ${message}`);
  });
});
