import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { answers } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { asUser, outcomeOf, users, type User } from '../support/users.js';

let sandbox: TestSandbox;
let front: Front;
let as: ReturnType<typeof asUser>;
/** As alana, in a process of its own, because the time zone is set for a whole process. */
let inCalifornia: (words: readonly string[]) => Promise<TpksResult>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
  const [, api = '', , uaa = ''] = front.target;
  const user = createUser();
  as = asUser(user.tpks, { api, uaa, caCert: front.caCert });
  inCalifornia = (words) =>
    asUser(user.spawn, { api, uaa, caCert: front.caCert })('alana', words, {
      env: { TZ: 'America/Los_Angeles' },
    });
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

test('the block of plans', async () => {
  const { stdout } = await as('cody', ['plans']);
  expect(
    stdout.startsWith(`
Name    ID                                    Description
small   8A0E21A8-8072-4D80-B365-D1F502085560  Example: This plan will configure a lightweight kubernetes cluster. Not recommended for production workloads.
medium  58375a45-17f7-4291-acf1-455bfdc8e371  Example: This plan will configure a medium sized kubernetes cluster, suitable for more pods.
`),
  ).toBe(true);
  const json = await as('cody', ['plans', '--json']);
  expect(json.stdout).toMatch(/^\[\n {3}\{\n {6}"id": "8A0E21A8-/);
});

test('the blocks of tasks and of task', async () => {
  const uuid = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
  const listed = {
    uuid,
    type: 'UPGRADE',
    status: 'done',
    clusters: [{ cluster_name: 'Sample5', last_action: 'UPGRADE', is_canary: false }],
    start_time: Date.UTC(2020, 5, 28, 12) / 1000,
    end_time: Date.UTC(2020, 5, 28, 12, 20) / 1000,
  };
  front.api.behave(answers({ body: [listed] }));
  // The product's page says PST, which in June is nowhere the time.
  expect((await inCalifornia(['tasks'])).stdout).toBe(
    `
ID                                    Type     Status  StartTime                      EndTime                        Clusters
d772aba0-2670-4fba-b26c-044b19d6ab60  UPGRADE  done    Sun, 28 Jun 2020 05:00:00 PST  Sun, 28 Jun 2020 05:20:00 PST  Sample5
`.replaceAll('PST', 'PDT'),
  );
  const at = (minute: number, second = 0) => Date.UTC(2019, 9, 14, 19, minute, second);
  const shown = {
    uuid,
    type: 'UPGRADE',
    status: 'done',
    clusters: [
      {
        cluster_name: 'k8-cluster-000',
        last_action_state: 'succeeded',
        start_time: at(0),
        end_time: at(19, 54),
        is_canary: true,
      },
      {
        cluster_name: 'k8-cluster-001',
        last_action_state: 'failed',
        start_time: at(20),
        is_canary: true,
      },
    ],
  };
  front.api.behave(answers({ body: shown }));
  expect((await inCalifornia(['task', uuid])).stdout).toBe(`
Your upgrade task is: done

Name            Status     Start time                     End time                       isCanary
k8-cluster-000  succeeded  Mon, 14 Oct 2019 12:00:00 PDT  Mon, 14 Oct 2019 12:19:54 PDT  true
k8-cluster-001  failed     Mon, 14 Oct 2019 12:20:00 PDT  ---                            true
`);
  const json = await as('alana', ['task', uuid, '--json']);
  expect(json.stdout).toBe(`${JSON.stringify(shown, undefined, 3)}\n`);
  front.mend();
});

test('a limit goes to the server, ten if none is given', async () => {
  front.mend();
  await as('alana', ['tasks']);
  await as('alana', ['tasks', '-l', '2']);
  await as('alana', ['tasks', '--limit=2147483647']);
  expect(front.api.requests.map(({ path }) => path)).toEqual([
    '/v1/tasks?limit=10',
    '/v1/tasks?limit=2',
    '/v1/tasks?limit=2147483647',
  ]);
});

test.each(['0', '-1', '', 'ten', '1e3', '2147483648', '１', '9'.repeat(5000), '$(id)', '1 '])(
  'the limit %j is refused: exit 2, and nothing is sent',
  async (limit) => {
    front.mend();
    const { code, stdout, stderr } = await as('alana', ['tasks', '-l', limit]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('expected a whole number from 1 to 2147483647');
    expect(front.api.requests).toEqual([]);
  },
);

/** A task of somebody, with one cluster under way and one that waits for it. */
async function upgrade(user: User, clusters: readonly string[]): Promise<string> {
  const data = JSON.stringify({ clusters, max_in_flight: 1 });
  const { stdout } = await as(user, ['curl', '-X', 'PATCH', '/v1/clusters', '-d', data]);
  return (JSON.parse(stdout) as { uuid: string }).uuid;
}

test('canceling drops what has not begun, and shows what is left', async () => {
  front.mend();
  const uuid = await upgrade('cody', ['dev-1', 'dev-3']);
  expect((await as('cody', ['task', uuid])).stdout).toContain(
    '\nYour upgrade task is: in progress\n',
  );

  const planned = await as('cody', ['cancel-task', uuid, '--dry-run']);
  expect(planned.stdout).toBe(`PUT ${front.api.origin}/v1/tasks/${uuid}\n`);
  expect((await as('cody', ['task', uuid])).stdout).toContain('dev-3');

  const { code, stdout } = await as('cody', ['cancel-task', uuid]);
  expect(code).toBe(0);
  expect(stdout).toContain('\nYour upgrade task is: canceled\n');
  expect(stdout).toMatch(/\ndev-1 +in progress /);
  expect(stdout).not.toContain('dev-3');
  const listed = await as('cody', ['tasks']);
  expect(listed.stdout).toContain(uuid);
});

test('who may see whose tasks', async () => {
  const seeded = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
  const seen = [];
  for (const user of users) {
    seen.push(outcomeOf(await as(user, ['task', seeded])));
  }
  expect(seen).toEqual(['done', 404, 'done', 403]);
  expect(outcomeOf(await as('dana', ['plans']))).toBe(403);
  expect(outcomeOf(await as('dana', ['tasks']))).toBe(403);
});
