import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { splitWords } from '../../src/base/shell-quote.js';
import type { AccessReport, Finding } from '../../src/domain/access-review/report.js';
import { parseCsv } from '../support/checks/csv.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { HeadlessOptions } from '../support/program/headless.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('a separate process has no terminal');

let sandbox: TestSandbox;
const auditor = createUser();
const folder = dirname(auditor.home);

const tpks = (line: string, options?: HeadlessOptions) => auditor.tpks(line.split(' '), options);
const access = (line = '', options?: HeadlessOptions) => tpks(`access ${line}`.trim(), options);

/** Runs a command that must succeed. @returns its stdout */
async function run(line: string, options?: HeadlessOptions): Promise<string> {
  const { code, stdout, stderr } = await tpks(line, options);
  expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
  return stdout;
}

async function review(line = ''): Promise<AccessReport> {
  return JSON.parse(await run(`access -o json ${line}`.trim())) as AccessReport;
}

async function listNames(line = ''): Promise<readonly string[]> {
  return (await run(`access -o name ${line}`.trim())).split('\n').filter(Boolean);
}

/** Stores a token of the client `admin` for `tpks uaa`, and a session of alana for PKS commands. */
async function logIn(user: TestUser, { uaa, login }: TestSandbox): Promise<void> {
  await login(user, 'alana');
  const words = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-', '--store', 'file'];
  const { code, stderr } = await user.tpks(words, { stdin: 'adminsecret' });
  expect({ uaa, code, stderr }).toMatchObject({ uaa, code: 0 });
}

beforeAll(async () => {
  sandbox = await startTestSandbox({ hasReviewData: true });
  await logIn(auditor, sandbox);
}, 60_000);
afterAll(() => sandbox.close());
beforeEach(() => sandbox.clearRequests());

/** The findings in the sandbox. */
const risky = [
  ...['admin', 'cody', 'erik.lund', 'jonas.weber', 'kim.olsen', 'mira.sato', 'naomi'],
  ...['nightly-report', 'ops-automation', 'pks_client', 'priya.nair', 'rosa.diaz', 'sam.keller'],
];

describe('the list', () => {
  test('contains the identities that can do more than the default groups allow', async () => {
    const names = await listNames();
    expect(names).toEqual(expect.arrayContaining(['alana', 'tom.becker', ...risky]));
    expect(names).not.toEqual(expect.arrayContaining(['dana']));
    expect(names).not.toEqual(expect.arrayContaining(['pks_cli']));
    const all = await listNames('--all');
    expect(all).toEqual(
      expect.arrayContaining([...names, 'dana', 'pnair', 'pks_cli', 'team-wiki']),
    );
  });

  test('sends one request for each list, and none for individual users', async () => {
    await run('access --all');
    expect(
      sandbox
        .requests()
        .map((line) => line.replace(/\?.*/, ''))
        .toSorted(),
    ).toEqual([
      'uaa GET /Groups',
      'uaa GET /Groups/External',
      // Also the default groups of one user, and the member of a group who no longer exists.
      'uaa GET /Users',
      'uaa GET /Users',
      'uaa GET /Users',
      'uaa GET /identity-providers',
      'uaa GET /oauth/clients',
    ]);
  });

  test('has the documented fields as JSON, and the same as YAML', async () => {
    const report = await review('--filter name=sam.keller');
    const { findings } = report;
    expect(report).toEqual({
      installation: sandbox.api,
      identities: [
        {
          id: expect.stringMatching(/^[\da-f-]{36}$/),
          name: 'sam.keller',
          kind: 'user',
          origin: 'uaa',
          active: true,
          lastLogin: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          permissions: [
            { scope: 'uaa.admin', via: [{ kind: 'added', groups: ['team.platform'] }] },
            { scope: 'team.platform', via: [{ kind: 'added', groups: [] }] },
          ],
          findings: [],
        },
      ],
      findings,
      notRead: [],
    });
    expect(findings).toContainEqual({
      id: 'client-admin-authority',
      severity: 'high',
      identity: 'ops-automation',
      reason: expect.stringContaining('uaa.admin'),
      command: 'tpks uaa client update ops-automation --authorities pks.clusters.admin',
    });
    const yaml = await run('access -o yaml --filter name=sam.keller');
    expect(parse(yaml)).toEqual(report);
  });

  test('shows ids and chains with -o wide', async () => {
    const [head, row] = (await run('access -o wide --filter name=sam.keller')).split('\n');
    expect(head).toMatch(
      /^Name +Kind +Origin +Permissions +Last login +Findings +Via +Active +Id$/,
    );
    expect(row).toContain('uaa.admin (group team.platform); team.platform (direct)');
  });

  test('rejects options that exclude each other before any request', async () => {
    for (const [line, message] of [
      ['cody --findings', 'A name cannot be combined with --findings'],
      [
        '--scope uaa.admin --findings',
        "option '--scope <scope>' cannot be used with option '--findings'",
      ],
      ['--origin ldap', '--origin requires the name of a user'],
      ['cody --html a.html', 'A name cannot be combined with --html'],
      ['--columns nmae', 'nmae'],
      ['--severity critical', 'critical'],
      ['--stale soon', 'soon'],
    ] as const) {
      const { code, stderr } = await access(line);
      expect({ line, code, stderr }).toEqual({
        line,
        code: 2,
        stderr: expect.stringContaining(message),
      });
    }
    expect(sandbox.requests()).toEqual([]);
  });
});

describe('one identity', () => {
  test('is shown with the chain of each permission', async () => {
    expect((await run('access erik.lund')).replaceAll(/ +/g, ' ')).toContain(
      [
        'Permissions:',
        ' pks.clusters.manage ← group team.blue ← ldap cn=blue,ou=groups,dc=example,dc=com',
        ' team.blue ← ldap cn=blue,ou=groups,dc=example,dc=com',
        '',
      ].join('\n'),
    );
    const mira = await run('access mira.sato');
    expect(mira).toContain('pks.clusters.admin  ← ldap (deleted at the next login)');
    expect(mira).toContain('Default groups:  ');
    expect(mira).toContain('$ tpks uaa member add pks.clusters.admin mira.sato --origin ldap');
    expect(await run('access ops-automation')).toContain('uaa.admin           ← client authority');
  });

  test('is read with one more request for its refresh tokens', async () => {
    expect(await run('access alana')).toMatch(/\nRefresh tokens:\n {2}pks_cli: issued /);
    const lists = sandbox.requests().filter((line) => line.includes('/oauth/token/list/'));
    expect(lists).toEqual([
      expect.stringMatching(/^uaa GET \/oauth\/token\/list\/user\/[\da-f-]+$/),
    ]);
    const { identities } = await review('alana');
    expect(identities).toMatchObject([{ name: 'alana', refreshTokens: [{ clientId: 'pks_cli' }] }]);
    sandbox.clearRequests();
    await run('access ops-automation');
    await run('access --findings');
    expect(sandbox.requests().filter((line) => line.includes('/token/list/'))).toEqual([]);
  });

  test('can have a name that exists in several origins', async () => {
    await run('uaa user add erik.lund --emails e@example.com --password-stdin', {
      stdin: 'erik-pw',
    });
    try {
      const both = await review('ERIK.lund');
      expect(both.identities.map(({ origin }) => origin)).toEqual(['ldap', 'uaa']);
      const { identities } = await review('erik.lund --origin ldap');
      expect(identities.map(({ origin }) => origin)).toEqual(['ldap']);
      const { code, stderr } = await access('erik.lund --origin okta');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining('User or client erik.lund with the origin okta not found'),
      });
    } finally {
      await run('uaa user delete erik.lund --origin uaa --yes');
    }
  });

  test('causes an error with similar names if it does not exist', async () => {
    const { code, stdout, stderr } = await access('erik.lunt');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('User or client erik.lunt not found');
    expect(stderr).toContain('erik.lund');
  });
});

describe('--scope', () => {
  test('lists the identities that have a scope, and where it comes from', async () => {
    expect(await listNames('--scope pks.clusters.admin')).toEqual([
      ...['admin', 'alana', 'mira.sato', 'ops-automation', 'rosa.diaz', 'tom.becker'],
    ]);
    expect((await run('access --scope uaa.admin')).split('\n')).toContainEqual(
      expect.stringMatching(/^sam\.keller +user +uaa +group team\.platform /),
    );
  });

  test('notes that all users have the scope of a default group', async () => {
    const { code, stderr } = await access('--scope openid');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(
        'All users have the scope openid, because it is a default group',
      ),
    });
  });

  test('rejects an unknown scope, which may be a typo', async () => {
    const { code, stderr } = await access('--scope pks.clusters.admni');
    expect(code).toBe(1);
    expect(stderr).toContain('No group or client has the scope pks.clusters.admni');
    expect(stderr).toContain('pks.clusters.admin');
  });
});

describe('findings', () => {
  const writeBaseline = (findings: readonly Finding[]): string => {
    const path = join(folder, 'accepted.yml');
    const entries = findings.map(({ id, identity }) => ({ id, identity, reason: 'known' }));
    writeFileSync(path, JSON.stringify(entries));
    return path;
  };

  test('determine the exit code by severity, except those that --baseline accepts', async () => {
    const { findings } = await review('--findings');
    expect(await access('--findings')).toMatchObject({ code: 0, stderr: '' });
    expect(await access('--findings --exit-code')).toMatchObject({ code: 3, stderr: '' });
    const high = writeBaseline(findings.filter(({ severity }) => severity === 'high'));
    const accepted = `--findings --exit-code --baseline ${high}`;
    expect(await access(accepted)).toMatchObject({ code: 0, stderr: '' });
    expect(await access(`${accepted} --severity medium`)).toMatchObject({ code: 3 });
    const all = writeBaseline(findings);
    const none = await access(`--findings --exit-code --severity low --baseline ${all}`);
    expect(none).toEqual({ code: 0, stdout: 'No findings\n', stderr: '' });
    expect((await review(`--baseline ${all}`)).findings).toEqual([]);
  });

  test('cause a warning if the baseline accepts them but they no longer exist', async () => {
    const stdin = '[{id: user-inactive, identity: nobody, reason: on leave}]';
    const { code, stderr } = await access('--findings --baseline -', { stdin });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Warning: the baseline entry user-inactive for nobody does not match any finding\n',
    });
  });

  test('are not searched for if the baseline has errors', async () => {
    const stdin = '- {id: user-inactive, identity: nobody}\n- {id: x}\n';
    const { code, stderr } = await access('--findings --baseline -', { stdin });
    expect(code).toBe(2);
    expect(stderr).toMatch(/line 1: .*reason is missing/);
    expect(stderr).toMatch(/line 2: .*id must be one of/);
    expect(sandbox.requests()).toEqual([]);
  });

  test('include empty secrets with --try-empty-secrets, and traces contain no issued token', async () => {
    const ids = ({ findings }: AccessReport) =>
      findings.flatMap(({ id, identity }) => (id === 'client-empty-secret' ? identity : []));
    expect(ids(await review('--findings'))).toEqual([]);
    sandbox.clearRequests();
    const { code, stdout, stderr } = await access('--findings -o json --try-empty-secrets --trace');
    expect(code).toBe(0);
    expect(ids(JSON.parse(stdout) as AccessReport)).toEqual(['nightly-report', 'cf']);
    expect(stderr).toContain('POST');
    expect(stderr).not.toMatch(/eyJ|adminsecret/);
    const tried = sandbox
      .loggedRequests()
      .flatMap(({ path, client }) => (path === '/oauth/token' ? client : []));
    expect(tried).toContain('nightly-report');
    expect(tried).not.toContain('ci-jobs');
    expect(tried).not.toContain('dashboard');
    expect(tried).toHaveLength(new Set(tried).size);
  });

  test('depend on --stale as the limit for the last login', async () => {
    const stale = async (line: string) =>
      (await review(line)).findings.flatMap(({ id, identity }) =>
        id === 'user-no-recent-login' ? identity : [],
      );
    expect(await stale('')).toEqual(['tom.becker']);
    expect(await stale('--stale 201d')).toEqual([]);
    expect(await stale('--stale 4')).toEqual(
      expect.arrayContaining(['mira.sato', 'sam.keller', 'tom.becker']),
    );
  });
});

describe('-o csv', () => {
  test('has one row for each identity, and no formulas', async () => {
    const group = '=HYPERLINK("http://x")';
    await auditor.tpks(['uaa', 'group', 'add', group]);
    await auditor.tpks(['uaa', 'member', 'add', group, 'dana']);
    try {
      const rows = parseCsv(await run('access -o csv'));
      const dana = rows.find(([name]) => name === 'dana');
      expect(dana).toContain(`'${group}`);
      expect(rows[0]).toContain('Via');
      expect(new Set(rows.map((cells) => cells.length)).size).toBe(1);
      const findings = parseCsv(await run('access --findings -o csv'));
      expect(findings[0]).toEqual(['Severity', 'Finding', 'Identity', 'Reason', 'Command']);
    } finally {
      await auditor.tpks(['uaa', 'group', 'delete', group, '--yes']);
    }
  });
});

describe('hostile names', () => {
  const name = 'x\u001b[31m\u202etxt.exe';

  beforeAll(async () => {
    const add = ['uaa', 'user', 'add', name, '--origin', 'ldap', '--emails', 'x@example.com'];
    expect(await auditor.tpks(add)).toMatchObject({ code: 0 });
    const join = ['uaa', 'member', 'add', 'pks.clusters.manage', name];
    expect(await auditor.tpks(join)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await auditor.tpks(['uaa', 'user', 'delete', name, '--yes']);
  });

  test('are unchanged in JSON', async () => {
    const { identities, findings } = await review();
    expect(identities.map((identity) => identity.name)).toContain(name);
    expect(findings.map(({ identity }) => identity)).toContain(name);
  });

  test('cannot control a terminal', async () => {
    for (const words of [['access'], ['access', '--findings'], ['access', name]]) {
      const { stdout, stderr } = await auditor.tpks(words);
      expect(stdout).toContain('txt.');
      expect(stdout + stderr).not.toMatch(/[\u001b\u202e\r]/);
    }
  });
});

nodeOnly.describe('on a terminal', () => {
  test.each([60, 80, 120])(
    'with %i columns, only commands are longer than a line',
    async (columns) => {
      for (const line of [
        'access',
        'access --findings',
        'access mira.sato',
        'access --scope uaa.admin',
      ]) {
        const stdout = await run(line, { terminalColumns: columns, env: { NO_COLOR: '1' } });
        const isCommand = (text: string) => text.startsWith('        $ ');
        const wide = stdout.split('\n').filter((text) => text.length > columns && !isCommand(text));
        expect({ line, wide }).toEqual({ line, wide: [] });
      }
    },
  );

  test('each finding is a paragraph', async () => {
    const stdout = await run('access --findings', { terminalColumns: 100, env: { NO_COLOR: '1' } });
    expect(stdout).toMatch(
      /^high {4}ops-automation {2}client-admin-authority\n {8}Anyone .*(?:\n {8}\w.*)?\n {8}\$ tpks uaa client update /m,
    );
  });
});

describe('--html', () => {
  const path = join(folder, 'report.html');

  test('writes a page that only this user can read', async () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    expect(await run(`access --html ${path}`)).toMatch(
      /^Wrote .*report\.html: \d+ users and clients, \d+ findings\n$/,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const page = readFileSync(path, 'utf8');
    expect(page).toContain('ops-automation');
    expect(page).not.toContain('<script');
    const json = JSON.parse(await run(`access --html ${path} -o json`)) as { findings: number };
    expect(json).toEqual({ path, identities: expect.any(Number), findings: expect.any(Number) });
    expect(json.findings).toBe((await review()).findings.length);
  });

  test.each([
    ['/dev/full', 2, '/dev/full is not a regular file'],
    ['.', 2, '. is not a regular file'],
    ['missing/report.html', 7, 'Cannot write missing/report.html: no such file or directory'],
  ])('fails for %s', async (target, code, message) => {
    expect(await access(`--html ${target}`)).toEqual({
      code,
      stdout: '',
      stderr: expect.stringContaining(`Error: ${message}`),
    });
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});

describe('a review with the scopes of the token', () => {
  const reviewer = createUser();

  async function reviewWith(authorities: string) {
    const add = `uaa client add reviewer --authorized_grant_types client_credentials --authorities ${authorities} --secret-file -`;
    await run('uaa client delete reviewer --if-exists --yes');
    await run(add, { stdin: 'reviewer-secret' });
    const { api, uaa, caCert } = sandbox;
    const env = {
      ...{ TPKS_API: api, TPKS_UAA_URL: uaa, TPKS_CA_CERT: caCert },
      ...{ TPKS_CLIENT_NAME: 'reviewer', TPKS_CLIENT_SECRET: 'reviewer-secret' },
    };
    return (line: string, stdin = '') => reviewer.tpks(line.split(' '), { env, stdin });
  }
  afterAll(() => run('uaa client delete reviewer --if-exists --yes'));

  test('contains what the token may read, and lists the rest', async () => {
    const runAs = await reviewWith('scim.read');
    const { code, stdout, stderr } = await runAs('access -o json');
    expect(code).toBe(0);
    expect(stderr).toBe(
      [
        'Warning: the clients were not reviewed, because the token lacks the scope clients.read',
        'Warning: the identity providers were not reviewed, because the token lacks the scope idps.read',
        '',
      ].join('\n'),
    );
    const report = JSON.parse(stdout) as AccessReport;
    expect(report.notRead).toEqual([
      { what: 'clients', scope: 'clients.read' },
      { what: 'identity providers', scope: 'idps.read' },
    ]);
    expect(report.identities.filter(({ kind }) => kind === 'client')).toEqual([]);
    const one = await runAs('access alana -o json');
    expect(one.stderr).toContain('the token lacks the scope tokens.list');
    expect(JSON.parse(one.stdout)).toMatchObject({ identities: [{ refreshTokens: null }] });
    const client = await runAs('access reviewer');
    expect(client.code).toBe(1);
    expect(client.stderr).toContain('User or client reviewer not found');
    expect(client.stderr).toContain('if it is a client, use a token with the scope clients.read\n');
  });

  test('determines whether --exit-code can succeed', async () => {
    const runAs = await reviewWith('scim.read');
    const baseline = '[{id: group-nested-admin, identity: team.platform, reason: known}]';
    expect(await runAs('access --findings --exit-code --baseline -', baseline)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The review is incomplete: the clients were not read'),
    });
  });

  test('is complete with the smallest set of scopes', async () => {
    const runAs = await reviewWith('scim.read,clients.read,idps.read,tokens.list');
    for (const line of ['access --findings', 'access alana']) {
      expect(await runAs(line)).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test('requires the scope that lists users', async () => {
    const runAs = await reviewWith('clients.read');
    const { code, stdout, stderr } = await runAs('access');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('scim.read');
  });

  test('requires a session', async () => {
    const { code, stderr } = await createUser().tpks(['access']);
    expect({ code, stderr }).toMatchObject({ code: 4 });
    expect(await createUser().tpks(['access', '--all-contexts'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('No contexts found'),
    });
  });
});

test('--kubernetes adds role bindings, and warns about clusters that were not read', async () => {
  const env = { PKS_USER_PASSWORD: 'alana-password' };
  await run('get-credentials dev-1', { env });
  const { code, stdout, stderr } = await access('--kubernetes -o json');
  expect(code).toBe(0);
  expect(stderr).toContain(
    'The external group platform-team has a role in dev-1: ClusterRole edit in kube-system',
  );
  const { identities, findings, clusters } = JSON.parse(stdout) as AccessReport;
  const alana = identities.find(({ name, kind }) => name === 'alana' && kind === 'user');
  expect(alana?.bindings).toContainEqual({
    cluster: 'dev-1',
    namespace: null,
    name: 'oidc:alana-cluster-admin',
    role: 'ClusterRole cluster-admin',
  });
  expect(findings).toContainEqual({
    id: 'binding-unknown-user',
    severity: 'medium',
    identity: 'ghost',
    reason: expect.stringContaining('in namespace default of cluster dev-1'),
    command: 'kubectl --context dev-1 -n default delete rolebinding/ghost-deploys',
  });
  for (const { name, problem } of clusters ?? []) {
    if (problem !== undefined)
      expect(stderr).toMatch(new RegExp(`not reviewed: clusters? .*${name}`));
  }
  expect(clusters?.map(({ name }) => name).toSorted()).toEqual([
    ...['dev-1', 'dev-2', 'dev-3', 'prod-1', 'prod-2'],
  ]);
  expect(await run('access --kubernetes')).toContain('dev-1: ClusterRole cluster-admin');
});

test('--all-contexts reviews each installation, even if one does not respond', async () => {
  const user = createUser();
  const other = await startTestSandbox();
  try {
    await logIn(user, sandbox);
    await logIn(user, other);
    const both = await user.tpks(['access', '--all-contexts', '-o', 'json']);
    expect(both).toMatchObject({ code: 0, stderr: '' });
    const reports = JSON.parse(both.stdout) as AccessReport[];
    expect(reports.map(({ installation }) => installation).toSorted()).toEqual(
      [sandbox.api, other.api].toSorted(),
    );
    expect(reports.map(({ identities }) => identities.length)).not.toContain(0);
    const text = await user.tpks(['access', '--all-contexts']);
    expect(text.stdout).toMatch(/^Installation +Name /);
  } finally {
    await other.close();
  }
  const one = await user.tpks(['access', '--all-contexts', '-o', 'json']);
  expect(one.code).toBe(5);
  expect(one.stderr).toContain(`Warning: ${other.uaa} was not reviewed: `);
  expect(JSON.parse(one.stdout)).toMatchObject([{ installation: sandbox.api }]);
  const words = ['access', '--all-contexts', '--findings', '--exit-code', '--baseline', '-'];
  const stdin = '[{id: user-inactive, identity: of the other installation, reason: known}]';
  const found = await user.tpks(words, { stdin });
  expect(found.code).toBe(3);
  expect(found.stderr).not.toContain('does not match any finding');
});

/** This has to be the last test, because it changes the sandbox. */
test('the commands of findings correct them', async () => {
  const secret = { TPKS_NEW_SECRET: 'a-new-secret' };
  const isSame = (one: Finding, other: Finding) =>
    one.id === other.id && one.identity === other.identity;
  const { findings } = await review('--findings --try-empty-secrets');
  // The first needs its authorities, and the second is only shown. The third changes with jq.
  const corrected = findings.filter(
    ({ id, identity, command }) =>
      identity !== 'admin' && id !== 'user-duplicate-email' && !command.includes('| jq '),
  );
  expect(new Set(corrected.map(({ id }) => id)).size).toBeGreaterThan(15);
  for (const { command } of corrected) {
    const [program, ...words] = splitWords(command) ?? [];
    expect(program).toBe('tpks');
    const { code, stderr } = await auditor.tpks(words, { env: secret, stdin: 'y\n' });
    expect({ command, code, stderr }).toMatchObject({ command, code: 0 });
  }
  const { findings: left } = await review('--findings --try-empty-secrets');
  expect(corrected.filter((finding) => left.some((other) => isSame(finding, other)))).toEqual([]);
}, 60_000);
