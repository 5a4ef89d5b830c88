import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ciSystems, podTokenPath } from '../../src/domain/auth/ci/systems.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { createCertificates } from '../support/servers/certificates.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const job = 'repo:octo/app:environment:prod';
const requestToken = 'github-request-token';

const folder = fileFolder();
let sandbox: TestSandbox;
let issuer: OidcIssuer;
let github: Server;
let user: TestUser;
/** The environment of a job, without a token. */
let installation: Readonly<Record<string, string>>;
/** The environment of a job in GitHub Actions. */
let inGithub: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  issuer = await startOidcIssuer(sandbox.uaa);
  const { good, ca } = await createCertificates();
  github = createServer(good, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', issuer.url);
    const isAllowed = request.headers.authorization === `bearer ${requestToken}`;
    void issuer.sign({ sub: job, aud: searchParams.get('audience') }).then((value) => {
      response.writeHead(isAllowed ? 200 : 401);
      response.end(JSON.stringify(isAllowed ? { value } : {}));
    });
  });
  github.listen(0, 'localhost');
  await once(github, 'listening');
  const url = `https://localhost:${String((github.address() as AddressInfo).port)}/token?version=2`;
  installation = {
    TPKS_API: sandbox.api,
    TPKS_UAA_URL: sandbox.uaa,
    TPKS_CA_CERT: sandbox.caCert,
  };
  inGithub = {
    ...installation,
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    SSL_CERT_FILE: folder.write('github-ca.pem', ca.cert),
  };
  await trustJobs();
});
afterAll(async () => {
  github.close();
  await issuer.close();
  await sandbox.close();
});
beforeEach(() => {
  user = createUser();
  sandbox.clearRequests();
});

/** Lets `job` log in, as an administrator. */
async function trustJobs(): Promise<void> {
  const admin = createUser();
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await admin.tpks(words);
    expect([words, code, stderr]).toEqual([words, 0, expect.anything()]);
    return stdout;
  };
  const send = (path: string, body: object, method = 'POST') =>
    run('uaa', 'curl', '-X', method, '-d', JSON.stringify(body), path);
  await run('uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert);
  await run('uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret', '--store', 'file');
  await send('/identity-providers?rawConfig=true', {
    ...{ type: 'oidc1.0', name: 'jobs', originKey: 'jobs', active: true },
    config: {
      ...{ issuer: issuer.url, tokenKey: issuer.publicKey, showLinkText: false },
      ...{ authUrl: issuer.url, tokenUrl: issuer.url, addShadowUserOnLogin: false },
      ...{ relyingPartyId: sandbox.uaa, attributeMappings: { user_name: 'sub' } },
    },
  });
  const client = {
    ...{ client_id: 'tpks_ci', client_secret: '', authorized_grant_types: ['password'] },
    ...{ scope: ['openid', 'pks.clusters.admin'], autoapprove: true, access_token_validity: 600 },
  };
  await send('/oauth/clients', client);
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  await send(
    '/oauth/clients/tpks_ci',
    { client_id: 'tpks_ci', authorized_grant_types: [grant] },
    'PUT',
  );
  for (const userName of [job, 'powerless']) {
    await send('/Users', { userName, origin: 'jobs', emails: [{ value: 'ci@example.com' }] });
  }
  await run('uaa', 'member', 'add', 'pks.clusters.admin', job);
}

describe('TPKS_CI_LOGIN', () => {
  test('runs a command in GitHub Actions with one exchange, and stores nothing', async () => {
    const result = await user.tpks(['clusters', '-o', 'json'], {
      env: { ...inGithub, TPKS_CI_LOGIN: '1' },
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
    expect(user.files()).toEqual([]);
  });

  test('requests the audience in TPKS_AUDIENCE, which trust add prints if it is not the default', async () => {
    const env = { ...inGithub, TPKS_CI_LOGIN: '1', TPKS_AUDIENCE: 'pks' };
    const { code, stderr } = await user.tpks(['clusters'], { env });
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringContaining('wrong audience: pks'),
    });
    const login = { api: 'api.example.com', subject: job, audience: 'pks' };
    const others = { isDefaultAudience: false, clientId: 'tpks_ci' };
    expect(ciSystems.github.snippet({ ...login, ...others })).toContain('      TPKS_AUDIENCE: pks');
  });

  test('uses the token that GitLab puts into TPKS_ID_TOKEN', async () => {
    const env = { ...installation, GITLAB_CI: 'true', TPKS_CI_LOGIN: '1' };
    const TPKS_ID_TOKEN = await issuer.sign({ sub: job });
    expect(await user.tpks(['clusters'], { env: { ...env, TPKS_ID_TOKEN } })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  test.each([
    ['without TPKS_API', { TPKS_API: '' }, 'TPKS_CI_LOGIN is set, but TPKS_API is not'],
    ['with a user', { TPKS_USERNAME: 'cody' }, 'TPKS_CI_LOGIN and TPKS_USERNAME are both set'],
    [
      'without a token',
      { ACTIONS_ID_TOKEN_REQUEST_URL: '' },
      'No ID token found for the CI login in GitHub Actions',
    ],
  ])('%s is a usage error', async (_name, changes, message) => {
    const env = { ...inGithub, TPKS_CI_LOGIN: '1', ...changes };
    const result = await user.tpks(['clusters'], { env });
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(sandbox.requests()).toEqual([]);
  });
});

describe('login --ci', () => {
  const logIn = (words: readonly string[] = [], env = inGithub) =>
    user.tpks(['login', '--ci', '--store', 'file', ...words], { env });
  const context = `${job}@localhost`;

  test('stores a session, which a job of the same identity can renew', async () => {
    const result = await logIn();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(`User: ${job}`);
    expect(result.stdout).toMatch(/Renewal: +automatic in the CI job, with its ID token/);
    sandbox.clearRequests();
    await user.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
    const env = { ...inGithub, TPKS_API: '', TPKS_UAA_URL: '', TPKS_CA_CERT: '' };
    expect(await user.tpks(['clusters'], { env })).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
  });

  test('reads the token from a file again for each renewal', async () => {
    const file = folder.write('job.jwt', await issuer.sign({ sub: job }));
    const login = await logIn(['--id-token-file', file], installation);
    expect(login).toMatchObject({ code: 0 });
    expect(login.stdout).toContain(`automatic, with the ID token in ${file}`);
    await user.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
    folder.write('job.jwt', await issuer.sign({ sub: job, aud: 'wrong' }));
    const result = await user.tpks(['clusters']);
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toContain('The ID token has the wrong audience: wrong');
    folder.write('job.jwt', 'no token');
    expect((await user.tpks(['clusters'])).stderr).toContain(
      'the token has expired: The ID token is not a JWT',
    );
  });

  test('reads the token from stdin', async () => {
    const stdin = await issuer.sign({ sub: job });
    const words = ['login', '--id-token-stdin', '--store', 'file'];
    expect(await user.tpks(words, { env: installation, stdin })).toMatchObject({ code: 0 });
  });

  test('--show-claims shows the claims and the command that trusts the job, and not the token', async () => {
    const { code, stdout, stderr } = await logIn(['--show-claims']);
    expect(code).toBe(0);
    expect(stdout).toMatch(RegExp(`^sub: +${job}$`, 'm'));
    expect(stderr).toBe(
      `To trust this job, run: tpks uaa trust add NAME --github octo/app --environment prod --issuer ${issuer.url}\n`,
    );
    expect(stdout + stderr).not.toContain('eyJ');
    expect(sandbox.requests()).toEqual([]);
    expect(user.files()).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    [
      'of an unknown issuer',
      { sub: job, iss: 'https://gitlab.example.com' },
      'does not trust the issuer https://gitlab.example.com',
      'tpks uaa trust add NAME --github octo/app --environment prod --issuer https://gitlab.example.com',
    ],
    [
      'of another subject',
      { sub: 'repo:octo/app:ref:refs/heads/main' },
      'does not trust the subject repo:octo/app:ref:refs/heads/main',
      'tpks uaa trust add NAME --github octo/app --ref main',
    ],
    [
      'of a user in no group',
      { sub: 'powerless' },
      'The UAA granted this job no PKS scope',
      '--subject powerless --scope pks.clusters.manage',
    ],
  ])('explains the rejection of a token that is %s', async (_name, claims, message, hint) => {
    const TPKS_ID_TOKEN = await issuer.sign(claims);
    const env = { ...installation, TPKS_ID_TOKEN };
    const { code, stdout, stderr } = await logIn(['--trace'], env);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).toMatch(/Issuer: +https:/);
    for (const part of TPKS_ID_TOKEN.split('.')) expect(stderr).not.toContain(part);
    expect(user.files().filter((path) => path.endsWith('session'))).toEqual([]);
  });

  test.each([
    ['login --ci', () => logIn()],
    ['TPKS_CI_LOGIN', () => user.tpks(['clusters'], { env: { ...inGithub, TPKS_CI_LOGIN: '1' } })],
  ])('%s names the client if it has no autoapprove', async (_name, run) => {
    const admin = createUser();
    const change = async (autoapprove: boolean) => {
      const env = { ...installation, TPKS_CLIENT_NAME: 'admin', TPKS_CLIENT_SECRET: 'adminsecret' };
      const body = JSON.stringify({ client_id: 'tpks_ci', autoapprove });
      const words = ['uaa', 'curl', '-X', 'PUT', '-d', body, '/oauth/clients/tpks_ci'];
      expect(await admin.tpks(words, { env })).toMatchObject({ code: 0 });
    };
    await change(false);
    const result = await run();
    await change(true);
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toContain('that the client tpks_ci has autoapprove');
  });

  test('cannot get credentials for a cluster with OpenID Connect', async () => {
    await logIn();
    const result = await user.tpks(['get-credentials', 'dev-1']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('requires an ID token, which the UAA does not issue to');
  });

  test.each([
    [['-u', 'cody'], '--username and --ci cannot be used together'],
    [['--sso'], '--ci and --sso cannot be used together'],
  ])('cannot be combined with %j', async (words, message) => {
    expect(await logIn(words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });

  test('has an audience, which other logins do not have', async () => {
    const words = ['login', '-u', 'cody', '--audience', 'x', '--password-stdin'];
    expect(await user.tpks(words, { env: installation, stdin: 'cody-password' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--audience works only for CI logins'),
    });
  });
});

/** The parts of a CI configuration that matter for a login. */
interface JobConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly command: string;
}

describe('the configuration for a CI system works', () => {
  const example = (heading: string): string => {
    const section = readFileSync('docs/ci.md', 'utf8').split(`\n## ${heading}\n`)[1] ?? '';
    return /```yaml\n([^]*?)```/.exec(section)?.[1] ?? '';
  };
  const login = {
    api: 'api.example.com',
    subject: job,
    audience: 'https://api.example.com:8443',
    isDefaultAudience: true,
    clientId: 'tpks_ci',
  };
  const snippet = (id: keyof typeof ciSystems): string => ciSystems[id].snippet(login).join('\n');

  const run = async (
    { env, command }: JobConfig,
    ofSystem: Readonly<Record<string, string>>,
  ): Promise<void> => {
    expect(env).toMatchObject({ TPKS_API: login.api, TPKS_CI_LOGIN: '1' });
    const words = command.replace(/ >.*/, '').split(' ').slice(1);
    const result = await user.tpks(words, { env: { ...ofSystem, ...env, ...installation } });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  };

  test.each([
    ['in docs/ci.md', example('GitHub Actions')],
    ['of trust add', snippet('github')],
  ])('GitHub Actions %s', async (_name, text) => {
    const { clusters } = (parse(text) as { jobs: { clusters: unknown } }).jobs;
    const { environment, permissions, env, steps } = clusters as {
      readonly environment: unknown;
      readonly permissions: unknown;
      readonly env: JobConfig['env'];
      readonly steps: readonly { readonly run: string }[];
    };
    expect(environment).toBe('prod');
    expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    await run({ env, command: steps.at(-1)?.run ?? '' }, inGithub);
  });

  test.each([
    ['in docs/ci.md', example('GitLab CI')],
    ['of trust add', snippet('gitlab')],
  ])('GitLab CI %s', async (_name, text) => {
    const { clusters } = parse(text) as {
      readonly clusters: {
        readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>;
        readonly variables: JobConfig['env'];
        readonly script: readonly string[];
      };
    };
    expect(clusters.id_tokens).toEqual({ TPKS_ID_TOKEN: { aud: login.audience } });
    const TPKS_ID_TOKEN = await issuer.sign({ sub: job });
    const command = clusters.script.at(-1) ?? '';
    await run({ env: clusters.variables, command }, { TPKS_ID_TOKEN });
  });

  test.each([
    [
      'in docs/ci.md',
      () =>
        (parse(example('Kubernetes')) as { spec: { template: { spec: unknown } } }).spec.template
          .spec,
    ],
    ['of trust add', () => (parse(snippet('kubernetes')) as { spec: unknown }).spec],
  ])('Kubernetes %s', async (_name, read) => {
    const { containers, volumes } = read() as {
      readonly containers: readonly [
        {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value?: string }[];
          readonly volumeMounts: readonly [{ readonly mountPath: string }];
        },
      ];
      readonly volumes: readonly [{ readonly projected: { readonly sources: unknown } }];
    };
    const [{ args, env, volumeMounts }] = containers;
    expect(`${volumeMounts[0].mountPath}/token`).toBe(podTokenPath);
    expect(volumes[0].projected.sources).toMatchObject([
      { serviceAccountToken: { audience: login.audience, path: 'token' } },
    ]);
    // The file of the volume cannot be created here.
    const TPKS_ID_TOKEN_FILE = folder.write('pod-token', await issuer.sign({ sub: job }));
    const variables = Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));
    await run({ env: variables, command: `tpks ${args.join(' ')}` }, { TPKS_ID_TOKEN_FILE });
  });
});
