import { describe, expect, test } from '@jest/globals';
import { createBroker } from '../../../../src/sandbox/broker/broker.js';
import { seedClusters } from '../../../../src/sandbox/broker/seed.js';
import { createBrokerState } from '../../../../src/sandbox/broker/state.js';
import { basic } from '../../../../src/sandbox/wire.js';

const broker = createBroker(
  createBrokerState(seedClusters(0, 120), () => 0),
  {
    username: 'pks-api',
    password: 'right',
  },
);

describe('the broker', () => {
  test('tells the API whose each cluster is', async () => {
    const { status, body } = await ask('/clusters');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject([
      { owner: 'alana', cluster: { name: 'prod-1' } },
      { owner: 'alana' },
      { owner: 'cody' },
      { owner: 'cody' },
      { owner: 'cody', cluster: { name: 'dev-3' } },
    ]);
  });

  test('tells one cluster, or that there is none', async () => {
    expect(JSON.parse((await ask('/clusters/dev-1')).body)).toMatchObject({
      owner: 'cody',
      cluster: { name: 'dev-1' },
    });
    expect((await ask('/clusters/dev-9')).status).toBe(404);
    expect((await ask('/plans')).status).toBe(404);
  });

  test.each([null, basic('pks-api', 'wrong'), basic('other', 'right'), 'Bearer right'])(
    'tells nothing to %s',
    async (authorization) => {
      const { status, body } = await ask('/clusters', authorization);
      expect(status).toBe(401);
      expect(body).not.toContain('prod-1');
    },
  );
});

function ask(path: string, authorization: string | null = basic('pks-api', 'right')) {
  return broker({
    method: 'GET',
    path,
    query: new URLSearchParams(),
    headers: { authorization: authorization ?? undefined },
    body: '',
    origin: 'http://localhost',
  });
}
