import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { shownResources } from '../../support/commands/shown-resources.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { createUser } from '../../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../../support/servers/sandbox.js';

// Scripts parse the text in a pipe, and users of the links expect the original layout. The snapshots contain what
// tpks 0.2 printed before it had a layout for terminals.

const snapshots = readFileSync(
  'test/unit/cli/__snapshots__/run.original-layout.test.ts.snap',
  'utf8',
);
const clock = fixedClock();
const user = createUser();
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox({ now: () => clock.now().getTime() });
  await sandbox.login(user, 'alana');
  const env = { PKS_USER_PASSWORD: 'alana-password' };
  for (const words of [
    'get-credentials dev-1',
    'create-quota cody --cpu 4 --memory 5.5 --clusters 9',
    'uaa token client get admin -s adminsecret --store file --name admin',
    'uaa group map --name pks.clusters.manage cn=ops',
    'uaa context admin',
  ]) {
    const { code, stderr } = await user.tpks(words.split(' '), { env, clock });
    expect({ words, code, stderr }).toMatchObject({ words, code: 0 });
  }
});
afterAll(() => sandbox.close());

/** Replaces what differs between runs with text of the same length. */
function withoutRandomText(text: string): string {
  return text
    .replaceAll(dirname(user.home), '/home/user')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'u'.repeat(36))
    .replaceAll(/(?<=localhost:)\d{5}/g, 'PORTS')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} [+\w]+/g, 'DAY, DD MON YEAR TIME ZONE')
    .replaceAll(/(?<=rev_sig: +)\w+/g, 'xxxxxxxx')
    .replaceAll(/\b[\da-f]{32}\b/g, 'h'.repeat(32))
    .replaceAll(/[\w+/=-]{40,}/g, 'LONG');
}

async function run(
  words: string,
  options: { programName?: string; terminalColumns?: number } = {},
) {
  const { code, stdout } = await user.tpks(words.split(' ').filter(Boolean), { ...options, clock });
  return `exit ${String(code)}\n${withoutRandomText(stdout)}`;
}

const commands = Object.entries(shownResources)
  .map(([words, [args]]) => `${words} ${args}`.trim())
  // Prints a key that differs between installations.
  .filter((words) => words !== 'uaa signing key')
  // The others are newer than this layout.
  .filter((words) => snapshots.includes(`tpks ${words} in a pipe 1`));

const uaacCommands = commands
  .filter((words) => words.startsWith('uaa '))
  .map((words) => words.replace('uaa ', ''));

describe('text that was printed before the layout for terminals', () => {
  test.each(commands)('tpks %s in a pipe', async (words) => {
    expect(await run(words)).toMatchSnapshot();
  });

  test.each(commands)('pks %s on a terminal', async (words) => {
    const onTerminal = await run(words, { programName: 'pks', terminalColumns: 60 });
    expect(onTerminal).toMatchSnapshot();
  });

  test.each(uaacCommands)('uaac %s on a terminal', async (words) => {
    expect(await run(words, { programName: 'uaac', terminalColumns: 60 })).toMatchSnapshot();
  });
});
