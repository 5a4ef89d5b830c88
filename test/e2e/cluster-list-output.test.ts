import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let [first, second]: TestSandbox[] = [];
const cody = createUser();

beforeAll(async () => {
  [first, second] = await Promise.all([startTestSandbox(), startTestSandbox()]);
  await login(first, 'cody');
  await login(second, 'alana');
});
afterAll(() => Promise.all([first?.close(), second?.close()]));

async function login(sandbox: TestSandbox, name: string): Promise<void> {
  const words = ['login', ...sandbox.loginOptions, '-u', name];
  const result = await cody.tpks([...words, '--password-stdin', '--store', 'file'], {
    stdin: `${name}-password`,
  });
  expect(result.code).toBe(0);
}

const clusters = (...flags: string[]): Promise<TpksResult> => cody.tpks(['clusters', ...flags]);

describe('clusters', () => {
  test('-o name prints only the names, one per line', async () => {
    const { stdout } = await clusters('-o', 'name', '--context', 'cody@localhost');
    expect(stdout).toBe('dev-1\ndev-2\ndev-3\n');
  });

  test('prints the chosen columns, filtered and sorted', async () => {
    const flags = ['--columns', 'name,status', '--sort-by', 'status', '--filter', 'action=CREATE'];
    const { stdout } = await clusters(...flags, '--context', 'cody@localhost');
    expect(stdout.trim().split('\n')).toEqual([
      'Name   Status',
      'dev-2  in progress',
      'dev-1  succeeded',
    ]);
  });

  test('filters by a JSON field of the server', async () => {
    const flags = ['--filter', 'parameters.kubernetes_worker_instances=2', '-o', 'name'];
    expect((await clusters(...flags, '--context', 'cody@localhost')).stdout).toBe('dev-2\n');
  });

  test('rejects an unknown column and a filter without a value', async () => {
    expect(await clusters('--columns', 'sails')).toMatchObject({ code: 2, stdout: '' });
    expect(await clusters('--filter', 'status')).toMatchObject({ code: 2, stdout: '' });
  });

  test('--all-contexts lists every installation with its own token', async () => {
    const { code, stdout } = await clusters('--all-contexts', '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { context: string; name: string }[];
    expect(rows.filter(({ context }) => context === 'cody@localhost')).toHaveLength(3);
    expect(rows.filter(({ context }) => context === 'alana@localhost')).toHaveLength(5);
  });

  test('--all-contexts warns about an unreachable installation, lists the others and exits with 5', async () => {
    await second!.close();
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
