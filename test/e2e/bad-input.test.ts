import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createUser } from '../support/cli.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/front.js';
import { pksCommands } from '../support/pks-commands.js';

/**
 * Unusual values of arguments and options lead to exit code 2 or to an error from the server, never to
 * a stack trace or an incomplete request.
 */

const alana = createUser();
const trap = join(alana.home, 'trap');

/** A task that exists in the sandbox. */
const seededTask = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

const unusualValues: Readonly<Record<string, string>> = {
  'an empty value': '',
  'a very long value': '集x'.repeat(25_000),
  'non-ASCII characters': 'größe 集 🙂 e\u0301',
  'terminal control characters': '\u001b[2J\u202e\r\u0007',
  'shell syntax': `$(touch ${trap})\`touch ${trap}\`;touch ${trap}|cat&"'`,
  'a path to a parent folder': '../%2e%2e/../etc/passwd',
  'the parent folder': '..',
  'URL syntax': 'a%2Fb?limit=1#x',
  'an endless file': '/dev/zero',
  'an option': '--no-such-flag',
  'a property of all JavaScript objects': '__proto__',
  'a number that is too large': '9'.repeat(400),
};

/** Valid words for each command, arguments first. `NEW` is replaced by an unused name. */
const validWords: Readonly<Record<string, readonly string[]>> = {
  clusters: [],
  cluster: ['dev-1'],
  'create-cluster': ['NEW', '--external-hostname', 'x.example.com', '--plan', 'small'],
  'update-cluster': ['dev-1', '--tags', 'a:b'],
  resize: ['dev-1', '--num-nodes', '2'],
  'upgrade-cluster': ['dev-1'],
  'upgrade-clusters': ['--clusters', 'dev-1'],
  'delete-cluster': ['dev-3'],
  wait: ['dev-1'],
  plans: [],
  tasks: [],
  task: [seededTask],
  'cancel-task': [seededTask],
  ...Object.fromEntries(
    ['network', 'compute', 'kubernetes'].flatMap((kind) => [
      [`${kind}-profiles`, []],
      [`${kind}-profile`, ['np-prod']],
      [`create-${kind}-profile`, ['profile.json']],
      [`delete-${kind}-profile`, ['np-prod']],
    ]),
  ),
  quotas: [],
  quota: ['dana'],
  'create-quota': ['NEW', '--cpu', '4', '--memory', '5.5', '--clusters', '10'],
  'update-quota': ['dana', '--cpu', '4'],
  'delete-quota': ['dana'],
  usages: [],
  usage: ['cody'],
};

/** @returns one command line for each argument and option, with `?` in place of its value. */
function createLines(command: Command): string[][] {
  const words = validWords[command.name()];
  if (words === undefined) throw new Error(`There are no valid words for ${command.name()}`);
  const flags = command.options.filter((option) => option.required || option.optional);
  return [
    ...command.registeredArguments.map((_argument, index) => words.with(index, '?')),
    ...flags.map(({ long = '' }) => {
      const index = words.indexOf(long);
      return index === -1 ? [...words, long, '?'] : words.with(index + 1, '?');
    }),
  ].map((line) => [command.name(), ...line]);
}

const lines = [...(await pksCommands()).flatMap(createLines), ['clusters', '--timeout', '?']];

let front: FaultyInstallation;
let nameCount = 0;
beforeAll(async () => {
  [, front] = await startFaultySandbox({ provisionSeconds: 0, pksVersion: '1.20' });
  const words = [
    'login',
    ...front.loginOptions,
    '-u',
    'alana',
    '--password-stdin',
    '--store',
    'file',
  ];
  expect(await alana.tpks(words, { stdin: 'alana-password' })).toMatchObject({ code: 0 });
});
afterAll(() => front.close());

test.each(lines.map((line) => [line.join(' '), line] as const))(
  'tpks %s handles unusual values',
  async (_line, words) => {
    for (const [kind, value] of Object.entries(unusualValues)) {
      front.reset();
      nameCount += 1;
      const line = words.map((word) =>
        word === '?' ? value : word === 'NEW' ? `new-${String(nameCount)}` : word,
      );
      const { code, stdout, stderr } = await alana.tpks([...line, '--non-interactive']);
      const report = `${kind}: exit ${String(code)}: ${stderr.slice(0, 300)}`;
      expect([0, 1, 2].includes(code) ? 'expected exit code' : report).toBe('expected exit code');
      expect(stderr).not.toMatch(/Internal tpks error|\n\s+at |undefined|\[object/);
      expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u0007\u202e]/);
      const writes = front.api.requests.filter(({ method }) => method !== 'GET');
      // With exit code 2, nothing was sent. Otherwise one complete request was sent.
      expect([kind, writes.length <= (code === 2 ? 0 : 1)]).toEqual([kind, true]);
      // The value did not lead to another route.
      const deepest = Math.max(...front.api.requests.map(({ path }) => path.split('/').length));
      expect([kind, deepest <= '/v1/clusters/NAME'.split('/').length]).toEqual([kind, true]);
      for (const { body } of writes) if (body !== '') JSON.parse(body);
      if (code !== 0) expect(stderr).toMatch(/\nError: .+\n/);
      const isServerError = front.api.requests.length > 0 || / not found\n/.test(stderr);
      if (code === 1)
        expect(isServerError ? 'error from the server' : report).toBe('error from the server');
    }
    expect(existsSync(trap)).toBe(false);
  },
  60_000,
);

test('only the initial clusters and clusters with valid names exist afterwards', async () => {
  front.reset();
  const { stdout } = await alana.tpks(['clusters', '--json']);
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  expect(names.filter((name) => !/^(prod|dev|new)-\d+$|^__proto__$/.test(name))).toEqual([]);
});
