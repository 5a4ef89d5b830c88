import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { fileFolder } from '../support/file-folder.js';
import { writingCommands } from '../support/pks-commands.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { createUserRunner, outcomeOf, users, type Outcome, type User } from '../support/users.js';

/**
 * Runs every command that changes something as four users with different scopes. The tests use the
 * sandbox's UAA, or a real one if its address is set.
 * @see pks-api, section 4
 */

const folder = fileFolder();
let sandbox: TestSandbox;
/** Uses credentials from the environment, because a user without a scope cannot log in. */
let runAs: (user: User, words: readonly string[]) => Promise<TpksResult>;

beforeAll(async () => {
  const { TPKS_CONTRACT_UAA: uaa, TPKS_CONTRACT_UAA_CA: uaaCa } = process.env;
  sandbox = await startTestSandbox({ provisionSeconds: 0, ...(uaa ? { uaa, uaaCa } : {}) });
  const run = createUserRunner(createUser().tpks, sandbox);
  runAs = (user, words) => run(user, [...words, '--non-interactive']);
});
afterAll(() => sandbox.close());

/** Creates the resource that a command changes. @returns the argument that identifies it. */
type Create = (name: string, owner: User) => Promise<string>;

async function runOrThrow(owner: User, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runAs(owner, words);
  if (code !== 0) throw new Error(`${owner} cannot create it: ${stderr}`);
  return stdout;
}

const host = ['-e', 'x.example.com', '-p', 'small'];
const limits = ['--cpu', '4', '--memory', '5.5', '--clusters', '10'];

const cluster: Create = async (name, owner) => {
  await runOrThrow(owner, ['create-cluster', name, ...host]);
  return name;
};

const task: Create = async (name, owner) => {
  const words = ['upgrade-clusters', '--clusters', await cluster(name, owner), '--json'];
  return (JSON.parse(await runOrThrow(owner, words)) as { uuid: string }).uuid;
};

const quota: Create = async (name, owner) => {
  await runOrThrow(owner, ['create-quota', name, ...limits]);
  return name;
};

type Kind = 'network' | 'compute' | 'kubernetes';

const profile =
  (kind: Kind): Create =>
  async (name, owner) => {
    await runOrThrow(owner, [`create-${kind}-profile`, file(kind, name)]);
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
  readonly subject: string;
  /** For alana, cody, naomi and dana. */
  readonly outcomes: readonly Outcome[];
  readonly words: (name: string) => readonly string[];
  /** Creates the resource; `undefined` if the command itself creates one. */
  readonly create?: (name: string) => Promise<string>;
}

const managers: Outcome[] = ['done', 'done', 403, 403];
const administrators: Outcome[] = ['done', 403, 403, 403];
const others: Outcome[] = ['done', 404, 403, 403];

/** Managers can change only their own resources. */
const createOwnedRows = (
  command: string,
  create: Create,
  words: (name: string) => string[],
): Row[] => [
  {
    ...{ command, words, subject: 'a resource of cody', outcomes: managers },
    create: (name) => create(name, 'cody'),
  },
  {
    ...{ command, words, subject: 'a resource of alana', outcomes: others },
    create: (name) => create(name, 'alana'),
  },
];

/** The server ignores the owner of the resource. */
const createUnownedRow = (
  command: string,
  create: Create,
  words: (name: string) => string[],
): Row => ({
  ...{ command, words, subject: 'an existing resource', outcomes: administrators },
  create: (name) => create(name, 'alana'),
});

const createNewNameRow = (
  command: string,
  outcomes: Outcome[],
  words: (name: string) => readonly string[],
): Row => ({ command, subject: 'a new name', outcomes, words });

const onlyName = (name: string): string[] => [name];

const matrix: readonly Row[] = [
  createNewNameRow('create-cluster', managers, (name) => [name, ...host]),
  ...createOwnedRows('update-cluster', cluster, (name) => [name, '--tags', 'a:b']),
  ...createOwnedRows('resize', cluster, (name) => [name, '--num-nodes', '2']),
  ...createOwnedRows('upgrade-cluster', cluster, onlyName),
  ...createOwnedRows('upgrade-clusters', cluster, (name) => ['--clusters', name]),
  ...createOwnedRows('delete-cluster', cluster, onlyName),
  ...createOwnedRows('cancel-task', task, onlyName),
  createNewNameRow('create-network-profile', administrators, (name) => [file('network', name)]),
  createUnownedRow('delete-network-profile', profile('network'), onlyName),
  createNewNameRow('create-compute-profile', administrators, (name) => [file('compute', name)]),
  createUnownedRow('delete-compute-profile', profile('compute'), onlyName),
  createNewNameRow('create-kubernetes-profile', managers, (name) => [file('kubernetes', name)]),
  ...createOwnedRows('delete-kubernetes-profile', profile('kubernetes'), onlyName),
  createNewNameRow('create-quota', administrators, (name) => [name, ...limits]),
  createUnownedRow('update-quota', quota, (name) => [name, ...limits]),
  createUnownedRow('delete-quota', quota, onlyName),
];

test('the matrix has every command that changes something, and each has --dry-run', async () => {
  const commands = await writingCommands();
  const names = commands.map((command) => command.name());
  expect([...new Set(matrix.map(({ command }) => command))].sort()).toEqual(names.sort());
  for (const command of commands) {
    expect(command.options.map(({ long }) => long)).toContain('--dry-run');
  }
});

test.each(matrix)(
  '$command with $subject: $outcomes for alana, cody, naomi and dana',
  async (row) => {
    const { command, outcomes, words, create } = row;
    const found: (string | number)[] = [];
    let target = '';
    // The user with the fewest rights first: the next user gets the same resource if it was not changed.
    for (const user of users.toReversed()) {
      const name = `m${String(matrix.indexOf(row))}-${user}`;
      if (found.length === 0 || found[0] === 'done') target = (await create?.(name)) ?? name;
      found.unshift(outcomeOf(await runAs(user, [command, ...words(target)])));
    }
    expect(found).toEqual(outcomes);
  },
);
