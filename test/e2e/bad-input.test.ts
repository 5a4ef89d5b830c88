import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { examplesIn, renderHelpPages } from '../support/commands/help-pages.js';
import { pksCommands } from '../support/commands/pks-commands.js';
import { createUser } from '../support/program/cli.js';
import { isNightly } from '../support/runner/nightly.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

/**
 * Unusual values of arguments and options lead to exit code 2 or to an error from the server, never to
 * a stack trace or an incomplete request.
 */

const alana = createUser();
const trap = join(alana.home, 'trap');

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

/** The values for the arguments and options that are tested with few values. */
const commonKinds = ['an empty value', 'shell syntax', 'a path to a parent folder'];

const pages = await renderHelpPages();

/**
 * @returns one command line for each argument and option, with `?` in place of its value. The other
 *   words come from the first example in the help; `NEW` is replaced by an unused name.
 */
function createLines(command: Command): string[][] {
  const page = pages.find((each) => each.command === `tpks ${command.name()}`);
  const [example = ''] = page === undefined ? [] : examplesIn(page);
  const [, , ...exampleWords] = example.split(' ');
  const words = command.name().startsWith('create-') ? exampleWords.with(0, 'NEW') : exampleWords;
  const flags = command.options.filter((option) => option.required || option.optional);
  return [
    ...command.registeredArguments.map((_argument, index) => words.with(index, '?')),
    ...flags.map(({ long = '', short = long }) => {
      const index = words.findIndex((word) => word === long || word === short);
      return index === -1 ? [...words, long, '?'] : words.with(index + 1, '?');
    }),
  ].map((line) => [command.name(), ...line]);
}

const isDeletion = ([name = '']: readonly string[]) => Number(name.startsWith('delete-'));

const lines = [
  // Deletions last: other examples need the same resources.
  ...(await pksCommands()).flatMap(createLines).sort((a, b) => isDeletion(a) - isDeletion(b)),
  ['clusters', '--timeout', '?'],
];

let front: FaultyInstallation;
let nameCount = 0;
beforeAll(async () => {
  [, front] = await startFaultySandbox({ provisionSeconds: 0, pksVersion: '1.20' });
  await front.login(alana, 'alana');
});
afterAll(() => front.close());

/**
 * Commands parse an option or an argument of the same name in the same way, so all values are tested
 * with the first one; in nightly runs with each.
 */
function valuesFor(words: readonly string[]): [kind: string, value: string][] {
  const all = Object.entries(unusualValues);
  const isFirst = firstLines.get(placeOf(words)) === words;
  if (isFirst || isNightly) return all;
  return all.filter(([kind]) => commonKinds.includes(kind));
}

/** The option before the value; for an argument, the kind of resource. */
function placeOf(words: readonly string[]): string {
  const [name = '', ...rest] = words;
  const before = rest[rest.indexOf('?') - 1] ?? '';
  return before.startsWith('-') ? before : name.replace(/^[a-z]+-/, '').replace(/s$/, '');
}

const firstLines = new Map(lines.toReversed().map((line) => [placeOf(line), line]));

test.each(lines.map((line) => [line.join(' '), line] as const))(
  'tpks %s handles unusual values',
  async (_line, words) => {
    for (const [kind, value] of valuesFor(words)) {
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

test('only the initial clusters and clusters with valid names exist after that', async () => {
  front.reset();
  const { stdout } = await alana.tpks(['clusters', '--json']);
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  expect(names.filter((name) => !/^(prod|dev|new)-\d+$|^__proto__$/.test(name))).toEqual([]);
});
