import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createUser } from '../support/cli.js';
import { startFront, type Front } from '../support/front.js';
import { pksCommands } from '../support/pks-commands.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

/** Whatever stands after a flag: exit 2, or the server’s word; never a stack, never half a request. */

const alana = createUser();
const trap = join(alana.home, 'trap');

/** Of the sandbox. */
const seededTask = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

const awkward: Readonly<Record<string, string>> = {
  nothing: '',
  'very much': '集x'.repeat(25_000),
  'letters of all kinds': 'größe 集 🙂 e\u0301',
  'what a terminal obeys': '\u001b[2J\u202e\r\u0007',
  'what a shell obeys': `$(touch ${trap})\`touch ${trap}\`;touch ${trap}|cat&"'`,
  'a path upwards': '../%2e%2e/../etc/passwd',
  'this folder and the one above': '..',
  'what an address obeys': 'a%2Fb?limit=1#x',
  'a path without end': '/dev/zero',
  'a flag': '--no-such-flag',
  'words of JavaScript': '__proto__',
  'a number beyond numbers': '9'.repeat(400),
};

/** What each command needs to be taken, its arguments first. `NEW` is a name that nobody has yet. */
const valid: Readonly<Record<string, readonly string[]>> = {
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

/** A line for each argument and each flag of a command, the value in the place of `?`. */
function linesOf(command: Command): string[][] {
  const words = valid[command.name()];
  if (words === undefined) throw new Error(`Say what ${command.name()} needs to be taken`);
  const flags = command.options.filter((option) => option.required || option.optional);
  return [
    ...command.registeredArguments.map((_argument, at) => words.with(at, '?')),
    ...flags.map(({ long = '' }) => {
      const at = words.indexOf(long);
      return at === -1 ? [...words, long, '?'] : words.with(at + 1, '?');
    }),
  ].map((line) => [command.name(), ...line]);
}

const lines = [...(await pksCommands()).flatMap(linesOf), ['clusters', '--timeout', '?']];

let sandbox: TestSandbox;
let front: Front;
let made = 0;
beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0, pksVersion: '1.20' });
  front = await startFront(sandbox);
  const words = ['login', ...front.target, '-u', 'alana', '--password-stdin', '--store', 'file'];
  expect(await alana.tpks(words, { stdin: 'alana-password' })).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

test.each(lines.map((line) => [line.join(' '), line] as const))(
  'tpks %s',
  async (_line, words) => {
    for (const [what, value] of Object.entries(awkward)) {
      front.mend();
      made += 1;
      const line = words.map((word) =>
        word === '?' ? value : word === 'NEW' ? `new-${String(made)}` : word,
      );
      const { code, stdout, stderr } = await alana.tpks([...line, '--non-interactive']);
      const told = `${what}: exit ${String(code)}: ${stderr.slice(0, 300)}`;
      expect([0, 1, 2].includes(code) ? 'a known end' : told).toBe('a known end');
      expect(stderr).not.toMatch(/Internal tpks error|\n\s+at |undefined|\[object/);
      expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u0007\u202e]/);
      const writes = front.api.requests.filter(({ method }) => method !== 'GET');
      // Refused here: nothing was sent. Else it is one request, whole, and the server’s word.
      expect([what, writes.length <= (code === 2 ? 0 : 1)]).toEqual([what, true]);
      // And to its own route.
      const deepest = Math.max(...front.api.requests.map(({ path }) => path.split('/').length));
      expect([what, deepest <= '/v1/clusters/NAME'.split('/').length]).toEqual([what, true]);
      for (const { body } of writes) if (body !== '') JSON.parse(body);
      if (code !== 0) expect(stderr).toMatch(/\nError: .+\n/);
      const isAsked = front.api.requests.length > 0 || / not found\n/.test(stderr);
      if (code === 1) expect(isAsked ? 'a server’s word' : told).toBe('a server’s word');
    }
    expect(existsSync(trap)).toBe(false);
  },
  60_000,
);

test('what is there afterwards is what was there before, and what was made on purpose', async () => {
  front.mend();
  const { stdout } = await alana.tpks(['clusters', '--json']);
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  expect(names.filter((name) => !/^(prod|dev|new)-\d+$|^__proto__$/.test(name))).toEqual([]);
});
