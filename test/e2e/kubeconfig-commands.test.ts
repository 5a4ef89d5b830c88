import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/base/clock.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;
const context = 'cody@localhost';

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0.1 });
});
afterAll(() => sandbox.close());

/** Makes the pauses of `--wait` short. */
const clock = {
  ...systemClock,
  sleep: (milliseconds: number) => systemClock.sleep(milliseconds / 20),
};

/** Runs a command and expects exit code 0. */
async function run(words: string, env: Readonly<Record<string, string>> = {}) {
  const result = await user.tpks(words.split(' '), { env, clock });
  if (result.code !== 0) throw new Error(`tpks ${words}: ${result.stderr}`);
  return result;
}

const password = { PKS_USER_PASSWORD: 'cody-password' };
const getCredentials = (words: string) => run(`get-credentials ${words}`, password);
const kubeconfigPath = () => join(dirname(user.home), '.kube', 'config');
const readKubeconfig = () => readFileSync(kubeconfigPath(), 'utf8');

async function listContexts(): Promise<readonly Record<string, unknown>[]> {
  return JSON.parse((await run('kubeconfig list -o json')).stdout) as Record<string, unknown>[];
}

beforeEach(async () => {
  user = createUser();
  await sandbox.login(user, 'cody');
  const { stdout } = await run('clusters -o name');
  for (const name of ['dev-1', 'dev-2']) {
    if (stdout.split('\n').includes(name)) continue;
    await run(`create-cluster ${name} -e ${name}.example.com -p small --wait`);
  }
  await getCredentials('dev-1 dev-2');
  sandbox.clearRequests();
});

describe('tpks kubeconfig list', () => {
  test('shows the contexts with one request for the installation', async () => {
    expect(await listContexts()).toEqual([
      expect.objectContaining({
        name: 'dev-1',
        current: true,
        cluster: 'dev-1',
        api: sandbox.api,
        identity: 'cody',
        session: context,
        sessionState: 'valid',
        clusterExists: true,
        path: kubeconfigPath(),
      }),
      expect.objectContaining({ name: 'dev-2', current: false }),
    ]);
    expect(sandbox.requests()).toEqual(['api GET /v1/clusters']);
  });

  test('warns after a logout, and does not fail', async () => {
    await run('logout');
    const { stdout, stderr } = await run('kubeconfig list --columns name,session,cluster-exists');
    expect(stdout).toMatch(/^dev-1 +missing +unknown$/m);
    expect(stderr).toContain(`Warning: cannot list the clusters of cody at ${sandbox.api}: `);
  });

  test('exits with 2 for a file that cannot be parsed', async () => {
    writeFileSync(kubeconfigPath(), 'contexts: [');
    expect(await user.tpks(['kubeconfig', 'list'])).toMatchObject({ code: 2, stdout: '' });
    expect(readKubeconfig()).toBe('contexts: [');
  });
});

describe('tpks kubeconfig remove', () => {
  test('removes a context and keeps the other one and the shared user entry', async () => {
    const { stdout } = await run('kubeconfig remove dev-1');
    expect(stdout).toBe(`Removed context dev-1 from ${kubeconfigPath()}\n`);
    expect(await listContexts()).toMatchObject([{ name: 'dev-2', sessionState: 'valid' }]);
  });

  test('--stale removes the contexts of deleted clusters', async () => {
    await run('delete-cluster dev-2 --non-interactive --wait');
    expect(await listContexts()).toMatchObject([
      { name: 'dev-1', clusterExists: true },
      { name: 'dev-2', clusterExists: false },
    ]);
    await run('kubeconfig remove --stale');
    expect(await listContexts()).toMatchObject([{ name: 'dev-1' }]);
  });

  test('--stale removes nothing without a login', async () => {
    const before = readKubeconfig();
    await run('logout');
    const { stdout } = await run('kubeconfig remove --stale');
    expect(stdout).toBe('No changes: no contexts of deleted clusters were found\n');
    expect(readKubeconfig()).toBe(before);
  });

  test('names the command that deletes the session of get-kubeconfig', async () => {
    user = createUser();
    await run(
      `get-kubeconfig dev-1 ${sandbox.loginOptions.join(' ')} -u cody -p cody-password --store file`,
    );
    expect(await listContexts()).toMatchObject([{ name: 'dev-1', clusterExists: null }]);
    const { stderr } = await run('kubeconfig remove dev-1');
    const [, command = ''] = /^To delete it: tpks (.+)$/m.exec(stderr) ?? [];
    await run(command);
    expect(user.files().filter((file) => file.endsWith('.session'))).toEqual([]);
  });

  test('completes the names of contexts and clusters', async () => {
    await getCredentials('dev-1 --context-name work');
    const { stdout } = await run('__complete -- kubeconfig remove d');
    expect(stdout).toBe('dev-1\ndev-2\n:none\n');
    const work = await run('__complete -- kubeconfig remove w');
    expect(work.stdout).toBe('work\n:none\n');
  });
});

describe('contexts that stop working', () => {
  test('are named by a logout, which deletes the Kubernetes session', async () => {
    const { stdout, stderr } = await run('logout');
    expect(stdout).toContain(`Deleted the Kubernetes session of ${context}\n`);
    expect(stderr).toContain(
      'These kubeconfig contexts stop working: dev-1, dev-2\n' +
        'To remove them: tpks kubeconfig remove dev-1 dev-2\n',
    );
    expect(user.files().filter((file) => file.endsWith('.session'))).toEqual([]);
  });

  test('are removed by a logout with --prune-kubeconfig', async () => {
    await run('logout --prune-kubeconfig');
    expect(await listContexts()).toEqual([]);
  });

  test('are updated by a rename with --prune-kubeconfig', async () => {
    await run(`context rename ${context} work --prune-kubeconfig`);
    expect(await listContexts()).toMatchObject([
      { name: 'dev-1', session: 'work', sessionState: 'valid' },
      { name: 'dev-2', session: 'work', sessionState: 'valid' },
    ]);
  });

  test('can be updated with the command that a rename prints, without a password', async () => {
    const { stderr } = await run(`context rename ${context} work`);
    const command = /To update them: tpks (.*)/.exec(stderr)?.[1] ?? '';
    await run(command);
    expect(await listContexts()).toMatchObject([{ session: 'work' }, { session: 'work' }]);
  });

  test('are named by the deletion of their cluster', async () => {
    const { stderr } = await run('delete-cluster dev-2 --non-interactive');
    expect(stderr).toContain('To remove them: tpks kubeconfig remove dev-2\n');
    // The deletion may already have finished.
    await user.tpks(['wait', 'dev-2'], { clock });
  });

  test('do not make a logout fail if the kubeconfig is broken', async () => {
    writeFileSync(kubeconfigPath(), 'contexts: [');
    const { stdout, stderr } = await run('logout');
    expect(stdout).toContain(`Logged out of ${context}`);
    expect(stderr).toContain('Warning: cannot find the kubeconfig contexts that stop working: ');
    expect(readKubeconfig()).toBe('contexts: [');
  });

  test('make a logout with --prune-kubeconfig exit with 7 if the kubeconfig is broken', async () => {
    writeFileSync(kubeconfigPath(), 'contexts: [');
    const { code, stdout, stderr } = await user.tpks(['logout', '--prune-kubeconfig']);
    expect(code).toBe(7);
    expect(stdout).toContain(`Logged out of ${context}`);
    expect(stderr).toContain('Everything else succeeded, but --prune-kubeconfig failed: ');
    expect(readKubeconfig()).toBe('contexts: [');
  });
});
