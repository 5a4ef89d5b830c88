import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createIdTokens, type IdTokenSource } from '../../../../../src/domain/auth/ci/id-tokens.js';
import { fakeSend, type FakeResponse } from '../../../../support/fakes/fake-send.js';
import { fileFolder } from '../../../../support/fixtures/file-folder.js';

const folder = fileFolder();
const audience = 'https://api.example.com:8443';
const installation = { api: 'https://api.example.com:9021', uaa: audience };

const github = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example.com/token?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
};

function find(
  env: NodeJS.ProcessEnv,
  options: { readonly response?: FakeResponse; readonly source?: Partial<IdTokenSource> } = {},
) {
  const { send, requests } = fakeSend(options.response ?? {});
  const tokens = createIdTokens({
    env,
    readStdin: async () => 'from-stdin\n',
    send,
    podTokenFile: join(folder.path, 'pod-token'),
  });
  const found = tokens.find({ audience, installation, ...options.source });
  return { found: found.then((token) => token.reveal()), requests };
}

test('--id-token-file takes precedence over everything else', async () => {
  const file = folder.write('job.jwt', 'from-file\n\n');
  const { found, requests } = find({ ...github, TPKS_ID_TOKEN: 'from-env' }, { source: { file } });
  expect(await found).toBe('from-file');
  expect(requests).toEqual([]);
});

test('TPKS_ID_TOKEN, which GitLab sets, takes precedence over the CI system', async () => {
  const { found, requests } = find({ ...github, TPKS_ID_TOKEN: 'from-env' });
  expect(await found).toBe('from-env');
  expect(requests).toEqual([]);
});

test('TPKS_ID_TOKEN is not sent to another installation than the one in TPKS_API', async () => {
  const env = { TPKS_API: 'prod.example.com', TPKS_ID_TOKEN: 'from-env' };
  await expect(find(env).found).rejects.toMatchObject({
    kind: 'usage',
    message: 'No ID token found for the CI login',
    hint: 'TPKS_ID_TOKEN is meant for prod.example.com, so it is not sent to api.example.com:8443',
  });
  const { found } = find({ ...github, ...env }, { response: { body: { value: 'from-github' } } });
  expect(await found).toBe('from-github');
});

test('a token with the audience is requested from GitHub Actions', async () => {
  const { found, requests } = find(github, { response: { body: { value: 'from-github' } } });
  expect(await found).toBe('from-github');
  expect(requests).toMatchObject([
    {
      method: 'GET',
      url: 'https://pipelines.example.com/token?api-version=2.0&audience=https%3A%2F%2Fapi.example.com%3A8443',
      headers: { authorization: 'bearer request-token' },
    },
  ]);
});

test.each<[string, FakeResponse]>([
  ['an error', { status: 403, body: { message: 'no' } }],
  ['no token', { body: {} }],
  ['something else than JSON', { body: '<html>' }],
])('a response of GitHub Actions with %s is temporary', async (_name, response) => {
  await expect(find(github, { response }).found).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('GitHub Actions did not issue an ID token'),
  });
});

test('the request to GitHub Actions is never sent without TLS', async () => {
  const env = { ...github, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://pipelines.example.com/?a=b' };
  const { found, requests } = find(env);
  await expect(found).rejects.toMatchObject({ kind: 'usage' });
  expect(requests).toEqual([]);
});

describe('without a token, the error says what the job lacks', () => {
  test.each([
    ['GitHub Actions', { GITHUB_ACTIONS: 'true' }, 'id-token: write'],
    ['GitLab CI', { GITLAB_CI: 'true' }, `aud: ${audience}`],
    ['a Kubernetes pod', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'service account'],
  ])('in %s', async (where, env, lacking) => {
    await expect(find(env).found).rejects.toMatchObject({
      kind: 'usage',
      message: `No ID token found for the CI login in ${where}`,
      hint: expect.stringContaining(lacking),
    });
  });

  test('elsewhere', async () => {
    await expect(find({}).found).rejects.toMatchObject({
      kind: 'usage',
      message: 'No ID token found for the CI login',
      hint: expect.stringContaining('set TPKS_ID_TOKEN or TPKS_ID_TOKEN_FILE'),
    });
  });
});

test('the token of a pod is read from its file', async () => {
  folder.write('pod-token', 'from-pod');
  expect(await find({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }).found).toBe('from-pod');
});
