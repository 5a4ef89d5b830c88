import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUserRunner, outcomeOf, users, type User } from '../support/fixtures/users.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { respond } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

let front: FaultyInstallation;
let runAs: ReturnType<typeof createUserRunner>;
/** Runs tpks as alana in a separate process, because a time zone applies to a whole process. */
let runInCalifornia: (words: readonly string[]) => Promise<TpksResult>;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  const user = createUser();
  runAs = createUserRunner(user.tpks, front);
  runInCalifornia = (words) =>
    createUserRunner(user.spawn, front)('alana', words, {
      env: { TZ: 'America/Los_Angeles' },
    });
});
afterAll(() => front.close());

test('plans prints the table of the original', async () => {
  const { stdout } = await runAs('cody', ['plans']);
  expect(
    stdout.startsWith(`
Name    ID                                    Description
small   8A0E21A8-8072-4D80-B365-D1F502085560  Example: This plan will configure a lightweight kubernetes cluster. Not recommended for production workloads.
medium  58375a45-17f7-4291-acf1-455bfdc8e371  Example: This plan will configure a medium sized kubernetes cluster, suitable for more pods.
`),
  ).toBe(true);
  const json = await runAs('cody', ['plans', '--json']);
  expect(json.stdout).toMatch(/^\[\n {3}\{\n {6}"id": "8A0E21A8-/);
});

test('tasks and task print the text of the original', async () => {
  const uuid = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
  const listed = {
    uuid,
    type: 'UPGRADE',
    status: 'done',
    clusters: [{ cluster_name: 'Sample5', last_action: 'UPGRADE', is_canary: false }],
    start_time: Date.UTC(2020, 5, 28, 12) / 1000,
    end_time: Date.UTC(2020, 5, 28, 12, 20) / 1000,
  };
  front.api.setBehaviour(respond({ body: [listed] }));
  // The product's page says PST, but in June the time zone is PDT.
  expect((await runInCalifornia(['tasks'])).stdout).toBe(
    `
ID                                    Type     Status  StartTime                      EndTime                        Clusters
d772aba0-2670-4fba-b26c-044b19d6ab60  UPGRADE  done    Sun, 28 Jun 2020 05:00:00 PST  Sun, 28 Jun 2020 05:20:00 PST  Sample5
`.replaceAll('PST', 'PDT'),
  );
  const timeAt = (minute: number, second = 0) => Date.UTC(2019, 9, 14, 19, minute, second);
  const expectedOutput = {
    uuid,
    type: 'UPGRADE',
    status: 'done',
    clusters: [
      {
        cluster_name: 'k8-cluster-000',
        last_action_state: 'succeeded',
        start_time: timeAt(0),
        end_time: timeAt(19, 54),
        is_canary: true,
      },
      {
        cluster_name: 'k8-cluster-001',
        last_action_state: 'failed',
        start_time: timeAt(20),
        is_canary: true,
      },
    ],
  };
  front.api.setBehaviour(respond({ body: expectedOutput }));
  expect((await runInCalifornia(['task', uuid])).stdout).toBe(`
Your upgrade task is: done

Name            Status     Start time                     End time                       isCanary
k8-cluster-000  succeeded  Mon, 14 Oct 2019 12:00:00 PDT  Mon, 14 Oct 2019 12:19:54 PDT  true
k8-cluster-001  failed     Mon, 14 Oct 2019 12:20:00 PDT  ---                            true
`);
  const json = await runAs('alana', ['task', uuid, '--json']);
  expect(json.stdout).toBe(`${JSON.stringify(expectedOutput, undefined, 3)}\n`);
  front.reset();
});

test('tasks sends the limit to the server, which is 10 by default', async () => {
  front.reset();
  await runAs('alana', ['tasks']);
  await runAs('alana', ['tasks', '-l', '2']);
  await runAs('alana', ['tasks', '--limit=2147483647']);
  expect(front.api.requests.map(({ path }) => path)).toEqual([
    '/v1/tasks?limit=10',
    '/v1/tasks?limit=2',
    '/v1/tasks?limit=2147483647',
  ]);
});

test.each(['0', 'ten', '2147483648'])(
  'tasks -l %j exits with 2 and sends nothing',
  async (limit) => {
    front.reset();
    const { code, stdout, stderr } = await runAs('alana', ['tasks', '-l', limit]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('expected a whole number from 1 to 2147483647');
    expect(front.api.requests).toEqual([]);
  },
);

/** Starts an upgrade task that upgrades one cluster after the other. */
async function startUpgrade(user: User, clusters: readonly string[]): Promise<string> {
  const data = JSON.stringify({ clusters, max_in_flight: 1 });
  const { stdout } = await runAs(user, ['curl', '-X', 'PATCH', '/v1/clusters', '-d', data]);
  return (JSON.parse(stdout) as { uuid: string }).uuid;
}

test('cancel-task drops the clusters that are still queued and shows the rest', async () => {
  front.reset();
  const uuid = await startUpgrade('cody', ['dev-1', 'dev-3']);
  expect((await runAs('cody', ['task', uuid])).stdout).toContain(
    '\nYour upgrade task is: in progress\n',
  );

  const dryRun = await runAs('cody', ['cancel-task', uuid, '--dry-run']);
  expect(dryRun.stdout).toBe(`PUT ${front.api.origin}/v1/tasks/${uuid}\n`);
  expect((await runAs('cody', ['task', uuid])).stdout).toContain('dev-3');

  const { code, stdout } = await runAs('cody', ['cancel-task', uuid]);
  expect(code).toBe(0);
  expect(stdout).toContain('\nYour upgrade task is: canceled\n');
  expect(stdout).toMatch(/\ndev-1 +in progress /);
  expect(stdout).not.toContain('dev-3');
  const listed = await runAs('cody', ['tasks']);
  expect(listed.stdout).toContain(uuid);
});

test('task, tasks and plans show only what the scope of the user allows', async () => {
  const seeded = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
  const outcomes = [];
  for (const user of users) {
    outcomes.push(outcomeOf(await runAs(user, ['task', seeded])));
  }
  expect(outcomes).toEqual(['done', 404, 'done', 403]);
  expect(outcomeOf(await runAs('dana', ['plans']))).toBe(403);
  expect(outcomeOf(await runAs('dana', ['tasks']))).toBe(403);
});
