import { describe, expect, test } from '@jest/globals';
import { seedClusters } from '../../../src/sandbox/broker/seed.js';
import { createClusterStore } from '../../../src/sandbox/broker/state.js';
import { createMemoryStorage } from '../../../src/sandbox/storage.js';

const startedAt = Date.UTC(2020, 5, 28, 5);

describe('the seeded clusters', () => {
  const { list: instances } = createClusterStore(
    seedClusters(startedAt, 120),
    () => startedAt,
    createMemoryStorage(),
  );

  test('are five clusters owned by alana and cody', () => {
    expect(instances().map(({ owner, cluster }) => [cluster.name, owner])).toEqual([
      ['prod-1', 'alana'],
      ['prod-2', 'alana'],
      ['dev-1', 'cody'],
      ['dev-2', 'cody'],
      ['dev-3', 'cody'],
    ]);
  });

  test('cover every state and every action', () => {
    const all = (key: 'last_action' | 'last_action_state') =>
      [...new Set(instances().map(({ cluster }) => cluster[key]))].sort();
    expect(all('last_action_state')).toEqual(['failed', 'in progress', 'queued', 'succeeded']);
    expect(all('last_action')).toEqual(['CREATE', 'DELETE', 'UPDATE', 'UPGRADE']);
  });

  test('cover absent, null and empty fields', () => {
    const names = instances().map(({ cluster }) => cluster.network_profile_name);
    expect(names).toEqual(['np-prod', '', undefined, null, undefined]);
  });

  test('contain valid JSON in the JSON strings', () => {
    const texts = instances().flatMap(({ cluster: { parameters } }) => [
      parameters.nsxt_network_profile,
      parameters.nsxt_network_details,
      parameters.compute_profile,
    ]);
    const present = texts.filter((text) => typeof text === 'string');
    expect(present).toHaveLength(3);
    for (const text of present) expect(JSON.parse(text)).toMatchObject({});
  });
});

describe('a cluster that is being created', () => {
  test.each([
    [119.9, 'in progress', 'Creating cluster', ['In Progress']],
    [120, 'succeeded', 'Instance provisioning completed', ['10.0.10.9']],
  ])('after %s s has the state %s and the description %s', (seconds, state, description, ips) => {
    const now = () => startedAt + seconds * 1000;
    const { findByName: byName, list: instances } = createClusterStore(
      seedClusters(startedAt, 120),
      now,
      createMemoryStorage(),
    );
    const expected = {
      last_action: 'CREATE',
      last_action_state: state,
      last_action_description: description,
      kubernetes_master_ips: ips,
    };
    expect(byName('dev-2')?.cluster).toMatchObject(expected);
    expect(instances()[3]?.cluster).toMatchObject(expected);
  });
});
