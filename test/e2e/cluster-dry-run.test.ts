import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
const cody = createUser();
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(cody, 'cody');
  sandbox.clearRequests();
});
afterAll(() => sandbox.close());

test.each<[string, string, string, unknown]>([
  [
    'create-cluster c1 -e c1.example.com -p small -n 2 --wait',
    'POST',
    '/v1/clusters',
    {
      name: 'c1',
      plan_name: 'small',
      parameters: { kubernetes_master_host: 'c1.example.com', kubernetes_worker_instances: 2 },
    },
  ],
  [
    'update-cluster dev-1 --tags a:b',
    'PATCH',
    '/v1/clusters/dev-1',
    { cluster_tags: [{ name: 'a', value: 'b' }] },
  ],
  ['resize dev-1 -n 3', 'PATCH', '/v1/clusters/dev-1', { kubernetes_worker_instances: 3 }],
  [
    'upgrade-cluster dev-1',
    'PATCH',
    '/v1/clusters',
    { clusters: ['dev-1'], canaries: [], max_in_flight: 1 },
  ],
  [
    'upgrade-clusters -c b --canaries a --max-in-flight 2',
    'PATCH',
    '/v1/clusters',
    { clusters: ['b'], canaries: ['a'], max_in_flight: 2 },
  ],
  ['delete-cluster dev-1', 'DELETE', '/v1/clusters/dev-1', null],
])(
  'tpks %s --dry-run shows the request without a prompt and without sending it',
  async (line, method, path, body) => {
    const words = [...line.split(' '), '--dry-run'];
    const json = await cody.tpks([...words, '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual({ method, url: `${sandbox.api}${path}`, body });
    const text = await cody.tpks(words);
    expect(text.stdout.split('\n')[0]).toBe(`${method} ${sandbox.api}${path}`);
    expect(sandbox.requests()).toEqual([]);
  },
);
