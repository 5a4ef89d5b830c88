import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { contents } from '../../src/commands/index.js';
import { parseCsv } from '../support/checks/csv.js';
import { listCommands } from '../support/commands/leaves.js';
import { isListCommand, shownResources } from '../support/commands/shown-resources.js';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const commands = (await listCommands(contents)).filter(({ words }) =>
  Object.hasOwn(shownResources, words),
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
    'uaa trust add app --github octo/app --ref main --yes',
  ]) {
    const { code, stderr } = await alana.tpks(words.split(' '), { env });
    expect({ words, code, stderr }).toMatchObject({ words, code: 0 });
  }
});
afterAll(() => sandbox.close());

describe.each(commands.map(({ words, entry }) => ({ words, entry })))(
  'tpks $words',
  ({ words, entry }) => {
    const isList = isListCommand(words, entry.summary);
    const run = (...flags: string[]) => {
      const [args = ''] = shownResources[words] ?? [];
      return alana.tpks([...words.split(' '), ...args.split(' ').filter(Boolean), ...flags]);
    };

    test('accepts -o csv only if it is a list', async () => {
      const { code, stdout } = await run('-o', 'csv');
      expect(code).toBe(isList ? 0 : 2);
      if (!isList) return;
      const widths = parseCsv(stdout).map((cells) => cells.length);
      expect(widths.length).toBeGreaterThan(1);
      expect(new Set(widths).size).toBe(1);
    });

    test('prints the same data as JSON and YAML', async () => {
      const json = await run('-o', 'json');
      expect(json.code).toBe(0);
      const yaml = await run('-o', 'yaml');
      expect(withoutTimes(parse(yaml.stdout))).toEqual(withoutTimes(JSON.parse(json.stdout)));
    });

    test('prints one name per line', async () => {
      const [, name = ''] = shownResources[words] ?? [];
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
