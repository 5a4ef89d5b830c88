import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser } from '../support/program/cli.js';
import type { HeadlessOptions } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const secrets = { 'password of erin': 'erin&password?7', 'secret of ci': 'ci%secret+of/4711' };

let sandbox: TestSandbox;
const operator = createUser();
const folder = join(operator.home, '..');

const tpks = (words: readonly string[], options: HeadlessOptions = {}) =>
  operator.tpks(['uaa', ...words], options);
const writeRequests = () => sandbox.requests().filter((line) => !line.startsWith('uaa GET '));

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await tpks(['target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
  const token = ['token', 'client', 'get', 'admin', '-s', 'adminsecret', '--store', 'file'];
  expect((await tpks(token)).code).toBe(0);
  writeFileSync(join(folder, 'ci.secret'), `${secrets['secret of ci']}\n`);
  writeFileSync(
    join(folder, 'access.yml'),
    `
groups:
  pks.clusters.manage:
    members: [cody, erin]
users:
  erin: {emails: [erin@example.com], password_from: env:ERIN_PASSWORD}
clients:
  ci-reader:
    authorized_grant_types: [client_credentials]
    authorities: [pks.clusters.admin.read]
    secret_from: file:ci.secret
`,
  );
}, 30_000);
afterAll(() => sandbox.close());

const env = { ERIN_PASSWORD: secrets['password of erin'] };
const file = ['-f', 'access.yml'];

/** Each test builds on the previous one. */
describe('access as code', () => {
  test('plan shows the changes and exits with 0', async () => {
    const { code, stdout, stderr } = await tpks(['plan', ...file]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `Changes that make ${sandbox.uaa} match access.yml:`,
        '',
        '+ user erin: erin@example.com; password from env:ERIN_PASSWORD',
        '+ group pks.clusters.manage: member erin',
        '+ client ci-reader: authorities pks.clusters.admin.read; ' +
          'authorized_grant_types client_credentials; secret from file:ci.secret',
        '',
        '3 changes (+ 3)',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe(
      'Warning: access.yml, line 6: ERIN_PASSWORD is not set, but tpks uaa apply requires it\n',
    );
  });

  test('plan --exit-code exits with 3 if there are changes and prints nothing to stderr', async () => {
    const text = await tpks(['plan', ...file, '--exit-code'], { env });
    expect(text).toMatchObject({ code: 3, stderr: '' });
    const json = await tpks(['plan', ...file, '--exit-code', '--json'], { env });
    expect(json).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      uaa: sandbox.uaa,
      file: 'access.yml',
      changes: [
        { action: 'add', kind: 'user', user: 'erin' },
        { kind: 'member' },
        { kind: 'client' },
      ],
      summary: { add: 3, change: 0, remove: 0 },
    });
  });

  test('apply changes nothing without a confirmation and suggests --yes', async () => {
    sandbox.clearRequests();
    const unconfirmed = await tpks(['apply', ...file], { env });
    expect(unconfirmed.code).toBe(2);
    expect(unconfirmed.stderr).toContain('Hint: add --yes to skip the confirmation');
    const declined = await tpks(['apply', ...file], { env, stdin: 'n\n' });
    expect(declined).toMatchObject({ code: 0, stdout: '' });
    expect(declined.stderr).toMatch(/\nCancelled: no changes were applied\n$/);
    const { code, stdout } = await tpks(['apply', ...file, '--json'], { env, stdin: 'n\n' });
    expect(code).toBe(0);
    const { complete, changes } = JSON.parse(stdout) as { complete: boolean; changes: object[] };
    expect(complete).toBe(false);
    expect(changes).toEqual(changes.map(() => expect.objectContaining({ outcome: 'notStarted' })));
    expect(writeRequests()).toEqual([]);
  });

  test('apply shows the plan, asks for confirmation and applies the changes', async () => {
    sandbox.clearRequests();
    const { code, stdout, stderr } = await tpks(['apply', ...file], { env, stdin: 'y\n' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Done: 3 changes (+ 3)\n' });
    expect(stderr).toContain('+ group pks.clusters.manage: member erin\n');
    expect(stderr).toContain('Apply these 3 changes? (y/n): y\n');
    expect(writeRequests().map((line) => line.replace(/[\da-f-]{36}/, 'ID'))).toEqual([
      'uaa POST /Users',
      'uaa POST /Groups/ID/members',
      'uaa POST /oauth/clients',
    ]);
  });

  test('a second apply sends no writes and does not ask for confirmation', async () => {
    sandbox.clearRequests();
    expect(await tpks(['apply', ...file])).toMatchObject({
      code: 0,
      stdout: `No changes: ${sandbox.uaa} matches access.yml\n`,
      stderr: '',
    });
    expect(writeRequests()).toEqual([]);
    expect(await tpks(['plan', ...file, '--exit-code'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('an export matches the UAA, is stable and contains no secrets', async () => {
    const first = await tpks(['export']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(folder, 'exported.yml'), first.stdout);
    const json = await tpks(['export', '--json']);
    writeFileSync(join(folder, 'exported.json'), json.stdout);
    for (const name of ['exported.yml', 'exported.json']) {
      const plan = await tpks(['plan', '-f', name, '--exit-code', '--prune']);
      expect(plan).toMatchObject({ code: 0, stderr: '' });
    }
    expect((await tpks(['export'])).stdout).toBe(first.stdout);
    expect(findLeaks(first.stdout + json.stdout, { ...secrets, admin: 'adminsecret' })).toEqual([]);
  });

  test('apply exits with 2 and writes nothing if lines are invalid, even with --json', async () => {
    writeFileSync(
      join(folder, 'wrong.yml'),
      'groups:\n  team: {members: [unknown-user], foo: 1}\nusers:\n  cody: {bar: 2}\n',
    );
    sandbox.clearRequests();
    const { code, stdout, stderr } = await tpks(['apply', '-f', 'wrong.yml', '--yes', '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'usage', hint: expect.stringMatching(/^line 2: .*foo.*\nline 4: .*bar/) },
    });
    expect(sandbox.requests()).toEqual([]);
  });
});

test('apply --trace prints no secret and stores none', async () => {
  writeFileSync(
    join(folder, 'traced.yml'),
    `
users:
  traced: {emails: [t@example.com], password_from: env:ERIN_PASSWORD}
clients:
  traced: {authorized_grant_types: [client_credentials], secret_from: file:ci.secret}
`,
  );
  const run = await tpks(['apply', '-f', 'traced.yml', '--yes', '--trace'], { env });
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('POST');
  const storedTexts = operator.files().map((name) => operator.read(name).toString('latin1'));
  expect(findLeaks([run.stdout, run.stderr, ...storedTexts].join('\n'), secrets)).toEqual([]);
  expect(readFileSync(join(folder, 'traced.yml'), 'utf8')).not.toContain('4711');
}, 30_000);

test('plan without -f names the missing option', async () => {
  const { code, stderr } = await tpks(['plan']);
  expect(code).toBe(2);
  expect(stderr).toContain('--file');
});
