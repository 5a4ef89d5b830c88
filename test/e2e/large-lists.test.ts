import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { pipeInto } from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import type { Behaviour } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { largeUaa, pagesOf } from '../support/servers/large-uaa.js';

const user = createUser();
let front: FaultyInstallation;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
});
beforeEach(() => front.uaa.setBehaviour(largeUaa(0)));
afterAll(() => front.close());

const count = isNightly ? 100_000 : 20_000;
/** Makes the list larger than 16 MiB, which is the limit for other responses. */
const padding = 'x'.repeat(isNightly ? 0 : 600);

/** Sends a list of `count` clusters that is created on the fly, so this process does not hold it. */
function largeApi(): Behaviour {
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
  padding,
});

/** Runs `clusters` and counts the lines of its output that match a pattern. */
async function countLines(words: readonly string[], pattern: string): Promise<number> {
  front.api.setBehaviour(largeApi());
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
  'clusters %j prints all clusters',
  async (words, pattern) => {
    expect(await countLines(words, pattern)).toBe(count);
  },
  90_000,
);

test('clusters --json | head -1 ends without an error', async () => {
  front.api.setBehaviour(largeApi());
  const { code, stdout, stderr } = await user.spawn(['clusters', '--json'], {
    through: pipeInto('head -1'),
    env: front.adminEnv,
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[\n', stderr: '' });
});

/** Makes the UAA return `size` entries for each list. */
function setListSize(size: number): void {
  front.uaa.setBehaviour(largeUaa(size));
  front.uaa.clearRequests();
}

/** The start indexes of all pages of a list. */
const pageStarts = (size: number) =>
  Array.from({ length: size / 500 }, (_, index) => index * 500 + 1);

const lists: [words: string, path: string][] = [
  ['users', '/Users'],
  ['groups', '/Groups'],
  ['clients', '/oauth/clients'],
];

describe.each(lists)('uaa %s', (words, path) => {
  test('shows 1000 entries, each once, with as few requests as the UAA allows', async () => {
    setListSize(1000);
    const { code, stdout, stderr } = await user.tpks(['uaa', words], { env: front.adminEnv });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, ...rows] = stdout.trimEnd().split('\n');
    const names = rows.map((row) => /^\S+/.exec(row)?.[0]);
    const stem = words.slice(0, -1);
    expect(names).toEqual(
      Array.from({ length: 1000 }, (_, index) => `${stem}-${String(index + 1)}`),
    );
    expect(pagesOf(front.uaa.requests, path)).toEqual(pageStarts(1000));
    // The third request fetches the token.
    expect(front.uaa.requests).toHaveLength(3);
  });
});

test('access reads each list in pages, and sends no requests for individual users', async () => {
  setListSize(1200);
  const { code, stdout, stderr } = await user.tpks(['access', '-o', 'json'], {
    env: front.adminEnv,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { identities } = JSON.parse(stdout) as { identities: { kind: string }[] };
  // One user is in all groups, and each client has authorities.
  expect(identities).toHaveLength(1201);
  const pages = (path: string) =>
    pagesOf(front.uaa.requests, path).toSorted((one, other) => one - other);
  for (const path of ['/Groups', '/oauth/clients']) expect(pages(path)).toEqual([1, 501, 1001]);
  // Another page shows the default groups of one user.
  expect(pages('/Users')).toEqual([1, 1, 501, 1001]);
  // A token, mappings and identity providers.
  expect(front.uaa.requests).toHaveLength(13);
});
