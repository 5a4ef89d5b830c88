import { describe, expect, test } from '@jest/globals';
import { topics } from '../../../src/commands/help-topics.js';
import { contents } from '../../../src/commands/index.js';
import { createUser } from '../../support/program/cli.js';

const user = createUser();
const run = (line: string, programName = 'tpks') =>
  user.tpks(line.split(' ').filter(Boolean), { programName });

/** The lines of a section, without the title. */
const linesOf = (text: string, title: string) =>
  text
    .split('\n\n')
    .find((section) => section.startsWith(title))
    ?.trimEnd()
    .split('\n')
    .slice(1) ?? [];

/** The first word of each line that describes something. */
const termsOf = (text: string) => [...text.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, term]) => term);

describe('the root help', () => {
  test('is shown by help, -h, --help and without words', async () => {
    const { stdout } = await run('--help');
    for (const line of ['', '-h', 'help']) {
      expect(await run(line)).toEqual({ code: 0, stdout, stderr: '' });
    }
  });

  test('begins with the commands to log in, list clusters and use kubectl', async () => {
    const lines = (await run('')).stdout.split('\n').slice(0, 4);
    expect(lines).toEqual([
      'Log in:         tpks login -a api.example.com',
      'List clusters:  tpks clusters',
      'Use kubectl:    tpks get-credentials CLUSTER',
      '',
    ]);
    for (const line of lines.slice(0, 3)) {
      const [, name = ''] = /tpks (\S+)/.exec(line) ?? [];
      expect(contents.map((entry) => entry.name)).toContain(name);
    }
  });

  test('describes ten commands, and has one line for each group', async () => {
    const { stdout } = await run('');
    expect(linesOf(stdout, 'Common commands:')).toHaveLength(10);
    const headings = new Set(contents.map(({ heading = '' }) => heading.replace(/:$/, '')));
    const groups = linesOf(stdout, 'Commands by group');
    expect(groups.map((line) => line.slice(2, 17).trim())).toEqual([...headings]);
  });

  test('fits on a screen with 35 lines and 80 columns', async () => {
    const lines = (await run('')).stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(35);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('help', () => {
  test('commands lists all commands in their sections', async () => {
    const { code, stdout } = await run('help commands');
    expect(code).toBe(0);
    expect(termsOf(stdout)).toEqual(contents.map(({ name }) => name));
    const headings = [...new Set(contents.map(({ heading = '' }) => heading))];
    expect(stdout.split('\n').filter((line) => line.endsWith(':'))).toEqual(headings);
  });

  test('topics lists the topics', async () => {
    expect(termsOf((await run('help topics')).stdout)).toEqual(topics.map(({ name }) => name));
  });

  test('options lists the global options', async () => {
    const { stdout } = await run('help options');
    expect(stdout).toContain('\n  -o, --output <format>  output format');
    expect(stdout).toContain('\n  --timeout <seconds>    time limit for each request');
    expect(stdout).toContain('\n  -h, --help             show help');
  });

  test('prints its lists as JSON', async () => {
    const { stdout } = await run('help commands --json');
    const { commands } = JSON.parse(stdout) as { readonly commands: readonly unknown[] };
    expect(commands).toHaveLength(contents.length);
    expect(commands).toContainEqual({ name: 'clusters', summary: 'list clusters' });
  });

  test('lists all commands if an option precedes it', async () => {
    const { code, stdout } = await run('--no-color help');
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await run('help commands')).stdout });
  });

  test.each(['quotas', 'doctor', 'contexts'])(
    '%s shows the topic and refers to the help of the command',
    async (name) => {
      const { code, stdout } = await run(`help ${name}`);
      expect(code).toBe(0);
      expect(stdout).not.toContain('Usage:');
      expect(stdout).toMatch(new RegExp(`run "tpks ${name} --help"\\.\n$`));
    },
  );

  test('completes its lists and topics', async () => {
    const { stdout } = await run('__complete -- help to');
    expect(stdout).toBe('topics\n:none\n');
    expect((await run('__complete -- help com')).stdout).toBe('commands\n:none\n');
  });
});

test('a link named pks has the same help, with its own name', async () => {
  const { stdout } = await run('', 'pks');
  const expected = (await run('')).stdout.replaceAll(/\btpks(?! cluster create)/g, 'pks');
  expect(stdout).toBe(expected);
  expect((await run('help quotas', 'pks')).stdout).toContain('pks quota OWNER');
  expect((await run('help topics', 'pks')).code).toBe(0);
});
