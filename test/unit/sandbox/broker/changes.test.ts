import { describe, expect, test } from '@jest/globals';
import { createChanges, type Changes } from '../../../../src/sandbox/broker/changes.js';
import { ErrorResponse } from '../../../../src/sandbox/router.js';
import { createBrokerState, type Instance } from '../../../../src/sandbox/broker/state.js';
import { createTaskStore, toTaskInfo, type Task } from '../../../../src/sandbox/broker/tasks.js';
import { releases } from '../../../../src/sandbox/release.js';

/** Creates a broker whose operations take ten seconds each by default. */
function createTestBroker(seed: readonly Instance[] = [], milliseconds = 10_000) {
  let seconds = 0;
  const now = () => seconds * 1000;
  const state = createBrokerState(seed, now);
  const tasks = createTaskStore();
  const release = releases['1.7'];
  const changes = createChanges({ state, tasks, release, now, milliseconds });
  const setSeconds = (second: number): void => {
    seconds = second;
  };
  const stateOf = (name: string) => {
    const cluster = state.findByName(name)?.cluster;
    return cluster && `${cluster.last_action} ${cluster.last_action_state}`;
  };
  const requireTask = (uuid: string): Task => {
    const found = tasks.get(uuid);
    if (!found) throw new Error('no such task');
    return found;
  };
  const task = (uuid: string) => {
    const { status, clusters } = toTaskInfo(requireTask(uuid), now());
    return [status, ...clusters.map((each) => `${each.cluster_name} ${each.last_action_state}`)];
  };
  return { ...changes, state, stateOf, requireTask, task, setSeconds };
}

function createCluster({ create }: Changes, name: string, plan_name = 'small') {
  return create({
    owner: 'cody',
    name,
    plan_name,
    parameters: { kubernetes_master_host: `${name}.example.com` },
  });
}

const busyMessage =
  'od-broker is processing a request for the same instance... please try again later';

function catchErrorResponse(work: () => unknown): [status: number, message: string] {
  try {
    work();
  } catch (error) {
    if (error instanceof ErrorResponse) return [error.response.status, error.message];
    throw error;
  }
  throw new Error('no ErrorResponse was thrown');
}

describe('create', () => {
  test('updates the cluster from the start to the end of the operation', () => {
    const broker = createTestBroker();
    const created = createCluster(broker, 'c1');
    expect(created.owner).toBe('cody');
    expect(created.cluster).toMatchObject({
      name: 'c1',
      last_action: 'CREATE',
      last_action_state: 'in progress',
      last_action_description: 'Creating cluster',
      kubernetes_master_ips: ['In Progress'],
      pks_version: '1.7.0-build.26',
      parameters: { kubernetes_worker_instances: 3, kubernetes_master_host: 'c1.example.com' },
    });
    broker.setSeconds(10);
    expect(broker.state.findByName('c1')?.cluster).toMatchObject({
      last_action_state: 'succeeded',
      last_action_description: 'Instance provisioning completed',
      kubernetes_master_ips: [expect.stringMatching(/^10\.0\.\d+\.6$/)],
    });
  });

  test('fails for the plan named fails, with the message of the product', () => {
    const broker = createTestBroker();
    createCluster(broker, 'c1', 'fails');
    broker.setSeconds(10);
    const { cluster } = broker.state.findByName('c1') ?? {};
    expect(cluster?.last_action_state).toBe('failed');
    expect(cluster?.last_action_description).toMatch(
      new RegExp(
        '^There was a problem completing your request. Please contact your operations team ' +
          `providing the following information: service: p.pks, service-instance-guid: ${cluster?.uuid ?? '?'}, ` +
          'broker-request-id: [0-9a-f-]{36}, task-id: \\d+, operation: create$',
      ),
    );
  });

  test('rejects a name that is taken and an unknown plan', () => {
    const broker = createTestBroker();
    createCluster(broker, 'c1');
    expect(catchErrorResponse(() => createCluster(broker, 'c1'))).toEqual([
      409,
      'The cluster named "c1" already exists.',
    ]);
    expect(catchErrorResponse(() => createCluster(broker, 'c2', 'huge'))).toEqual([
      400,
      'plan huge not found',
    ]);
  });
});

describe('changing a cluster', () => {
  test('is rejected while another operation runs on the cluster', () => {
    const broker = createTestBroker();
    createCluster(broker, 'c1');
    const upgrade = { owner: 'cody', clusters: ['c1'], canaries: [], maxInFlight: 1 };
    for (const work of [
      () => broker.update('c1', {}),
      () => broker.delete('c1'),
      () => broker.upgrade(upgrade),
    ]) {
      expect(catchErrorResponse(work)).toEqual([409, busyMessage]);
    }
    broker.setSeconds(10);
    broker.update('c1', {});
    expect(catchErrorResponse(() => broker.delete('c1'))).toEqual([409, busyMessage]);
  });

  test('is rejected if the cluster does not exist', () => {
    const broker = createTestBroker();
    expect(catchErrorResponse(() => broker.update('c1', {}))).toEqual([
      404,
      'The cluster named "c1" not found.',
    ]);
  });
});

describe('update', () => {
  test('applies the new values when it finishes and keeps the other values', () => {
    const broker = createTestBroker();
    createCluster(broker, 'c1');
    broker.setSeconds(10);
    broker.update('c1', {
      network_profile_name: 'np',
      parameters: { kubernetes_worker_instances: 5 },
    });
    expect(broker.state.findByName('c1')?.cluster.parameters.kubernetes_worker_instances).toBe(3);
    broker.setSeconds(20);
    expect(broker.state.findByName('c1')?.cluster).toMatchObject({
      last_action: 'UPDATE',
      last_action_description: 'Instance update completed',
      network_profile_name: 'np',
      parameters: { kubernetes_worker_instances: 5, kubernetes_master_host: 'c1.example.com' },
    });
  });

  test('changes nothing if it fails', () => {
    const broker = createTestBroker();
    createCluster(broker, 'c1', 'fails');
    broker.setSeconds(10);
    broker.update('c1', { parameters: { kubernetes_worker_instances: 5 } });
    broker.setSeconds(20);
    expect(broker.stateOf('c1')).toBe('UPDATE failed');
    expect(broker.state.findByName('c1')?.cluster.parameters.kubernetes_worker_instances).toBe(1);
  });
});

test('delete shows the cluster until it is deleted, and then frees its name', () => {
  const broker = createTestBroker();
  createCluster(broker, 'c1', 'fails');
  broker.setSeconds(10);
  broker.delete('c1');
  expect(broker.stateOf('c1')).toBe('DELETE in progress');
  broker.setSeconds(20);
  expect(broker.stateOf('c1')).toBeUndefined();
  expect(broker.state.list()).toEqual([]);
  createCluster(broker, 'c1');
  expect(broker.stateOf('c1')).toBe('CREATE in progress');
});

describe('upgrade', () => {
  /** Creates a broker with four clusters; the upgrade of `bad` fails. */
  function createReadyBroker() {
    const broker = createTestBroker();
    for (const name of ['a', 'b', 'c']) createCluster(broker, name);
    createCluster(broker, 'bad', 'fails');
    broker.setSeconds(10);
    return broker;
  }
  const upgradeOf = (clusters: string[], canaries: string[] = [], maxInFlight = 1) => ({
    owner: 'cody',
    clusters,
    canaries,
    maxInFlight,
  });

  test('upgrades one cluster after another and queues the others', () => {
    const broker = createReadyBroker();
    const { uuid } = broker.upgrade(upgradeOf(['a', 'b']));
    expect(broker.task(uuid)).toEqual(['in progress', 'a in progress', 'b queued']);
    expect([broker.stateOf('a'), broker.stateOf('b')]).toEqual([
      'UPGRADE in progress',
      'UPGRADE queued',
    ]);
    broker.setSeconds(20);
    expect(broker.task(uuid)).toEqual(['in progress', 'a succeeded', 'b in progress']);
    broker.setSeconds(30);
    expect(broker.task(uuid)).toEqual(['done', 'a succeeded', 'b succeeded']);
    expect(broker.state.findByName('b')?.cluster.last_action_description).toBe(
      'Instance upgrade completed',
    );
  });

  test('sets the versions of the release and removes the available upgrades', () => {
    const old = createTestBroker([
      {
        owner: 'cody',
        cluster: {
          ...createCluster(createTestBroker(), 'a').cluster,
          last_action_state: 'succeeded',
          pks_version: '1.6.1-build.6',
          available_upgrades: [{ component: 'pks', version: '1.7.0-build.26' }],
        },
      },
    ]);
    old.upgrade(upgradeOf(['a']));
    old.setSeconds(10);
    expect(old.state.findByName('a')?.cluster).toMatchObject({
      pks_version: '1.7.0-build.26',
      k8s_version: '1.16.7',
      available_upgrades: [],
    });
  });

  test('stops after a canary that fails and leaves the other clusters unchanged', () => {
    const broker = createReadyBroker();
    const { uuid } = broker.upgrade(upgradeOf(['a', 'b'], ['bad']));
    expect(broker.task(uuid)).toEqual(['in progress', 'bad in progress', 'a queued', 'b queued']);
    expect(broker.stateOf('a')).toBe('UPGRADE queued');
    broker.setSeconds(20);
    expect(broker.task(uuid)).toEqual(['done', 'bad failed', 'a queued', 'b queued']);
    expect([broker.stateOf('bad'), broker.stateOf('a')]).toEqual([
      'UPGRADE failed',
      'CREATE succeeded',
    ]);
    broker.update('a', {});
  });

  test('finishes running clusters and skips queued ones when it is canceled', () => {
    const broker = createReadyBroker();
    const { uuid } = broker.upgrade(upgradeOf(['a', 'b', 'c'], [], 2));
    broker.setSeconds(15);
    broker.cancel(broker.requireTask(uuid));
    expect(broker.task(uuid)).toEqual(['canceled', 'a in progress', 'b in progress']);
    expect(broker.stateOf('c')).toBe('CREATE succeeded');
    broker.setSeconds(20);
    expect(broker.task(uuid)).toEqual(['canceled', 'a succeeded', 'b succeeded']);
  });

  test('is rejected as a whole if one of the clusters is busy or missing', () => {
    const broker = createReadyBroker();
    broker.update('b', {});
    expect(catchErrorResponse(() => broker.upgrade(upgradeOf(['a', 'b'])))).toEqual([
      409,
      busyMessage,
    ]);
    expect(catchErrorResponse(() => broker.upgrade(upgradeOf(['a', 'x'])))[0]).toBe(404);
    expect(broker.stateOf('a')).toBe('CREATE succeeded');
  });
});

test('a deletion that takes no time succeeds', () => {
  const broker = createTestBroker([], 0);
  createCluster(broker, 'dev');
  broker.delete('dev');
  expect(broker.stateOf('dev')).toBeUndefined();
});
