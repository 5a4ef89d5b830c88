import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { respond, respondInTurn } from '../support/servers/faulty-server.js';
import { startLinkedPks, trimmedLines, type LinkedPks } from '../support/program/linked-pks.js';
import { describeIfPart } from '../support/runner/optional-part.js';

/** Output copied from the product's pages. Only spaces at the end of lines may differ. */

let {
  api,
  setApiRoutes: setApiRoutes,
  runLink: pks,
  atTerminal,
  reset: reset,
  close,
} = {} as LinkedPks;
beforeAll(async () => {
  ({
    api,
    setApiRoutes: setApiRoutes,
    runLink: pks,
    atTerminal,
    reset: reset,
    close,
  } = await startLinkedPks());
});
afterAll(() => close());
beforeEach(() => reset());

const myCluster = {
  name: 'my-cluster',
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'in progress',
  last_action_description: 'Creating cluster',
  uuid: '01a234bc-d56e-7f89-01a2-3b4cde5f6789',
  kubernetes_master_ips: ['In Progress'],
  k8s_version: '1.16.7',
  pks_version: '1.7.0-build.26',
  parameters: {
    kubernetes_master_host: 'my-cluster.example.com',
    kubernetes_master_port: 8443,
    kubernetes_worker_instances: 3,
    cluster_tags: [
      { name: 'client', value: 'example.com' },
      { name: 'costcenter', value: 'pettycash' },
    ],
  },
};

test.each(['pks', 'tkgi'] as const)(
  '%s --version prints the version in the format that scripts parse',
  async (program) => {
    for (const words of ['--version', '--json --version']) {
      const { code, stdout, stderr } = await pks(words, program);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        new RegExp(`^\n${program.toUpperCase()} CLI version: \\d+\\.\\d+\\.\\d+\n$`),
      );
    }
  },
);

describe('create-cluster', () => {
  const words =
    'create-cluster my-cluster --external-hostname my-cluster.example.com --plan small ' +
    '--num-nodes 3 --tags client:example.com,costcenter:pettycash';
  const block = (program: string): string[] => [
    '',
    'PKS Version:              1.7.0-build.26',
    'Name:                     my-cluster',
    'K8s Version:              1.16.7',
    'Plan Name:                small',
    'UUID:                     01a234bc-d56e-7f89-01a2-3b4cde5f6789',
    'Last Action:              CREATE',
    'Last Action State:        in progress',
    'Last Action Description:  Creating cluster',
    'Kubernetes Master Host:   my-cluster.example.com',
    'Kubernetes Master Port:   8443',
    'Worker Nodes:             3',
    'Kubernetes Master IP(s):  In Progress',
    'Network Profile Name:',
    'Kubernetes Profile Name:',
    'Tags:                     client:example.com,costcenter:pettycash',
    '',
    `Use '${program} cluster my-cluster' to monitor the state of your cluster`,
    '',
  ];

  test.each(['pks', 'tkgi'] as const)('prints the text of %s', async (program) => {
    setApiRoutes({ 'POST /v1/clusters': respond({ status: 202, body: myCluster }) });
    const { code, stdout, stderr } = await pks(words, program);
    expect([code, stderr]).toEqual([0, '']);
    expect(trimmedLines(stdout)).toEqual(block(program));
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({
      name: 'my-cluster',
      plan_name: 'small',
      parameters: {
        kubernetes_master_host: 'my-cluster.example.com',
        kubernetes_worker_instances: 3,
        cluster_tags: [
          { name: 'client', value: 'example.com' },
          { name: 'costcenter', value: 'pettycash' },
        ],
      },
    });
  });

  test('prints the response with --json, indented by three spaces', async () => {
    setApiRoutes({ 'POST /v1/clusters': respond({ status: 202, body: myCluster }) });
    const { stdout } = await pks(`${words} --json`);
    expect(stdout).toBe(`${JSON.stringify(myCluster, undefined, 3)}\n`);
  });
});

describeIfPart('pty', 'the confirmation prompt', () => {
  const accepted = respond({ status: 202, body: '' });

  test('of delete-cluster names the cluster', async () => {
    setApiRoutes({
      'GET /v1/clusters/my-cluster': respond({ body: myCluster }),
      'DELETE /v1/clusters/my-cluster': respond({ status: 204, body: '' }),
    });
    const question = 'Are you sure you want to delete cluster my-cluster? (y/n)';
    const lines = await atTerminal('delete-cluster my-cluster', question, 'n');
    expect(lines[0]).toBe(`${question} n`);
    await atTerminal('delete-cluster my-cluster', question, 'y');
    expect(api.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE']);
  });

  test('of resize shows the new number of workers', async () => {
    setApiRoutes({
      'GET /v1/clusters/cluster1': respond({ body: myCluster }),
      'PATCH /v1/clusters/cluster1': accepted,
    });
    const lines = await atTerminal('resize cluster1 --num-nodes 5', '(y/n): ', 'y');
    expect(lines).toEqual([
      'Are you sure you want to resize cluster cluster1 to 5? (y/n): y',
      "Use 'pks cluster cluster1' to monitor the state of your cluster",
      '',
    ]);
    expect(api.requests[1]?.body).toBe('{"kubernetes_worker_instances":5}');
  });

  test('of update-cluster shows a summary of the changes', async () => {
    setApiRoutes({
      'GET /v1/clusters/my-cluster': respond({ body: myCluster }),
      'PATCH /v1/clusters/my-cluster': accepted,
    });
    const words =
      'update-cluster my-cluster --num-nodes 4 --kubelet-drain-timeout 1 --kubelet-drain-grace-period 5';
    expect(await atTerminal(words, '(y/n): ', 'y')).toEqual([
      'Update summary for cluster my-cluster:',
      'Worker Number: 4',
      'Kubelet Drain Timeout: 1',
      'Kubelet Drain Grace Period: 5',
      'Are you sure you want to continue? (y/n): y',
      "Use 'pks cluster my-cluster' to monitor the state of your cluster",
      '',
    ]);
  });

  test('of upgrade-clusters lists the clusters', async () => {
    setApiRoutes({
      ...Object.fromEntries(
        ['0', '1', '2'].map((digit) => {
          const name = `k8-cluster-00${digit}`;
          return [`GET /v1/clusters/${name}`, respond({ body: { ...myCluster, name } })];
        }),
      ),
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
    });
    const words =
      'upgrade-clusters --canaries k8-cluster-000 --clusters k8-cluster-001,k8-cluster-002';
    expect(await atTerminal(words, 'Continue? (y/n):', 'y')).toEqual([
      'You are about to upgrade k8-cluster-000, k8-cluster-001 and k8-cluster-002.',
      'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
      '',
      // The prompt adds the space before the answer; the page has none.
      'Continue? (y/n): y',
      'Your taskID for the upgrade task is: d772aba0-2670-4fba-b26c-044b19d6ab60',
      '',
    ]);
  });
});

describe('upgrade-cluster', () => {
  test.each([
    ['1.13.9-build.1', []],
    [
      '1.15.0-build.178',
      [
        'Warning: The runtime will switch to containerd unless you have set the "lock_container_runtime" flag',
      ],
    ],
  ])('prints the warnings for an upgrade to %s', async (version, extraLines) => {
    setApiRoutes({
      'GET /v1/upgradable': respond({ body: version }),
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
    });
    const { stdout, stderr } = await pks('upgrade-cluster k8-cluster-000 --non-interactive');
    expect(stderr).toBe('');
    expect(trimmedLines(stdout)).toEqual([
      'You are about to upgrade k8-cluster-000.',
      'Warning: This operation may be long running and may block further operations on the cluster(s) until complete',
      ...extraLines,
      '',
      `Your taskID for the upgrade task is: ${uuid}`,
      '',
    ]);
  });
});

const uuid = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

function task(status: string, ...states: (readonly [state: string, isCanary: boolean])[]) {
  const clusters = states.map(([last_action_state, is_canary], index) => ({
    cluster_name: `k8-cluster-00${String(index)}`,
    last_action: 'UPGRADE',
    last_action_state,
    is_canary,
  }));
  return { uuid, type: 'UPGRADE', status, clusters, start_time: 1571079600 };
}

describe('upgrade-clusters --wait', () => {
  const respondWithTasks = (...responses: unknown[]) =>
    setApiRoutes({
      'PATCH /v1/clusters': respond({ status: 202, body: task('in progress') }),
      [`GET /v1/tasks/${uuid}`]: respondInTurn(...responses.map((body) => respond({ body }))),
    });

  test('reports each event', async () => {
    respondWithTasks(
      task('in progress', ['in progress', false]),
      task('done', ['succeeded', false]),
    );
    const { code, stdout } = await pks(
      'upgrade-clusters --clusters k8-cluster-000 --non-interactive --wait',
    );
    expect([code, trimmedLines(stdout).slice(3)]).toEqual([
      0,
      [
        `Your taskID for the upgrade task is: ${uuid}`,
        'Started upgrading cluster: k8-cluster-000',
        'Finished upgrading cluster: k8-cluster-000',
        `Upgrade task ${uuid} is done.`,
        '',
      ],
    ]);
  });

  test('has different messages for canaries, and fails if a cluster fails', async () => {
    respondWithTasks(
      task('in progress', ['in progress', true], ['queued', false]),
      task('in progress', ['succeeded', true], ['in progress', false]),
      task('done', ['succeeded', true], ['failed', false]),
    );
    const { code, stdout, stderr } = await pks(
      'upgrade-clusters --clusters k8-cluster-001 --canaries k8-cluster-000 --non-interactive --wait',
    );
    expect([code, trimmedLines(stdout).slice(4)]).toEqual([
      1,
      [
        'Started upgrading cluster: k8-cluster-000',
        'Upgrading cluster succeeded: k8-cluster-000',
        'Started upgrading cluster: k8-cluster-001',
        'Upgrading cluster failed: k8-cluster-001',
        `Upgrade task ${uuid} is done.`,
        '',
      ],
    ]);
    expect(stderr).toContain('\nError: Failed to upgrade k8-cluster-001: ');
  });
});

describe('an error message', () => {
  const brokerError =
    'Status: 500; ErrorMessage: <nil>; Description: Create Binding: Put https://IP:8443/: connect: connection refused; ResponseError: <nil>';
  const planNotFound = 'plan 8A0E21A8-8072-4D80-B365-D1F502085560 not found';
  const respondToResize = (status: number, body: unknown) =>
    setApiRoutes({ 'PATCH /v1/clusters/cluster1': respond({ status, body }) });

  test.each([
    [
      400,
      { body: 'Please specify a number of workers that is between 1 and 5' },
      'Please specify a number of workers that is between 1 and 5',
    ],
    [404, { body: 'The cluster named "cluster1" not found.' }, 'Cluster cluster1 not found'],
    [
      403,
      '',
      'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
    ],
    [
      409,
      { body: 'od-broker is processing a request for the same instance... please try again later' },
      'od-broker is processing a request for the same instance... please try again later',
    ],
    [
      401,
      { error: 'access_denied' },
      'You are not currently authenticated. Please log in to continue',
      4,
    ],
    [
      500,
      { error: 'Internal Server Error', message: 'No message available' },
      'An error occurred in the PKS API when processing the request: No message available',
      5,
    ],
    [500, { body: brokerError }, brokerError, 5],
    [400, { body: planNotFound }, planNotFound],
  ])('of a %s response with the body %j is printed', async (status, body, message, exit = 1) => {
    respondToResize(status, body);
    const { code, stdout, stderr } = await pks('resize cluster1 --num-nodes 9 --non-interactive');
    expect([code, stdout, trimmedLines(stderr).slice(0, 2)]).toEqual([
      exit,
      '',
      ['', `Error: ${message}`],
    ]);
  });

  test('names all required flags that are missing', async () => {
    const { code, stderr } = await pks('create-cluster my-cluster');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([
      2,
      ['', 'Error: required flag(s) "external-hostname", "plan" not set'],
    ]);
    expect((await pks('upgrade-clusters')).stderr).toContain('required flag(s) "clusters" not set');
  });

  test('names an unknown flag', async () => {
    const { code, stderr } = await pks('clusters --x');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([2, ['', 'Error: unknown flag: --x']]);
  });

  test('reports a deleted cluster as not found', async () => {
    setApiRoutes({ 'GET /v1/clusters/my-cluster': respond({ status: 404, body: '' }) });
    const { code, stderr } = await pks('cluster my-cluster');
    expect([code, trimmedLines(stderr).slice(0, 2)]).toEqual([
      1,
      ['', 'Error: Cluster my-cluster not found'],
    ]);
  });
});
