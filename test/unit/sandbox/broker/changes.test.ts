import { describe, expect, test } from '@jest/globals';
import { createChanges, type Changes } from '../../../../src/sandbox/broker/changes.js';
import { ErrorResponse } from '../../../../src/sandbox/router.js';
import { createBrokerState, type Instance } from '../../../../src/sandbox/broker/state.js';
import { createTaskStore, toTaskInfo } from '../../../../src/sandbox/broker/tasks.js';
import { releases } from '../../../../src/sandbox/release.js';

/** A broker that takes ten seconds for everything. */
function broker(seed: readonly Instance[] = []) {
  let seconds = 0;
  const now = () => seconds * 1000;
  const state = createBrokerState(seed, now);
  const tasks = createTaskStore();
  const release = releases['1.7'];
  const changes = createChanges({ state, tasks, release, now, milliseconds: 10_000 });
  const at = (second: number): void => {
    seconds = second;
  };
  const stateOf = (name: string) => {
    const cluster = state.findByName(name)?.cluster;
    return cluster && `${cluster.last_action} ${cluster.last_action_state}`;
  };
  const task = (uuid: string) => {
    const found = tasks.get(uuid);
    if (!found) throw new Error('no such task');
    const { status, clusters } = toTaskInfo(found, now());
    return [status, ...clusters.map((each) => `${each.cluster_name} ${each.last_action_state}`)];
  };
  return { ...changes, state, stateOf, task, at };
}

function make({ create }: Changes, name: string, plan_name = 'small') {
  return create({
    owner: 'cody',
    name,
    plan_name,
    parameters: { kubernetes_master_host: `${name}.example.com` },
  });
}

const busyText =
  'od-broker is processing a request for the same instance... please try again later';

function refusal(work: () => unknown): [status: number, words: string] {
  try {
    work();
  } catch (error) {
    if (error instanceof ErrorResponse) return [error.response.status, error.message];
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a creation', () => {
  test('goes from its first words to its last', () => {
    const it = broker();
    const made = make(it, 'c1');
    expect(made.owner).toBe('cody');
    expect(made.cluster).toMatchObject({
      name: 'c1',
      last_action: 'CREATE',
      last_action_state: 'in progress',
      last_action_description: 'Creating cluster',
      kubernetes_master_ips: ['In Progress'],
      pks_version: '1.7.0-build.26',
      parameters: { kubernetes_worker_instances: 3, kubernetes_master_host: 'c1.example.com' },
    });
    it.at(5);
    expect(it.state.findByName('c1')?.cluster.last_action_description).toBe(
      'Instance provisioning in progress',
    );
    it.at(10);
    expect(it.state.findByName('c1')?.cluster).toMatchObject({
      last_action_state: 'succeeded',
      last_action_description: 'Instance provisioning completed',
      kubernetes_master_ips: [expect.stringMatching(/^10\.0\.\d+\.6$/)],
    });
  });

  test('ends in failure for the plan named fails, in the product’s words', () => {
    const it = broker();
    make(it, 'c1', 'fails');
    it.at(10);
    const { cluster } = it.state.findByName('c1') ?? {};
    expect(cluster?.last_action_state).toBe('failed');
    expect(cluster?.last_action_description).toMatch(
      new RegExp(
        '^There was a problem completing your request. Please contact your operations team ' +
          `providing the following information: service: p.pks, service-instance-guid: ${cluster?.uuid ?? '?'}, ` +
          'broker-request-id: [0-9a-f-]{36}, task-id: \\d+, operation: create$',
      ),
    );
  });

  test('is refused for a name that is taken, and for a plan that is not there', () => {
    const it = broker();
    make(it, 'c1');
    expect(refusal(() => make(it, 'c1'))).toEqual([409, 'The cluster named "c1" already exists.']);
    expect(refusal(() => make(it, 'c2', 'huge'))).toEqual([400, 'plan huge not found']);
  });

  test('waits for one of five workers', () => {
    const it = broker();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) make(it, name);
    expect(it.stateOf('e')).toBe('CREATE in progress');
    expect(it.stateOf('f')).toBe('CREATE queued');
    it.at(10);
    expect(it.stateOf('f')).toBe('CREATE in progress');
    it.at(20);
    expect(it.stateOf('f')).toBe('CREATE succeeded');
  });
});

describe('a cluster that something is done with', () => {
  test('is left alone: another change is refused in the broker’s words', () => {
    const it = broker();
    make(it, 'c1');
    const upgrade = { owner: 'cody', clusters: ['c1'], canaries: [], maxInFlight: 1 };
    for (const work of [
      () => it.update('c1', {}),
      () => it.delete('c1'),
      () => it.upgrade(upgrade),
    ]) {
      expect(refusal(work)).toEqual([409, busyText]);
    }
    it.at(10);
    it.update('c1', {});
    expect(refusal(() => it.delete('c1'))).toEqual([409, busyText]);
  });

  test('is not there for a change when it is gone', () => {
    const it = broker();
    expect(refusal(() => it.update('c1', {}))).toEqual([404, 'The cluster named "c1" not found.']);
  });
});

describe('a change', () => {
  test('brings what was wanted when it is done, and keeps the rest', () => {
    const it = broker();
    make(it, 'c1');
    it.at(10);
    it.update('c1', {
      network_profile_name: 'np',
      parameters: { kubernetes_worker_instances: 5 },
    });
    expect(it.state.findByName('c1')?.cluster.parameters.kubernetes_worker_instances).toBe(3);
    it.at(20);
    expect(it.state.findByName('c1')?.cluster).toMatchObject({
      last_action: 'UPDATE',
      last_action_description: 'Instance update completed',
      network_profile_name: 'np',
      parameters: { kubernetes_worker_instances: 5, kubernetes_master_host: 'c1.example.com' },
    });
  });

  test('brings nothing when it fails', () => {
    const it = broker();
    make(it, 'c1', 'fails');
    it.at(10);
    it.update('c1', { parameters: { kubernetes_worker_instances: 5 } });
    it.at(20);
    expect(it.stateOf('c1')).toBe('UPDATE failed');
    expect(it.state.findByName('c1')?.cluster.parameters.kubernetes_worker_instances).toBe(1);
  });
});

test('a deletion is seen until the cluster is gone, and its name is free then', () => {
  const it = broker();
  make(it, 'c1', 'fails');
  it.at(10);
  it.delete('c1');
  expect(it.stateOf('c1')).toBe('DELETE in progress');
  it.at(20);
  expect(it.stateOf('c1')).toBeUndefined();
  expect(it.state.list()).toEqual([]);
  make(it, 'c1');
  expect(it.stateOf('c1')).toBe('CREATE in progress');
});

describe('an upgrade', () => {
  /** Four clusters, of which `bad` will fail. */
  function ready() {
    const it = broker();
    for (const name of ['a', 'b', 'c']) make(it, name);
    make(it, 'bad', 'fails');
    it.at(10);
    return it;
  }
  const of = (clusters: string[], canaries: string[] = [], maxInFlight = 1) => ({
    owner: 'cody',
    clusters,
    canaries,
    maxInFlight,
  });

  test('takes clusters in turn: those that wait are queued', () => {
    const it = ready();
    const { uuid } = it.upgrade(of(['a', 'b']));
    expect(it.task(uuid)).toEqual(['in progress', 'a in progress', 'b queued']);
    expect([it.stateOf('a'), it.stateOf('b')]).toEqual(['UPGRADE in progress', 'UPGRADE queued']);
    it.at(20);
    expect(it.task(uuid)).toEqual(['in progress', 'a succeeded', 'b in progress']);
    it.at(30);
    expect(it.task(uuid)).toEqual(['done', 'a succeeded', 'b succeeded']);
    expect(it.state.findByName('b')?.cluster.last_action_description).toBe(
      'Instance upgrade completed',
    );
  });

  test('brings the release’s versions, and no more upgrade is offered', () => {
    const old = broker([
      {
        owner: 'cody',
        cluster: {
          ...make(broker(), 'a').cluster,
          last_action_state: 'succeeded',
          pks_version: '1.6.1-build.6',
          available_upgrades: [{ component: 'pks', version: '1.7.0-build.26' }],
        },
      },
    ]);
    old.upgrade(of(['a']));
    old.at(10);
    expect(old.state.findByName('a')?.cluster).toMatchObject({
      pks_version: '1.7.0-build.26',
      k8s_version: '1.16.7',
      available_upgrades: [],
    });
  });

  test('stops after a canary that fails: the others are as they were', () => {
    const it = ready();
    const { uuid } = it.upgrade(of(['a', 'b'], ['bad']));
    expect(it.task(uuid)).toEqual(['in progress', 'bad in progress', 'a queued', 'b queued']);
    expect(it.stateOf('a')).toBe('UPGRADE queued');
    it.at(20);
    expect(it.task(uuid)).toEqual(['done', 'bad failed', 'a queued', 'b queued']);
    expect([it.stateOf('bad'), it.stateOf('a')]).toEqual(['UPGRADE failed', 'CREATE succeeded']);
    it.update('a', {});
  });

  test('that is canceled lets what runs come to its end, and drops the rest', () => {
    const it = ready();
    const { uuid } = it.upgrade(of(['a', 'b', 'c'], [], 2));
    it.at(15);
    it.cancel(uuid);
    expect(it.task(uuid)).toEqual(['canceled', 'a in progress', 'b in progress']);
    expect(it.stateOf('c')).toBe('CREATE succeeded');
    it.at(20);
    expect(it.task(uuid)).toEqual(['canceled', 'a succeeded', 'b succeeded']);
    expect(it.cancel('no such id')).toBeUndefined();
  });

  test('is refused as a whole when one of the clusters is busy or missing', () => {
    const it = ready();
    it.update('b', {});
    expect(refusal(() => it.upgrade(of(['a', 'b'])))).toEqual([409, busyText]);
    expect(refusal(() => it.upgrade(of(['a', 'x'])))[0]).toBe(404);
    expect(it.stateOf('a')).toBe('CREATE succeeded');
  });
});
