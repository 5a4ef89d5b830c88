import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { parse } from 'yaml';
import { defineCommand } from '../../src/commands/contents.js';
import { contents } from '../../src/commands/index.js';
import type { Services } from '../../src/services.js';
import { createUser } from '../support/cli.js';
import { listCommands } from '../support/leaves.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

/** Commands with such a summary that do not show resources. */
const others: Readonly<Record<string, string>> = {
  help: 'shows pages of text',
  'uaa plan': 'shows changes, which have no names',
};

/** Arguments of each command that lists or shows resources, and one of the names that it prints. */
const commands: Readonly<Record<string, readonly [args: string, name: string | RegExp]>> = {
  status: ['', 'alana@localhost'],
  'context show': ['', 'alana@localhost'],
  contexts: ['', 'alana@localhost'],
  clusters: ['', 'dev-1'],
  cluster: ['dev-1', 'dev-1'],
  'kubeconfig list': ['', 'dev-1'],
  plans: ['', 'small'],
  tasks: ['', taskId()],
  task: [taskId(), taskId()],
  'network-profiles': ['', 'np-prod'],
  'network-profile': ['np-prod', 'np-prod'],
  'kubernetes-profiles': ['', 'audited'],
  'kubernetes-profile': ['audited', 'audited'],
  'compute-profiles': ['', 'three-zones'],
  'compute-profile': ['three-zones', 'three-zones'],
  quotas: ['', 'cody'],
  quota: ['cody', 'cody'],
  usages: ['', 'cody'],
  usage: ['cody', 'cody'],
  'uaa target': ['', /^https:\/\/localhost:\d+$/],
  'uaa targets': ['', /^https:\/\/localhost:\d+$/],
  'uaa context': ['', 'admin'],
  'uaa contexts': ['', 'alana@localhost'],
  'uaa info': ['', /^https:\/\/localhost:\d+$/],
  'uaa me': ['--context alana', 'alana'],
  'uaa prompts': ['', 'password'],
  'uaa signing key': ['', /^[\w-]+$/],
  'uaa token decode': ['', /^[\w-]+$/],
  'uaa token list': ['--client admin', /^[\w-]+$/],
  'uaa users': ['', 'cody'],
  'uaa user get': ['cody', 'cody'],
  'uaa user ids': ['cody', /^[\da-f-]{36}$/],
  'uaa groups': ['', 'pks.clusters.manage'],
  'uaa group get': ['pks.clusters.manage', 'pks.clusters.manage'],
  'uaa group mappings': ['', 'cn=ops'],
  'uaa members': ['pks.clusters.manage', 'cody'],
  'uaa clients': ['', 'pks_cli'],
  'uaa client get': ['pks_cli', 'pks_cli'],
  'uaa idps': ['', 'uaa'],
  'uaa idp get': ['uaa', 'uaa'],
  'uaa zones': ['', 'uaa'],
};

function taskId(): string {
  return 'd772aba0-2670-4fba-b26c-044b19d6ab60';
}

const visibleCommands = (await listCommands(contents)).filter(
  ({ words, entry }) => /^(?:list|show)\b/.test(entry.summary) && !Object.hasOwn(others, words),
);

const alana = createUser();
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(alana, 'alana');
  const env = { PKS_USER_PASSWORD: 'alana-password' };
  for (const words of [
    'get-credentials dev-1',
    'create-quota cody --cpu 4 --memory 5.5 --clusters 9',
    'uaa token client get admin -s adminsecret --store file --name admin',
    'uaa group map --name pks.clusters.manage cn=ops',
    // The UAA stores only opaque tokens.
    'uaa token client get admin -s adminsecret --store file --name opaque --format opaque',
    'uaa context admin',
  ]) {
    const { code, stderr } = await alana.tpks(words.split(' '), { env });
    expect({ words, code, stderr }).toMatchObject({ words, code: 0 });
  }
});
afterAll(() => sandbox.close());

test('the summary of every command that lists or shows resources says so', async () => {
  const tested = Object.keys(commands);
  const known = (await listCommands(contents)).map(({ words }) => words);
  expect(known).toEqual(expect.arrayContaining([...tested, ...Object.keys(others)]));
  expect(visibleCommands.map(({ words }) => words).sort()).toEqual(tested.sort());
});

describe.each(visibleCommands.map(({ words, entry, part }) => ({ words, entry, part })))(
  'tpks $words',
  ({ words, entry, part }) => {
    const run = (...flags: string[]) => {
      const [args = ''] = commands[words] ?? [];
      return alana.tpks([...words.split(' '), ...args.split(' ').filter(Boolean), ...flags]);
    };

    test('names the formats in its help', () => {
      const command = new Command(words);
      // Defining a command does not use the services.
      defineCommand(command, part, {} as Services);
      const output = command.options.find(({ long }) => long === '--output');
      const isList = entry.summary.startsWith('list') || words === 'uaa user ids';
      expect({ hidden: output?.hidden, formats: output?.argChoices }).toEqual({
        hidden: false,
        formats: isList ? ['table', 'wide', 'json', 'yaml', 'name'] : ['json', 'yaml', 'name'],
      });
    });

    test('prints the same data as JSON and YAML', async () => {
      const json = await run('-o', 'json');
      expect(json.code).toBe(0);
      const yaml = await run('-o', 'yaml');
      expect(withoutTimes(parse(yaml.stdout))).toEqual(withoutTimes(JSON.parse(json.stdout)));
    });

    test('prints one name per line', async () => {
      const [, name = ''] = commands[words] ?? [];
      const { code, stdout } = await run('-o', 'name');
      expect(code).toBe(0);
      const lines = stdout.replace(/\n$/, '').split('\n');
      expect(lines.filter((line) => !/^\S+$/.test(line))).toEqual([]);
      expect(lines).toContainEqual(typeof name === 'string' ? name : expect.stringMatching(name));
    });
  },
);

/** Removes a value that changes with the time of the run. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) =>
    key === 'clockOffsetSeconds' ? undefined : member,
  );
}
