import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
const auditor = createUser();
const access = (...words: string[]) => auditor.tpks(['access', ...words]);

beforeAll(async () => {
  sandbox = await startTestSandbox({ hasReviewData: true });
  await auditor.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
  const token = ['token', 'client', 'get', 'admin', '-s', 'adminsecret', '--store', 'file'];
  expect((await auditor.tpks(['uaa', ...token])).code).toBe(0);
}, 30_000);
afterAll(() => sandbox.close());

describe('a report does not mislead', () => {
  test('a filter without matches does not print that nothing was found', async () => {
    const { stdout } = await access('--filter', 'permissions=uaa.admin');
    expect(stdout).toBe('No user or client matches --filter\n');
  });

  test('an inactive user still has a last login', async () => {
    const { stdout } = await access('--filter', 'name=jonas.weber');
    expect(stdout).toContain('60d ago, inactive');
  });

  test.each([
    [['--severity', 'low'], '--severity requires --exit-code', '--filter severity=low'],
    [['cody', '-o', 'csv'], 'A name cannot be combined with -o csv', '-o json'],
    [['cody', '--filter', 'kind=user'], 'A name cannot be combined with --filter', '-o json'],
    [['--html', '-'], '--html requires a file', 'report.html'],
    [['--html', ''], '--html requires a file', 'report.html'],
  ])('%j is rejected, because it would be ignored', async (words, message, hint) => {
    const { code, stderr } = await access(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  test('a baseline accepts identities as the list prints them, and entries without a finding cause a warning', async () => {
    const file = join(auditor.home, '..', 'accepted.yml');
    writeFileSync(
      file,
      `- {id: user-unknown-origin, identity: kim.olsen (okta), reason: moves to ldap}
- {id: user-unknown-origin, identity: kim.olson, reason: moves to ldap}
`,
    );
    const { stdout, stderr } = await access('--findings', '-o', 'csv', '--baseline', file);
    expect(stdout).not.toContain('kim.olsen');
    expect(stderr).toBe(
      'Warning: the baseline entry user-unknown-origin for kim.olson does not match any finding\n',
    );
  });

  test('--exit-code counts the findings that --filter selects', async () => {
    const words = ['--findings', '--exit-code', '--filter'];
    expect((await access(...words, 'finding=client-any-provider')).code).toBe(3);
    expect((await access(...words, 'finding=user-inactive')).code).toBe(0);
  });

  test('the page contains the number of accepted findings', async () => {
    const page = join(auditor.home, '..', 'report.html');
    const stdin = '- {id: user-unknown-origin, identity: kim.olsen, reason: moves to ldap}';
    await auditor.tpks(['access', '--html', page, '--baseline', '-'], { stdin });
    expect(readFileSync(page, 'utf8')).toContain('which are not listed: 1</p>');
  });

  test('prints the number of findings if the exit code is 3 and they are not listed', async () => {
    const { code, stderr } = await access('--exit-code', '-o', 'name');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^\d+ findings: add --findings to list them\n$/);
  });
});

describe('a report that is not complete', () => {
  test('does not show an unread cluster as one without role bindings', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    await user.tpks([
      'uaa',
      'token',
      'client',
      'get',
      'admin',
      '-s',
      'adminsecret',
      '--store',
      'file',
    ]);
    const list = await user.tpks([
      'access',
      '--kubernetes',
      '-o',
      'csv',
      '--columns',
      'name,clusters',
    ]);
    expect(list.stdout).toContain('\r\ncody,unknown in 3 clusters\r\n');
    expect(list.stdout).toContain('\r\nadmin,\r\n');
    const { stdout } = await user.tpks(['access', 'alana', '--kubernetes']);
    expect(stdout).toContain('Role bindings:\n  unknown in dev-1, dev-2, dev-3\n');
  });
});
