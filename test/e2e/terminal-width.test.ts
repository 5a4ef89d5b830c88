import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { contents } from '../../src/commands/index.js';
import { displayWidth } from '../../src/platform/terminal/lines.js';
import { listCommands } from '../support/commands/leaves.js';
import { shownResources } from '../support/commands/shown-resources.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser } from '../support/program/cli.js';
import { spawnPty } from '../support/program/pty.js';
import { programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const user = createUser();
const folder = fileFolder();
let sandbox: TestSandbox;

const longName = 'production-cluster-of-the-payments-department-in-frankfurt';
const wideName = '\u96c6\u7fa4\u7ba1\u7406\u54e1'.repeat(6);
const longText = `${'a long description '.repeat(6)}${wideName}`;

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
  await sandbox.login(user, 'alana');
  const profile = folder.write(
    'profile.json',
    JSON.stringify({
      name: longName,
      description: longText,
      customizations: [{ component: 'kubelet', arguments: { 'max-pods': longText } }],
    }),
  );
  const network = folder.write(
    'network.json',
    JSON.stringify({
      name: longName,
      description: longText,
      parameters: { t0_router_id: longText },
    }),
  );
  for (const words of [
    ['get-credentials', 'dev-1'],
    ['create-cluster', longName, '-e', `${longName}.example.com`, '-p', 'small', '--wait'],
    ['create-quota', wideName, '--cpu', '4', '--memory', '5.5', '--clusters', '9'],
    ['create-quota', 'cody', '--cpu', '4', '--memory', '5.5', '--clusters', '9'],
    ['create-kubernetes-profile', profile],
    ['create-network-profile', network],
    [...'uaa token client get admin -s adminsecret --store file --name'.split(' '), wideName],
    [...'uaa user add'.split(' '), longName, '--emails', `${longName}@example.com`, '-p', 'p'],
    [...'uaa user add'.split(' '), wideName, '--emails', 'wide@example.com', '-p', 'p'],
    [...'uaa group add'.split(' '), wideName, '--description', longText],
    [...'uaa member add pks.clusters.manage'.split(' '), longName, wideName],
    [...'uaa member add'.split(' '), wideName, 'cody'],
    [
      ...'uaa client add'.split(' '),
      longName,
      '-s',
      's',
      '--scope',
      'openid',
      '--redirect_uri',
      `https://${longName}.example.com/**`,
      '--authorized_grant_types',
      'authorization_code',
    ],
    'uaa trust add app --github octo/app --ref main --yes'.split(' '),
    [
      ...'uaa group map --name pks.clusters.manage'.split(' '),
      `cn=${longName},ou=groups,dc=example`,
    ],
  ]) {
    const env = { PKS_USER_PASSWORD: 'alana-password' };
    const { code, stderr } = await user.tpks(words, { env });
    expect({ words, code, stderr }).toMatchObject({ words, code: 0 });
  }
});
afterAll(() => sandbox.close());

/** Commands that show a list or the details of a resource. */
const commandLines = [
  ...Object.entries(shownResources).map(([words, [args]]) => `${words} ${args}`.trim()),
  ...['clusters', 'tasks', 'plans', 'uaa users', 'uaa groups'].map((words) => `${words} -o wide`),
  'clusters --columns name,status,plan-name,uuid,description',
  `cluster ${longName}`,
  'cluster prod-1 --details',
  `kubernetes-profile ${longName}`,
  `network-profile ${longName}`,
  `uaa user get ${longName}`,
  `uaa user get ${wideName}`,
  `uaa group get ${wideName}`,
  `uaa members ${wideName}`,
  `uaa client get ${longName}`,
  'uaa users -a userName,id,emails',
];

/** Runs all commands in one pseudoterminal. Returns the lines that each command prints. */
async function runAll(columns: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const program = programWords().map(quote).join(' ');
  const script = commandLines
    .map((words) => `echo ${quote(`>>> ${words}`)}; ${program} ${words}; echo "exit $?"`)
    .join('\n');
  const env = { ...user.env, TERM: 'xterm-256color' };
  const pty = spawnPty('bash', ['-c', script], { env, columns });
  expect(await pty.exited).toBe(0);
  const sections = stripVTControlCharacters(pty.screen()).replaceAll('\r', '').split('>>> ');
  return new Map(
    sections.slice(1).map((section) => {
      const [words = '', ...lines] = section.trimEnd().split('\n');
      return [words, lines];
    }),
  );
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const leaves = await listCommands(contents);

function isList(commandLine: string): boolean {
  const leaf = leaves
    .filter(({ words }) => `${commandLine} `.startsWith(`${words} `))
    .sort((one, other) => other.words.length - one.words.length)[0];
  return leaf?.entry.summary.startsWith('list') === true || leaf?.words === 'uaa user ids';
}

/** Whether a line of details is too long only because of a word that cannot be broken, e.g. an ID. */
function hasLongWord(line: string, columns: number): boolean {
  const indent = /^ *(?:\S.*?: +)?/.exec(line)?.[0].length ?? 0;
  const words = line.slice(indent).split(' ');
  return words.length === 1 && indent + displayWidth(words[0] ?? '') > columns;
}

/** The headings of lists, by width. Without this test, a list that shows only names would fit, too. */
const headings: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  60: {
    clusters: 'NAME STATUS WORKERS UPGRADE TO',
    tasks: 'ID STATUS CLUSTERS',
    'uaa users': 'NAME STATUS ORIGIN LAST LOGIN AGE',
  },
  80: {
    clusters: 'NAME STATUS WORKERS PLAN KUBERNETES UPGRADE TO',
    'clusters -o wide': 'NAME STATUS WORKERS UUID',
    tasks: 'ID STATUS TYPE CLUSTERS AGE',
    'plans -o wide': 'NAME WORKERS MASTERS ID DESCRIPTION',
    'uaa users': 'NAME STATUS ORIGIN EMAIL LAST LOGIN AGE',
  },
  120: { clusters: 'NAME STATUS WORKERS PLAN KUBERNETES UPGRADE TO ACTION' },
  200: {
    clusters: 'NAME STATUS WORKERS PLAN KUBERNETES UPGRADE TO ACTION',
    'clusters -o wide': 'NAME STATUS WORKERS PLAN KUBERNETES UPGRADE TO ACTION UUID MASTER HOST',
    plans: 'NAME WORKERS MASTERS',
    'uaa users -o wide': 'NAME STATUS ORIGIN EMAIL LAST LOGIN AGE ID',
  },
};

describeIfPart('pty', 'on a terminal', () => {
  const widths = [60, 80, 120, 200];
  const runs = new Map<number, ReadonlyMap<string, readonly string[]>>();
  beforeAll(async () => {
    await Promise.all(widths.map(async (columns) => runs.set(columns, await runAll(columns))));
    // More than 200 processes, on a busy machine.
  }, 300_000);

  test.each(widths)('every list and detail fits %d columns', (columns) => {
    const outputs = runs.get(columns) ?? new Map<string, readonly string[]>();
    expect([...outputs.keys()]).toEqual(commandLines);
    const tooWide = [...outputs].flatMap(([words, lines]) =>
      lines
        .filter((line) => displayWidth(line) > columns)
        .filter((line) => isList(words) || !hasLongWord(line, columns))
        .map((line) => `${words}: ${line}`),
    );
    expect(tooWide).toEqual([]);
    for (const [words, heading] of Object.entries(headings[columns] ?? {})) {
      expect([words, outputs.get(words)?.[0]?.replaceAll(/ +/g, ' ')]).toEqual([words, heading]);
    }
    const failed = [...outputs].filter(([, lines]) => lines.at(-1) !== 'exit 0');
    expect(failed).toEqual([]);
  });
});
