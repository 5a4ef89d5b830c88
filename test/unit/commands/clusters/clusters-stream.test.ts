import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/errors.js';
import type { Send } from '../../../../src/http/send.js';
import { maximumCachedNames } from '../../../../src/commands/name-completion.js';
import { fakeSend, probeResponse, tokenBody } from '../../../support/fake-send.js';
import { createUser } from '../../../support/cli.js';
import { loginCommand } from '../../../support/headless.js';

const user = createUser();

/** Logs in and runs `tpks clusters` against an API that sends the list in these pieces. */
async function runClusters(
  words: readonly string[],
  pieces: Iterable<string>,
  isInterrupted = false,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const send: Send = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/oauth/token') return fakeSend({ body: tokenBody }).send(request);
    if (pathname !== '/v1/clusters') return fakeSend(probeResponse).send(request);
    return {
      status: 200,
      headers: {},
      text: () => Promise.reject(new Error('the body must not be read whole')),
      stream: async function* () {
        for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
        if (isInterrupted) throw new TpksError('unavailable', 'The connection broke off');
      },
    };
  };
  await user.tpks(loginCommand, { send });
  return user.tpks(['clusters', ...words], { send });
}

function* generateList(count: number): Generator<string> {
  yield '[';
  for (let number = 1; number <= count; number += 1) {
    yield `${number === 1 ? '' : ','}{"name":"c-${String(number)}"}`;
  }
  yield ']';
}

describe.each(['--json', '-o json', '-o yaml', '-o name', '-o table', '--json --sort-by name'])(
  'tpks clusters %s',
  (options) => {
    const words = options.split(' ');

    test.each([
      ['ends early', '[{"name":"a"}'],
      ['ends within a cluster', '[{"name":"a"},{"na'],
      ['continues after its end', '[{"name":"a"}] and more'],
      ['has an item that is not an object', '[{"name":"a"},7]'],
      ['has a cluster without a name', '[{"name":"a"},{}]'],
      ['has a malformed cluster', '[{"name":"a"},{"name":}]'],
      ['is nested too deeply', `[{"name":"a"},{"a":${'['.repeat(10_000)}`],
    ])('exits 5 with one message for a list that %s', async (_problem, body) => {
      const { code, stdout, stderr } = await runClusters(words, [body]);
      expect(code).toBe(5);
      expect(stderr).not.toMatch(/at .*\(|Internal tpks error/);
      // If part of the list was printed before the error, stderr says so.
      expect(stdout !== '').toBe(stderr.includes('the output is incomplete'));
      const isStreamed = options !== '-o table' && !options.includes('--sort-by');
      expect(stdout !== '').toBe(isStreamed);
    });

    test('exits 5 if the connection breaks off', async () => {
      const { code, stdout, stderr } = await runClusters(words, ['[{"name":"a"},'], true);
      expect(code).toBe(5);
      expect(stderr).toContain('The connection broke off');
      expect(stdout !== '').toBe(stderr.includes('the output is incomplete'));
    });

    test('shows the same items no matter how the response is split', async () => {
      const text = [...generateList(30)].join('');
      const whole = await runClusters(words, [text]);
      expect(whole).toMatchObject({ code: 0, stderr: '' });
      expect(await runClusters(words, text)).toEqual(whole);
    });
  },
);

test('tpks clusters --json and -o json print the same array, even if it is empty', async () => {
  for (const count of [0, 3]) {
    const { stdout } = await runClusters(['--json'], generateList(count));
    const expected = Array.from({ length: count }, (_, index) => ({
      name: `c-${String(index + 1)}`,
    }));
    expect(stdout).toBe(`${JSON.stringify(expected, null, 3)}\n`);
    expect((await runClusters(['-o', 'json'], generateList(count))).stdout).toBe(stdout);
  }
});

test('tpks clusters -o yaml prints a valid list, even if it is empty', async () => {
  expect((await runClusters(['-o', 'yaml'], generateList(2))).stdout).toBe(
    '- name: c-1\n- name: c-2\n',
  );
  expect((await runClusters(['-o', 'yaml'], generateList(0))).stdout).toBe('[]\n');
});

test('tpks clusters --filter selects from a streamed list and rejects an unknown key', async () => {
  expect(await runClusters(['-o', 'name', '--filter', 'name=c-2'], generateList(3))).toEqual({
    code: 0,
    stdout: 'c-2\n',
    stderr: '',
  });
  const { code, stdout, stderr } = await runClusters(
    ['-o', 'name', '--filter', 'nam=c-2'],
    generateList(3),
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Unknown key in --filter: "nam" (Did you mean name?)');
});

test('completion offers the first 10,000 names of a longer list', async () => {
  await runClusters(['-o', 'name'], generateList(maximumCachedNames + 5));
  const complete = async (word: string) =>
    (await user.tpks(['__complete', '--', 'cluster', word])).stdout;
  expect(await complete('c-9999')).toContain('c-9999');
  expect(await complete('c-10000')).toContain('c-10000');
  expect(await complete('c-10001')).not.toContain('c-10001');
});

test('tpks clusters rejects an endless list instead of buffering it forever', async () => {
  function* endless(): Generator<string> {
    yield '[{"name":"c"}';
    const piece = `,{"name":"c","plan_name":"${'p'.repeat(100_000)}"}`.repeat(50);
    for (;;) yield piece;
  }
  const { code, stdout, stderr } = await runClusters([], endless());
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  expect(stderr).toContain('larger than 128 MiB');
});
