import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../src/commands/command-table.js';
import { contents } from '../../../src/commands/index.js';
import { contents as uaaContents } from '../../../src/commands/uaa/index.js';
import { createUser } from '../../support/program/cli.js';

const user = createUser();
const run = (line: string, programName = 'tpks') => user.tpks(line.split(' '), { programName });

const verbsOf = (entries: readonly Entry[], prefix = '') =>
  entries.flatMap(({ name, verbs = {} }) =>
    Object.entries(verbs).map(([verb, command]) => ({
      typed: `${prefix}${name} ${verb}`,
      command: `${prefix}${command}`,
    })),
  );
const verbs = [...verbsOf(contents), ...verbsOf(uaaContents, 'uaa ')];

/** A help page without the line that names the command. */
const withoutUsage = (page: string) => page.replace(/^Usage: .*\n/, '');

test('the nouns of the PKS API have the verbs that the API supports', () => {
  const typed = verbs.map((verb) => verb.typed);
  const profiles = ['network', 'kubernetes', 'compute'].map((kind) => `${kind}-profile`);
  expect(typed.filter((words) => words.startsWith('cluster '))).toHaveLength(8);
  expect(typed).toEqual(
    expect.arrayContaining([
      ...['list', 'show', 'create', 'update', 'delete'].map((verb) => `quota ${verb}`),
      ...profiles.flatMap((noun) =>
        ['list', 'show', 'create', 'delete'].map((verb) => `${noun} ${verb}`),
      ),
      ...['task list', 'task show', 'task cancel', 'context list'],
      ...['user', 'group', 'client', 'target'].map((noun) => `uaa ${noun} list`),
    ]),
  );
});

test.each(verbs)('tpks $typed is tpks $command', async ({ typed, command }) => {
  const { code, stdout } = await run(`${typed} --help`);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: tpks ${typed} `));
  // The noun itself also lists its verbs.
  const page = (await run(`${command} --help`)).stdout.replace(/Verbs:\n(?: .*\n)+\n/, '');
  const squeeze = (text: string) => withoutUsage(text).replaceAll(/\s+/g, ' ');
  expect(squeeze(stdout)).toBe(squeeze(page));
});

test('help COMMAND shows the page of a verb', async () => {
  const { stdout } = await run('help cluster create');
  expect(stdout).toBe((await run('cluster create --help')).stdout);
});

describe('the help of a noun', () => {
  test('shows how to use it with a name, and its verbs', async () => {
    const { stdout } = await run('cluster --help');
    expect(stdout).toMatch(/^Usage: tpks cluster\|show-cluster \[options\] <name>\n/);
    expect(stdout).toContain('\n  --details ');
    expect(stdout).toMatch(/\nVerbs:\n {2}tpks cluster list +list clusters\n/);
    expect(stdout).toContain('\n  $ tpks cluster dev-1\n');
    expect((await run('cluster dev-1 --help')).stdout).toBe(stdout);
  });

  test('lists a verb once among the commands of a group', async () => {
    for (const [group, summary] of [
      ['context', 'list the contexts'],
      ['uaa user', 'list users'],
    ] as const) {
      const { stdout } = await run(`${group} --help`);
      expect(stdout.match(/^ {2}list .*/gm)).toEqual([expect.stringContaining(summary)]);
    }
  });
});

describe('verbs', () => {
  test.each([
    ['cluster', 'Missing cluster name', 'usage: tpks cluster [options] <name>'],
    ['cluster create', 'Missing cluster name', 'usage: tpks cluster create [options] <name>'],
    ['cluster list -o nope', '--output: nope', 'tpks cluster list --help'],
    ['-o nope cluster list', '--output: nope', 'tpks cluster list --help'],
    ['cluster list --nope', '--nope', 'tpks cluster list --help'],
    ['cluster list --details', '--details', 'tpks cluster list --help'],
    ['uaa user lst', "unknown command 'lst'", 'did you mean: tpks uaa user list'],
  ])('have the usage errors of commands: "%s"', async (line, message, hint) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`Hint: ${hint}\n`);
  });

  test.each(['pks', 'tkgi'])('are names for the link %s', async (link) => {
    for (const { typed } of verbs.filter((verb) => !verb.typed.startsWith('context'))) {
      const { stdout } = await run(`${typed} --help`, link);
      expect(stdout).not.toContain(`Usage: ${link} ${typed} `);
      expect(stdout).not.toContain('Verbs:');
    }
  });

  test('are not commands of the link uaac', async () => {
    expect(await run('user list', 'uaac')).toMatchObject({
      code: 1,
      stdout: 'uaac: subcommand not found\n',
    });
    expect((await run('user --help', 'uaac')).stdout).not.toMatch(/^ {2}list\b/m);
  });
});
