import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { fileFolder } from '../support/file-folder.js';
import { writingCommands } from '../support/pks-commands.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { asUser, outcomeOf, users, type Outcome, type User } from '../support/users.js';

/**
 * Four users, every command that changes something: what pks-api, section 4, says of scopes and
 * owners. Before the sandbox's own UAA, or before a real one where its address is set.
 */

const folder = fileFolder();
let sandbox: TestSandbox;
/** Without a login: somebody without a scope would not get through it. */
let as: (user: User, words: readonly string[]) => Promise<TpksResult>;

beforeAll(async () => {
  const { TPKS_CONTRACT_UAA: uaa, TPKS_CONTRACT_UAA_CA: uaaCa } = process.env;
  sandbox = await startTestSandbox({ provisionSeconds: 0, ...(uaa ? { uaa, uaaCa } : {}) });
  const run = asUser(createUser().tpks, sandbox);
  as = (user, words) => run(user, [...words, '--non-interactive']);
});
afterAll(() => sandbox.close());

/** Makes what a command is to change, owned by somebody. @returns how the command names it. */
type Making = (name: string, owner: User) => Promise<string>;

async function made(owner: User, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await as(owner, words);
  if (code !== 0) throw new Error(`${owner} cannot make it: ${stderr}`);
  return stdout;
}

const host = ['-e', 'x.example.com', '-p', 'small'];
const limits = ['--cpu', '4', '--memory', '5.5', '--clusters', '10'];

const cluster: Making = async (name, owner) => {
  await made(owner, ['create-cluster', name, ...host]);
  return name;
};

const task: Making = async (name, owner) => {
  const words = ['upgrade-clusters', '--clusters', await cluster(name, owner), '--json'];
  return (JSON.parse(await made(owner, words)) as { uuid: string }).uuid;
};

const quota: Making = async (name, owner) => {
  await made(owner, ['create-quota', name, ...limits]);
  return name;
};

type Kind = 'network' | 'compute' | 'kubernetes';

const profile =
  (kind: Kind): Making =>
  async (name, owner) => {
    await made(owner, [`create-${kind}-profile`, file(kind, name)]);
    return name;
  };

function file(kind: Kind, name: string): string {
  const parameters = {
    network: { parameters: { lb_size: 'small' } },
    compute: { parameters: { azs: [{ name: 'z1', cpi: 'abc', cloud_properties: {} }] } },
    kubernetes: { customizations: [{ component: 'kubelet', arguments: { 'max-pods': '99' } }] },
  }[kind];
  return folder.write(`${kind}-${name}.json`, JSON.stringify({ name, ...parameters }));
}

interface Row {
  readonly command: string;
  readonly of: string;
  /** For alana, cody, naomi and dana. */
  readonly outcomes: readonly Outcome[];
  readonly words: (name: string) => readonly string[];
  /** Without it the command names what is not there yet. */
  readonly making?: (name: string) => Promise<string>;
}

const managers: Outcome[] = ['done', 'done', 403, 403];
const administrators: Outcome[] = ['done', 403, 403, 403];
const others: Outcome[] = ['done', 404, 403, 403];

/** Managers change what is theirs. */
const owned = (command: string, making: Making, words: (name: string) => string[]): Row[] => [
  {
    ...{ command, words, of: 'cody’s', outcomes: managers },
    making: (name) => making(name, 'cody'),
  },
  {
    ...{ command, words, of: 'alana’s', outcomes: others },
    making: (name) => making(name, 'alana'),
  },
];

/** Whom it belongs to is one to the server. */
const nobodys = (command: string, making: Making, words: (name: string) => string[]): Row => ({
  ...{ command, words, of: 'what is there', outcomes: administrators },
  making: (name) => making(name, 'alana'),
});

const fresh = (
  command: string,
  outcomes: Outcome[],
  words: (name: string) => readonly string[],
): Row => ({ command, of: 'a new name', outcomes, words });

const itself = (name: string): string[] => [name];

const matrix: readonly Row[] = [
  fresh('create-cluster', managers, (name) => [name, ...host]),
  ...owned('update-cluster', cluster, (name) => [name, '--tags', 'a:b']),
  ...owned('resize', cluster, (name) => [name, '--num-nodes', '2']),
  ...owned('upgrade-cluster', cluster, itself),
  ...owned('upgrade-clusters', cluster, (name) => ['--clusters', name]),
  ...owned('delete-cluster', cluster, itself),
  ...owned('cancel-task', task, itself),
  fresh('create-network-profile', administrators, (name) => [file('network', name)]),
  nobodys('delete-network-profile', profile('network'), itself),
  fresh('create-compute-profile', administrators, (name) => [file('compute', name)]),
  nobodys('delete-compute-profile', profile('compute'), itself),
  fresh('create-kubernetes-profile', managers, (name) => [file('kubernetes', name)]),
  ...owned('delete-kubernetes-profile', profile('kubernetes'), itself),
  fresh('create-quota', administrators, (name) => [name, ...limits]),
  nobodys('update-quota', quota, (name) => [name, ...limits]),
  nobodys('delete-quota', quota, itself),
];

test('the matrix has every command that changes something, and each can be tried dry', async () => {
  const commands = await writingCommands();
  const names = commands.map((command) => command.name());
  expect([...new Set(matrix.map(({ command }) => command))].sort()).toEqual(names.sort());
  for (const command of commands) {
    expect(command.options.map(({ long }) => long)).toContain('--dry-run');
  }
});

test.each(matrix)('$command $of: $outcomes', async (row) => {
  const { command, outcomes, words, making } = row;
  const found: (string | number)[] = [];
  let thing = '';
  // The least first: what nobody has changed yet serves for the next one.
  for (const user of users.toReversed()) {
    const name = `m${String(matrix.indexOf(row))}-${user}`;
    if (found.length === 0 || found[0] === 'done') thing = (await making?.(name)) ?? name;
    found.unshift(outcomeOf(await as(user, [command, ...words(thing)])));
  }
  expect(found).toEqual(outcomes);
});
