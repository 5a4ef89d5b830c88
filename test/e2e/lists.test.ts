import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

let [one, other]: TestSandbox[] = [];
const cody = createUser();

beforeAll(async () => {
  [one, other] = await Promise.all([startTestSandbox(), startTestSandbox()]);
  await login(one, 'cody');
  await login(other, 'alana');
});
afterAll(() => Promise.all([one?.close(), other?.close()]));

async function login(at: TestSandbox, name: string): Promise<void> {
  const words = ['login', '-a', at.api, '--uaa-url', at.uaa, '--ca-cert', at.caCert, '-u', name];
  const done = await cody.tpks([...words, '--password-stdin', '--store', 'file'], {
    stdin: `${name}-password`,
  });
  expect(done.code).toBe(0);
}

const clusters = (...flags: string[]): Promise<TpksResult> => cody.tpks(['clusters', ...flags]);

describe('clusters', () => {
  test('names alone, one a line, for loops in a shell', async () => {
    const { stdout } = await clusters('-o', 'name', '--context', 'cody@localhost');
    expect(stdout).toBe('dev-1\ndev-2\ndev-3\n');
  });

  test('chosen columns, filtered and sorted', async () => {
    const flags = ['--columns', 'name,status', '--sort-by', 'status', '--filter', 'action=CREATE'];
    const { stdout } = await clusters(...flags, '--context', 'cody@localhost');
    expect(stdout.trim().split('\n')).toEqual([
      'Name   Status',
      'dev-2  in progress',
      'dev-1  succeeded',
    ]);
  });

  test('the server’s own names filter and sort as well', async () => {
    const flags = ['--filter', 'parameters.kubernetes_worker_instances=2', '-o', 'name'];
    expect((await clusters(...flags, '--context', 'cody@localhost')).stdout).toBe('dev-2\n');
  });

  test('a column that is not there, or a filter without a value, is a usage error', async () => {
    expect(await clusters('--columns', 'sails')).toMatchObject({ code: 2, stdout: '' });
    expect(await clusters('--filter', 'status')).toMatchObject({ code: 2, stdout: '' });
  });

  test('every installation at once, each with its own token', async () => {
    const { code, stdout } = await clusters('--all-contexts', '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { context: string; name: string }[];
    expect(rows.filter(({ context }) => context === 'cody@localhost')).toHaveLength(3);
    expect(rows.filter(({ context }) => context === 'alana@localhost')).toHaveLength(5);
  });

  test('one that cannot be reached is a warning and exit 5; the others are shown', async () => {
    await other!.close();
    const { code, stdout, stderr } = await clusters('--all-contexts', '-o', 'name');
    expect(code).toBe(5);
    expect(stdout.trim().split('\n')).toEqual([
      'cody@localhost/dev-1',
      'cody@localhost/dev-2',
      'cody@localhost/dev-3',
    ]);
    expect(stderr).toContain('Warning: alana@localhost: ');
    expect(stderr).toContain('Cannot list the clusters of 1 of 2 contexts: alana@localhost');
  });
});
