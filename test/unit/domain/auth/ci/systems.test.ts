import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  ciSystems,
  createGithubSubject,
  createGitlabSubject,
  createPodSubject,
  formatTrustAdd,
} from '../../../../../src/domain/auth/ci/systems.js';

const github = 'https://token.actions.githubusercontent.com';
const cluster = 'https://oidc.example.com/dev';

test.each([
  ['github', createGithubSubject('octo/app', { ref: 'main' }), { environment: undefined }],
  ['github', createGithubSubject('o/a', { environment: 'a: b' }), { environment: 'a: b' }],
  [
    'gitlab',
    createGitlabSubject('team/app', 'main'),
    { script: ['export TPKS_CA_CERT="$PKS_CA"', 'tpks clusters'] },
  ],
  ['kubernetes', createPodSubject('ops/backup'), { serviceAccountName: 'backup' }],
] as const)('the configuration for %s lets %s log in', (system, subject, expected) => {
  const lines = ciSystems[system].snippet({
    ...{ api: 'api.example.com', subject, needsCaCert: true, clientId: 'tpks_ci' },
    ...{ audience: 'https://api.example.com:8443', isDefaultAudience: true },
  });
  const { jobs, clusters = jobs?.clusters, spec = clusters } = parse(lines.join('\n')) as Config;
  expect({ environment: undefined, ...spec }).toMatchObject(expected);
});

interface Config {
  readonly jobs?: { readonly clusters: object };
  readonly clusters?: object;
  readonly spec?: object;
}

describe('formatTrustAdd', () => {
  test.each([
    [
      github,
      createGithubSubject('octo/app', { environment: 'prod' }),
      'NAME --github octo/app --environment prod',
    ],
    [github, createGithubSubject('octo/app', { ref: 'main' }), 'NAME --github octo/app --ref main'],
    [
      github,
      createGithubSubject('octo/app', { ref: 'refs/tags/v1' }),
      'NAME --github octo/app --ref refs/tags/v1',
    ],
    [
      github,
      'repo:octo/app:ref:refs/heads/refs/tags/v1',
      'NAME --github octo/app --ref refs/heads/refs/tags/v1',
    ],
    [
      github,
      createGithubSubject('octo@12/app@34', { environment: 'prod' }),
      'NAME --github octo@12/app@34 --environment prod',
    ],
    [
      'https://github.example.com/_services/token',
      createGithubSubject('octo/app', { ref: 'main' }),
      'NAME --github octo/app --ref main --issuer https://github.example.com/_services/token',
    ],
    [
      'https://gitlab.com',
      createGitlabSubject('team/infra/app', 'main'),
      'NAME --gitlab team/infra/app --ref main',
    ],
    [
      'https://gitlab.example.com',
      createGitlabSubject('team/app', 'main'),
      'NAME --gitlab team/app --ref main --issuer https://gitlab.example.com',
    ],
    [
      cluster,
      createPodSubject('ops/backup'),
      `NAME --kubernetes ${cluster} --service-account ops/backup`,
    ],
    [
      github,
      'repo:octo/app:pull_request',
      `NAME --issuer ${github} --subject repo:octo/app:pull_request`,
    ],
    [cluster, "o'brien", `NAME --issuer ${cluster} --subject 'o'\\''brien'`],
  ])('describes %s %s by the options for its CI system', (issuer, subject, options) => {
    expect(formatTrustAdd({ issuer, subject }, { clientId: 'tpks_ci' })).toBe(
      `tpks uaa trust add ${options}`,
    );
  });

  test('names an audience, a client and a scope that differ from the defaults', () => {
    const job = { issuer: github, subject: createGithubSubject('octo/app', { ref: 'main' }) };
    expect(
      formatTrustAdd(job, {
        audience: 'pks',
        clientId: 'ci',
        scope: 'pks.clusters.admin',
      }),
    ).toBe(
      'tpks uaa trust add NAME --github octo/app --ref main --audience pks --client ci --scope pks.clusters.admin',
    );
  });
});
