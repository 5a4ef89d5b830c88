import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { respond } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

let front: FaultyInstallation;
const alana = createUser();
const upgrade = ['upgrade-clusters', '--all-outdated'];

/** How far the sandbox's clock is ahead, so that no test waits for an operation. */
let aheadSeconds = 0;

beforeAll(async () => {
  const now = () => Date.now() + aheadSeconds * 1000;
  [, front] = await startFaultySandbox({ provisionSeconds: 100, now });
  const newerVersion = respond({ body: '1.8.0-build.1' });
  front.api.setBehaviour((request, ...rest) => {
    (request.path === '/v1/upgradable' ? newerVersion : front.forwardToApi)(request, ...rest);
  });
  await front.login(alana, 'alana');
  // The creation of dev-2 has finished.
  aheadSeconds = 101;
});
afterAll(() => front.close());

const plan = `Canaries, one at a time:
  dev-1: 1.7.0-build.26 -> 1.8.0-build.1
Then, one at a time:
  dev-2: 1.7.0-build.26 -> 1.8.0-build.1
Skipped:
  dev-3: DELETE failed
`;

test('--dry-run shows the versions, the order, and the request without sending it', async () => {
  front.api.clearRequests();
  const words = [...upgrade, '--filter', 'name=dev-*', '--canaries', 'dev-1', '--dry-run'];
  const { code, stdout, stderr } = await alana.tpks([...words, '--json']);
  expect([code, stderr]).toEqual([0, `${plan}Dry run: nothing was sent\n`]);
  expect(JSON.parse(stdout)).toEqual({
    method: 'PATCH',
    url: `${front.api.origin}/v1/clusters`,
    body: { clusters: ['dev-2'], canaries: ['dev-1'], max_in_flight: 1 },
  });
  expect(front.api.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
});
