import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPerson } from '../support/cli.js';
import type { Behaviour } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { largeUaa } from '../support/large-uaa.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

const hook = fileURLToPath(new URL('../support/tell-memory.mjs', import.meta.url));
const person = createPerson();
const report = join(person.env['HOME'] ?? '', 'memory.txt');
let sandbox: TestSandbox;
let front: Front;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
  front.uaa.behave(largeUaa(0));
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

/** A list of so many clusters, made while it is sent: this process does not hold it either. */
function largeApi(count: number): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let number = 0;
    const send = (): void => {
      while (number < count) {
        const size = Math.min(100, count - number);
        const items = Array.from({ length: size }, (_, at) => JSON.stringify(cluster(number + at)));
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

/** Runs `clusters` in a shell that counts lines of its output with a pattern in them. */
async function counted(count: number, words: readonly string[], pattern: string) {
  front.api.behave(largeApi(count));
  front.api.forget();
  const { code, stdout, stderr } = await person.tpks(['clusters', ...words], {
    through: ['bash', '-c', `set -o pipefail; "$@" | grep -c '${pattern}'`, '_'],
    env: {
      TPKS_API: front.api.origin,
      TPKS_UAA_URL: front.uaa.origin,
      TPKS_CA_CERT: front.caCert,
      TPKS_CLIENT_NAME: 'admin',
      TPKS_CLIENT_SECRET: 'adminsecret',
      NODE_OPTIONS: `--import ${hook}`,
      MEMORY_REPORT: report,
    },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(front.api.requests).toHaveLength(1);
  return { lines: Number(stdout), kibibytes: Number(readFileSync(report, 'utf8')) };
}

test.each([
  [['--json'], '"name": "cluster-'],
  [['-o', 'name'], '^cluster-'],
])('clusters %j needs no more memory for a hundred thousand', async (words, pattern) => {
  const few = await counted(1000, words, pattern);
  const many = await counted(100_000, words, pattern);
  expect([few.lines, many.lines]).toEqual([1000, 100_000]);
  // The list itself is 38 MB. As for the UAA's lists, the rest is garbage that V8 allows itself.
  expect(many.kibibytes / few.kibibytes).toBeLessThan(1.5);
});

test.each([[[]], [['--sort-by', 'name', '--filter', 'status=succeeded']]])(
  'the table of clusters %j shows a hundred thousand',
  async (words) => {
    const { lines } = await counted(100_000, words, ' cluster-');
    expect(lines).toBe(100_000);
  },
);

test('clusters --json | head -1 does not read the rest', async () => {
  front.api.behave(largeApi(100_000));
  const { code, stdout, stderr } = await person.tpks(['clusters', '--json'], {
    through: ['bash', '-c', 'set -o pipefail; "$@" | head -1', '_'],
    env: {
      TPKS_API: front.api.origin,
      TPKS_UAA_URL: front.uaa.origin,
      TPKS_CA_CERT: front.caCert,
      TPKS_CLIENT_NAME: 'admin',
      TPKS_CLIENT_SECRET: 'adminsecret',
    },
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[\n', stderr: '' });
});
