import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TpksResult } from '../support/program/headless.js';
import { createShellUser } from '../support/program/shell-lines.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const scripts = fileURLToPath(new URL('scripts/', import.meta.url));

/** The scripts run tpks through links named `pks` and `tkgi`. */
describeIfPart('jq', 'a script that was written for pks or tkgi', () => {
  let sandbox: TestSandbox;
  let run: (script: string, argument?: string) => Promise<TpksResult>;

  beforeAll(async () => {
    sandbox = await startTestSandbox({ provisionSeconds: 0.2 });
    const { shell } = createShellUser({
      // The original has no variable for a UAA on a port other than 8443.
      TPKS_UAA_URL: sandbox.uaa,
      PKS_API: sandbox.api,
      PKS_USER: 'cody',
      PKS_PASSWORD: 'cody-password',
      CA_CERT: sandbox.caCert,
    });
    run = (script, argument = '') => shell(`bash "${join(scripts, script)}" ${argument}`);
  });
  afterAll(() => sandbox.close());

  test('logs in, creates a cluster and polls with jq', async () => {
    const { code, stdout, stderr } = await run('create-and-poll.sh', 'ci-1');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Warning: /)]);
    expect(stdout).toContain('\nAPI Endpoint: ');
    expect(stdout).toContain("\nUse 'pks cluster ci-1' to monitor the state of your cluster\n");
    expect(stdout).toMatch(/^uuid: [0-9a-f-]{36}\nmaster: 10\.[\d.]+\nhost: ci-1.example.com$/m);
    expect(await run('create-and-poll.sh', 'ci-1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ci-1 already exists'),
    });
  });

  test('resizes and deletes a cluster with piped confirmations', async () => {
    const { code, stdout } = await run('resize-and-delete.sh', 'ci-1');
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'Are you sure you want to resize cluster ci-1 to 3? (y/n): y',
        "Use 'tkgi cluster ci-1' to monitor the state of your cluster",
        'ci-1: succeeded',
        'workers: 2 -> 3',
        'Are you sure you want to delete cluster ci-1? (y/n) y',
        'Deletion of ci-1 in progress',
        'ci-1 is gone',
        '',
      ],
    ]);
  });

  test('creates, changes and deletes a cluster with --wait and --non-interactive', async () => {
    const { code, stdout } = await run('non-interactive-wait.sh', 'ci-2');
    expect(code).toBe(0);
    expect(stdout).toContain('\nLast Action State:        succeeded\n');
    expect(stdout.split('\n').slice(-5)).toEqual([
      'client:example.com,costcenter:pettycash',
      'UPDATE succeeded',
      '0',
      'Deletion of ci-2 completed',
      '',
    ]);
  });

  test('upgrades all idle clusters and polls the task', async () => {
    const { code, stdout } = await run('upgrade-all.sh');
    expect([code, stdout]).toEqual([
      0,
      'to upgrade: dev-1,dev-2\ndev-1 succeeded\ndev-2 succeeded\n',
    ]);
  });

  describeIfPart('kubectl', 'and uses kubectl', () => {
    test('reads all clusters with a piped password, and skips one that does not exist', async () => {
      const { code, stdout, stderr } = await run('kubectl-in-every-cluster.sh', 'nosuch');
      expect([code, stdout, stderr]).toEqual([
        0,
        expect.stringMatching(/^dev-1: 1\ndev-2: 2\n(?:[\w-]+: \d\n)*nosuch: skipped\n$/),
        expect.stringMatching(/^Warning: .+ is not verified\n$/),
      ]);
    });

    test('creates a kubeconfig for a container without a CLI', async () => {
      const { code, stdout } = await run('kubeconfig-for-container.sh', 'dev-1');
      expect([code, stdout.split('\n')]).toEqual([
        0,
        [
          'PKS_USER_PASSWORD is set. Reading password from PKS_USER_PASSWORD',
          '',
          'Fetching kubeconfig for cluster dev-1 and user cody.',
          'You can now use the kubeconfig for user cody:',
          '$kubectl config use-context dev-1',
          'namespace/default',
          '',
        ],
      ]);
    });
  });

  test('deletes failed clusters and fails if a cluster does not exist', async () => {
    const { code, stdout, stderr } = await run('clean-up-failures.sh');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'deleting doomed: There was a problem completing your request.\nDeletion of doomed completed\n',
    );
    expect(stdout).not.toContain('is left');
    expect(stderr).toContain('Error: CREATE of cluster doomed failed: There was a problem');
    expect(stderr.trimEnd()).toMatch(/Error: Cluster doomed not found\nHint: [^\n]+$/);
  });
});
