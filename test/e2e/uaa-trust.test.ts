import { mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser } from '../support/program/cli.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const admin = createUser();
let sandbox: TestSandbox;
let issuer: OidcIssuer;
let keyFile: string;

const write = (name: string, content: string): string => {
  const path = join(mkdtempSync(join(dirname(admin.home), 'files-')), name);
  writeFileSync(path, content);
  return path;
};

beforeAll(async () => {
  sandbox = await startTestSandbox();
  issuer = await startOidcIssuer(sandbox.uaa);
  keyFile = write('key.pem', issuer.publicKey);
  await sandbox.login(admin, 'alana');
  const words = 'uaa token client get admin --secret-file - --store file --name admin';
  const { code, stderr } = await admin.tpks(words.split(' '), { stdin: 'adminsecret' });
  expect({ code, stderr }).toMatchObject({ code: 0 });
});
afterEach(async () => {
  const { stdout } = await tpks('uaa trust list -o name');
  for (const name of stdout.split('\n').filter(Boolean)) await tpks(`uaa trust remove ${name}`);
});
afterAll(async () => {
  await issuer.close();
  await sandbox.close();
});

const tpks = (line: string, options: Parameters<typeof admin.tpks>[1] = {}) =>
  admin.tpks(line.split(' '), options);

const github = 'uaa trust add app --github octo/app --environment prod';
const add = (name: string, subject: string, flags = '') =>
  tpks(
    `uaa trust add ${name} --issuer ${issuer.url} --subject ${subject} --token-key ${keyFile} --yes${flags}`,
  );

test('uaa trust add shows the changes, asks, and prints what the job needs', async () => {
  const declined = await tpks(github, { stdin: 'n\n' });
  expect(declined).toMatchObject({ code: 0, stdout: '' });
  expect(declined.stderr).toContain('Cancelled: no changes were applied');
  expect((await tpks('uaa trust list -o name')).stdout).toBe('');

  const { code, stdout, stderr } = await tpks(github, { stdin: 'y\n' });
  expect(code).toBe(0);
  expect(stderr).toContain(
    [
      `Changes that let repo:octo/app:environment:prod log in to ${sandbox.uaa}:`,
      '',
      '+ identity provider github-actions: issuer https://token.actions.githubusercontent.com; ' +
        `audience ${sandbox.uaa}; user claim sub`,
      '+ client tpks_ci: scope openid, pks.clusters.manage; allowedproviders github-actions',
      '+ user repo:octo/app:environment:prod: origin github-actions',
      '+ group tpks.trust.app',
      '+ membership pks.clusters.manage',
      '',
      'Apply these 5 changes? (y/n): y',
      'Done: 5 changes. Add this to GitHub Actions:',
    ].join('\n'),
  );
  const job = {
    'runs-on': 'ubuntu-24.04',
    environment: 'prod',
    permissions: { contents: 'read', 'id-token': 'write' },
    env: {
      TPKS_API: sandbox.api.replace('https://', ''),
      TPKS_UAA_URL: sandbox.uaa,
      TPKS_CI_LOGIN: '1',
      TPKS_CA_CERT: '${{ vars.PKS_CA_PEM }}',
    },
    steps: [{ run: 'tpks clusters' }],
  };
  expect(parse(stdout)).toEqual({ jobs: { clusters: job } });

  const again = await tpks(`${github} --json`);
  expect(again).toMatchObject({ code: 0 });
  expect(JSON.parse(again.stdout)).toMatchObject({
    ...{ name: 'app', uaa: sandbox.uaa, subject: 'repo:octo/app:environment:prod' },
    ...{ scopes: ['pks.clusters.manage'], clientId: 'tpks_ci', changes: [], applied: true },
    snippet: expect.arrayContaining(['    permissions:']),
  });
});

test('uaa trust add --dry-run only shows the changes', async () => {
  const { code, stdout } = await tpks(`${github} --dry-run --json`);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    applied: false,
    changes: [
      { action: 'add', kind: 'identity provider', name: 'github-actions' },
      { action: 'add', kind: 'client', name: 'tpks_ci' },
      { action: 'add', kind: 'user', name: 'repo:octo/app:environment:prod' },
      { action: 'add', kind: 'group', name: 'tpks.trust.app' },
      { action: 'add', kind: 'membership', name: 'pks.clusters.manage' },
    ],
  });
  expect((await tpks('uaa trust list -o name')).stdout).toBe('');
});

test.each([
  [
    'uaa trust add app --github octo/app --yes',
    2,
    '--github requires either --environment or --ref',
  ],
  [`${github} --scope no.such.scope --yes`, 1, 'Group no.such.scope not found'],
  [`${github} --client pks_cli --yes`, 1, 'The client pks_cli was not created by tpks uaa trust'],
  [`${github} --token-key no-such-file --yes`, 2, 'Cannot read no-such-file'],
  [github, 2, 'Cannot prompt without a terminal'],
  ['uaa trust show app', 1, 'Trust app not found'],
  ['uaa trust remove app', 1, 'Trust app not found'],
])('tpks %s exits %i and creates nothing', async (line, code, message) => {
  const result = await tpks(line);
  expect(result).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toContain(message);
  expect((await tpks('uaa trust list -o name')).stdout).toBe('');
  expect((await tpks('uaa client get tpks_ci')).code).toBe(1);
});

test('uaa trust list and show name what a trust accepts', async () => {
  await add('one', 'sub-1');
  expect((await tpks('uaa trust list')).stdout).toMatch(
    /^one +complete +sub-1 +pks\.clusters\.manage +https:\S+ +tpks_ci +never$/m,
  );
  const origin = new URL(issuer.url).host.replace(':', '-');
  expect(parse((await tpks('uaa trust show one')).stdout)).toEqual({
    ...{ name: 'one', complete: true, issuer: issuer.url, subject: 'sub-1', userClaim: 'sub' },
    ...{ audience: sandbox.uaa, origin, clients: ['tpks_ci'], scopes: ['pks.clusters.manage'] },
  });
});

test('uaa trust remove shows what it deletes, and can be repeated', async () => {
  await add('one', 'sub-1');
  const origin = new URL(issuer.url).host.replace(':', '-');
  const planned = await tpks('uaa trust remove one --dry-run');
  expect(planned).toMatchObject({ code: 0 });
  expect(planned.stderr).toContain(
    `This would remove the trust one, and delete: user sub-1, client tpks_ci, identity provider ${origin}, group tpks.trust.one`,
  );
  expect(await tpks('uaa trust remove one')).toMatchObject({
    code: 0,
    stdout: 'Trust one removed\n',
  });
  expect(await tpks('uaa trust remove one --if-exists')).toMatchObject({ code: 0 });
  expect((await tpks(`uaa idp get ${origin}`)).code).toBe(1);
});

describe('uaa trust test', () => {
  const run = async (claims: Parameters<OidcIssuer['sign']>[0], flags = '') => {
    const token = await issuer.sign(claims);
    const result = await tpks(`uaa trust test one --id-token-file -${flags}`, { stdin: token });
    for (const text of [result.stdout, result.stderr]) {
      expect(findLeaks(text, { token })).toEqual([]);
    }
    return result;
  };

  test('passes each check for a token of the job', async () => {
    await add('one', 'sub-1');
    const { code, stdout } = await run({ sub: 'sub-1' });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        [
          'PASS  trust     complete',
          `PASS  issuer    ${issuer.url}`,
          `PASS  audience  ${sandbox.uaa}`,
          'PASS  subject   sub-1',
          'PASS  times     valid until \\S+',
          'PASS  client    tpks_ci',
          'PASS  login     granted (openid pks.clusters.manage|pks.clusters.manage openid)',
        ].join('\n'),
      ),
    );
  });

  test('exits 1 and names each check that fails', async () => {
    await add('one', 'sub-1');
    const { code, stdout, stderr } = await run({ sub: 'sub-2', aud: 'other' }, ' --json');
    expect(code).toBe(1);
    expect(stderr).toContain('3 of 7 checks failed');
    const { passed, checks } = JSON.parse(stdout) as {
      passed: boolean;
      checks: { check: string; passed: boolean; message: string }[];
    };
    expect(passed).toBe(false);
    expect(checks.filter((check) => !check.passed)).toMatchObject([
      { check: 'audience', message: `other (expected ${sandbox.uaa})` },
      { check: 'subject', message: 'sub-2 (expected sub-1)' },
      { check: 'login', message: expect.stringContaining('wrong audience') },
    ]);
  });
});

test('access files omit trusts, and uaa apply --prune does not remove them', async () => {
  await add('one', 'sub-1');
  const exported = await tpks('uaa export');
  expect(exported).toMatchObject({ code: 0 });
  expect(exported.stdout).not.toMatch(/sub-1|tpks\.trust|tpks_ci/);
  const file = write('access.yml', exported.stdout);
  const apply = await tpks(`uaa apply -f ${file} --prune --yes`);
  expect(apply).toMatchObject({ code: 0 });
  expect(apply.stdout).toContain('No changes');

  const wholeTrust = `
groups:
  pks.clusters.manage: {members: []}
  tpks.trust.one: {members: []}
clients:
  tpks_ci: {scope: [openid]}
`;
  const pruned = await tpks(`uaa plan -f ${write('access.yml', wholeTrust)} --prune`);
  expect(pruned.stdout).not.toMatch(/sub-1|tpks_ci/);
  const named = `
groups:
  pks.clusters.manage: {members: [{user: sub-1, origin: ${new URL(issuer.url).host.replace(':', '-')}}]}
`;
  for (const flag of ['', ' --prune']) {
    const { stdout } = await tpks(`uaa plan -f ${write('access.yml', named)}${flag}`);
    expect(stdout).not.toContain('sub-1');
  }
});
