import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/http/send.js';
import { maximumCachedNames } from '../../../../src/commands/name-completion.js';
import { fakeSend, probeResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { createUser } from '../../../support/program/cli.js';
import { loginCommand } from '../../../support/program/headless.js';

const user = createUser();

/** Logs in and runs `tpks clusters` against an API that sends this body. */
async function runClusters(
  words: readonly string[],
  body: unknown,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const send: Send = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/oauth/token') return fakeSend({ body: tokenBody }).send(request);
    if (pathname !== '/v1/clusters') return fakeSend(probeResponse).send(request);
    return fakeSend({ body }).send(request);
  };
  await user.tpks(loginCommand, { send });
  return user.tpks(['clusters', ...words], { send });
}

const createList = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c-${String(index + 1)}` }));

describe.each(['--json', '-o json', '-o yaml', '-o name', '-o table', '--json --sort-by name'])(
  'tpks clusters %s',
  (options) => {
    test.each([
      ['ends early', '[{"name":"a"}'],
      ['ends within a cluster', '[{"name":"a"},{"na'],
      ['continues after its end', '[{"name":"a"}] and more'],
      ['has an item that is not an object', '[{"name":"a"},7]'],
      ['has a cluster without a name', '[{"name":"a"},{}]'],
      ['has a malformed cluster', '[{"name":"a"},{"name":}]'],
      ['is nested too deeply', `[{"name":"a"},{"a":${'['.repeat(10_000)}`],
    ])('exits 5 and prints nothing for a list that %s', async (_problem, body) => {
      const { code, stdout, stderr } = await runClusters(options.split(' '), body);
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
      expect(stderr).not.toMatch(/at .*\(|Internal tpks error/);
    });
  },
);

test('tpks clusters --json and -o json print the same array, even if it is empty', async () => {
  for (const list of [[], createList(3)]) {
    const { stdout } = await runClusters(['--json'], list);
    expect(stdout).toBe(`${JSON.stringify(list, null, 3)}\n`);
    expect((await runClusters(['-o', 'json'], list)).stdout).toBe(stdout);
  }
});

test('tpks clusters -o yaml prints a valid list, even if it is empty', async () => {
  const { stdout } = await runClusters(['-o', 'yaml'], createList(2));
  expect(stdout).toBe('- name: c-1\n- name: c-2\n');
  expect((await runClusters(['-o', 'yaml'], [])).stdout).toBe('[]\n');
});

test('tpks clusters --filter selects from the list and rejects an unknown key', async () => {
  expect(await runClusters(['-o', 'name', '--filter', 'name=c-2'], createList(3))).toEqual({
    code: 0,
    stdout: 'c-2\n',
    stderr: '',
  });
  const { code, stdout, stderr } = await runClusters(
    ['-o', 'name', '--filter', 'nam=c-2'],
    createList(3),
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Unknown key in --filter: "nam" (Did you mean name?)');
});

test('completion offers the first 10,000 names of a longer list', async () => {
  await runClusters(['-o', 'name'], createList(maximumCachedNames + 5));
  const complete = async (word: string) =>
    (await user.tpks(['__complete', '--', 'cluster', word])).stdout;
  expect(await complete('c-9999')).toContain('c-9999');
  expect(await complete('c-10000')).toContain('c-10000');
  expect(await complete('c-10001')).not.toContain('c-10001');
});
