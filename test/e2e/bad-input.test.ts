import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPerson } from '../support/cli.js';
import { startFront, type Front } from '../support/front.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

/** Whatever stands after a flag: exit 2, or the server’s word; never a stack, never half a request. */

const alana = createPerson();
const trap = join(alana.home, 'trap');

const awkward: Readonly<Record<string, string>> = {
  nothing: '',
  'very much': '集x'.repeat(25_000),
  'letters of all kinds': 'größe 集 🙂 e\u0301',
  'what a terminal obeys': '\u001b[2J\u202e\r\u0007',
  'what a shell obeys': `$(touch ${trap})\`touch ${trap}\`;touch ${trap}|cat&"'`,
  'a path upwards': '../%2e%2e/../etc/passwd',
  'a path without end': '/dev/zero',
  'a flag': '--no-such-flag',
  'words of JavaScript': '__proto__',
  'a number beyond numbers': '9'.repeat(400),
};

const host = ['-e', 'x.example.com', '-p', 'small'];

/** A command for each flag, the value in the place of `?`. */
const lines: readonly (readonly string[])[] = [
  ['create-cluster', '?', ...host],
  ['create-cluster', 'c1', '-e', '?', '-p', 'small'],
  ['create-cluster', 'c1', '-e', 'x.example.com', '-p', '?'],
  ...[
    ...['--num-nodes', '--node-pool-instances', '--network-profile', '--kubernetes-profile'],
    ...['--compute-profile', '--tags', '--config-file', '--private-registries', '--wait-timeout'],
  ].map((flag) => ['create-cluster', 'c1', ...host, flag, '?']),
  ['update-cluster', '?', '--tags', 'a:b'],
  ...[
    ...['--num-nodes', '--node-pool-instances', '--network-profile', '--kubernetes-profile'],
    ...['--compute-profile', '--tags', '--config-file', '--private-registries'],
    ...['--kubelet-drain-timeout', '--kubelet-drain-grace-period', '--kubelet-drain-force'],
  ].map((flag) => ['update-cluster', 'dev-1', flag, '?']),
  ['resize', '?', '-n', '2'],
  ['resize', 'dev-1', '-n', '?'],
  ['upgrade-cluster', '?'],
  ['upgrade-cluster', 'dev-1', '--nodes-parallel', '?'],
  ['upgrade-clusters', '--clusters', '?'],
  ['upgrade-clusters', '--clusters', 'dev-1', '--canaries', '?'],
  ['upgrade-clusters', '--clusters', 'dev-1', '--max-in-flight', '?'],
  ['delete-cluster', '?'],
  ['wait', '?'],
  ['wait', 'dev-1', '--for', '?'],
];

let sandbox: TestSandbox;
let front: Front;
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
      const line = words.map((word) => (word === '?' ? value : word));
      const { code, stdout, stderr } = await alana.tpks([...line, '--non-interactive']);
      const told = `${what}: exit ${String(code)}: ${stderr.slice(0, 300)}`;
      expect([0, 1, 2].includes(code ?? -1) ? 'a known end' : told).toBe('a known end');
      expect(stderr).not.toMatch(/itself failed|\n\s+at |undefined|\[object/);
      expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u0007\u202e]/);
      const writes = front.api.requests.filter(({ method }) => method !== 'GET');
      // Refused here: nothing was sent. Else it is one request, whole, and the server’s word.
      expect([what, writes.length <= (code === 2 ? 0 : 1)]).toEqual([what, true]);
      for (const { body } of writes) if (body !== '') JSON.parse(body);
      if (code !== 0) expect(stderr).toMatch(/\nError: .+\n/);
      const isAsked = front.api.requests.length > 0 || /Cluster .* not found/.test(stderr);
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
  expect(names.filter((name) => !/^(prod|dev)-\d$|^c1$|^__proto__$/.test(name))).toEqual([]);
});
