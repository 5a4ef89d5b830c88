import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/errors.js';
import type { Send } from '../../../../src/http/send.js';
import { maximumCachedNames } from '../../../../src/commands/name-completion.js';
import { fakeSend, probeAnswer, tokenBody } from '../../../support/fake-send.js';
import { createUser } from '../../../support/cli.js';
import { loginWords } from '../../../support/headless.js';

const user = createUser();

/** A user who is logged in, at an API whose list of clusters arrives in these pieces. */
async function clusters(
  words: readonly string[],
  pieces: Iterable<string>,
  breaksOff = false,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const send: Send = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/oauth/token') return fakeSend({ body: tokenBody }).send(request);
    if (pathname !== '/v1/clusters') return fakeSend(probeAnswer).send(request);
    return {
      status: 200,
      headers: {},
      text: () => Promise.reject(new Error('the body must not be read whole')),
      stream: async function* () {
        for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
        if (breaksOff) throw new TpksError('unavailable', 'The connection broke off');
      },
    };
  };
  await user.tpks(loginWords, { send });
  return user.tpks(['clusters', ...words], { send });
}

function* listOf(count: number): Generator<string> {
  yield '[';
  for (let number = 1; number <= count; number += 1) {
    yield `${number === 1 ? '' : ','}{"name":"c-${String(number)}"}`;
  }
  yield ']';
}

describe.each([
  ['--json', []],
  ['-o json', []],
  ['-o yaml', []],
  ['-o name', []],
  ['-o table', []],
  ['--json', ['--sort-by', 'name']],
])('clusters %s %j', (form, more) => {
  const words = [...form.split(' '), ...more];

  test.each([
    ['ends early', '[{"name":"a"}'],
    ['ends within a cluster', '[{"name":"a"},{"na'],
    ['continues after its end', '[{"name":"a"}] and more'],
    ['has an item that is not an object', '[{"name":"a"},7]'],
    ['has a cluster without a name', '[{"name":"a"},{}]'],
    ['has a malformed cluster', '[{"name":"a"},{"name":}]'],
    ['is nested too deeply', `[{"name":"a"},{"a":${'['.repeat(10_000)}`],
  ])('a list that %s exits 5 with one message', async (_what, body) => {
    const { code, stdout, stderr } = await clusters(words, [body]);
    expect(code).toBe(5);
    expect(stderr).not.toMatch(/at .*\(|Internal tpks error/);
    // If part of the list was printed before the error, stderr says so.
    expect(stdout !== '').toBe(stderr.includes('the output is incomplete'));
    const isStreamed = form !== '-o table' && more.length === 0;
    expect(stdout !== '').toBe(isStreamed);
  });

  test('a connection that breaks off exits 5', async () => {
    const { code, stdout, stderr } = await clusters(words, ['[{"name":"a"},'], true);
    expect(code).toBe(5);
    expect(stderr).toContain('The connection broke off');
    expect(stdout !== '').toBe(stderr.includes('the output is incomplete'));
  });

  test('the same items are shown, however the list arrives', async () => {
    const text = [...listOf(30)].join('');
    const whole = await clusters(words, [text]);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(await clusters(words, text)).toEqual(whole);
  });
});

test('--json and -o json print the same array, also without clusters', async () => {
  for (const count of [0, 3]) {
    const { stdout } = await clusters(['--json'], listOf(count));
    const expected = Array.from({ length: count }, (_, at) => ({ name: `c-${String(at + 1)}` }));
    expect(stdout).toBe(`${JSON.stringify(expected, null, 3)}\n`);
    expect((await clusters(['-o', 'json'], listOf(count))).stdout).toBe(stdout);
  }
});

test('-o yaml prints a valid list, also without clusters', async () => {
  expect((await clusters(['-o', 'yaml'], listOf(2))).stdout).toBe('- name: c-1\n- name: c-2\n');
  expect((await clusters(['-o', 'yaml'], listOf(0))).stdout).toBe('[]\n');
});

test('filters apply while the list arrives, and unknown keys are reported', async () => {
  expect(await clusters(['-o', 'name', '--filter', 'name=c-2'], listOf(3))).toEqual({
    code: 0,
    stdout: 'c-2\n',
    stderr: '',
  });
  const { stdout, stderr } = await clusters(['-o', 'name', '--filter', 'nam=c-2'], listOf(3));
  expect({ stdout, stderr }).toEqual({
    stdout: '',
    stderr: 'Warning: No cluster has "nam" (Did you mean name?)\n',
  });
});

test('completion knows the first 10,000 names of a longer list', async () => {
  await clusters(['-o', 'name'], listOf(maximumCachedNames + 5));
  const complete = async (word: string) =>
    (await user.tpks(['__complete', '--', 'cluster', word])).stdout;
  expect(await complete('c-9999')).toContain('c-9999');
  expect(await complete('c-10000')).toContain('c-10000');
  expect(await complete('c-10001')).not.toContain('c-10001');
});

test('an endless list for a table is rejected, not collected forever', async () => {
  function* endless(): Generator<string> {
    yield '[{"name":"c"}';
    const piece = `,{"name":"${'c'.repeat(100_000)}"}`.repeat(50);
    for (;;) yield piece;
  }
  const { code, stdout, stderr } = await clusters([], endless());
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  expect(stderr).toContain('more than 128 MiB');
});
