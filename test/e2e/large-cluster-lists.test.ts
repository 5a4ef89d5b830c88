import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { pipeInto } from '../support/program/spawned.js';
import type { Behaviour } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { largeUaa } from '../support/servers/large-uaa.js';

const user = createUser();
let front: FaultyInstallation;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  front.uaa.setBehaviour(largeUaa(0));
});
afterAll(() => front.close());

/** Sends a list of `count` clusters that is created on the fly, so this process does not hold it. */
function largeApi(count: number): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let number = 0;
    const send = (): void => {
      while (number < count) {
        const size = Math.min(100, count - number);
        const items = Array.from({ length: size }, (_, index) =>
          JSON.stringify(cluster(number + index)),
        );
        const text = `${number === 0 ? '[' : ','}${items.join(',')}`;
        number += size;
        if (!response.write(text)) return void response.once('drain', send);
      }
      response.end(']');
    };
    send();
  };
}

const cluster = (number: number) => ({
  name: `cluster-${String(number)}`,
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'succeeded',
  last_action_description: 'Instance provisioning completed',
  uuid: `e032c190-4170-4851-bba4-${String(number).padStart(12, '0')}`,
  kubernetes_master_ips: ['10.0.8.6'],
  parameters: { kubernetes_master_host: `cluster-${String(number)}.example.com` },
});

/** Runs `clusters` and counts the lines of its output that match a pattern. */
async function countLines(
  count: number,
  words: readonly string[],
  pattern: string,
): Promise<number> {
  front.api.setBehaviour(largeApi(count));
  front.api.clearRequests();
  const { code, stdout, stderr } = await user.spawn(['clusters', ...words], {
    through: pipeInto(`grep -c '${pattern}'`),
    env: front.adminEnv,
    limitSeconds: 60,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(front.api.requests).toHaveLength(1);
  return Number(stdout);
}

test.each([
  [['--json'], '"name": "cluster-'],
  [['--sort-by', 'name', '--filter', 'status=succeeded'], ' cluster-'],
])(
  'clusters %j prints 100,000 clusters',
  async (words, pattern) => {
    expect(await countLines(100_000, words, pattern)).toBe(100_000);
  },
  90_000,
);

test('clusters --json | head -1 ends without an error', async () => {
  front.api.setBehaviour(largeApi(100_000));
  const { code, stdout, stderr } = await user.spawn(['clusters', '--json'], {
    through: pipeInto('head -1'),
    env: front.adminEnv,
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[\n', stderr: '' });
});
