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

test('asks, and tpks wait --task continues the wait after Ctrl-C', async () => {
  const words = [...upgrade, '--filter', 'name=dev-*', '--canaries', 'dev-1', '--wait'];
  const { code, stdout, stderr } = await alana.spawn(words, {
    stdin: 'y\n',
    started: (child) => {
      child.stdout?.on('data', (text: string) => {
        if (text.includes('Started')) child.kill('SIGINT');
      });
    },
  });
  const [, id = ''] = /^Your taskID for the upgrade task is: (\S+)$/m.exec(stdout) ?? [];
  expect([code, stderr.slice(0, plan.length)]).toEqual([130, plan]);
  expect(stderr).toContain('Continue? (y/n):y\n');
  expect(stderr).toContain(`\n      resume waiting: tpks wait --task ${id}\n`);
  aheadSeconds += 201;
  expect(await alana.tpks(['wait', '--task', id])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: dev-1\n[^]*: dev-2\nUpgrade task .* is done\.\n$/),
  });
});

test('a link accepts the options, and keeps the output of the original', async () => {
  const words = [...upgrade, '--filter', 'name=prod-1', '--non-interactive'];
  const { stdout, stderr } = await alana.tpks(words, { programName: 'pks' });
  expect(stdout).toMatch(
    /^You are about to upgrade prod-1\.\nWarning: .*\n\nYour taskID for the upgrade task is: \S+\n$/,
  );
  expect(stderr).toBe('In this order, one at a time:\n  prod-1: 1.7.0-build.26 -> 1.8.0-build.1\n');
});
