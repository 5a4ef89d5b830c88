import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  clusterOptions,
  quotaOptions,
  writeMatrix,
  type ProfileKind,
  type ResourceKind,
} from '../support/commands/write-matrix.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUserRunner, outcomeOf, users, type User } from '../support/fixtures/users.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/**
 * Runs every command that changes something as four users with different scopes. The tests use the
 * sandbox's UAA, or a real one if its address is set.
 * @see docs/contributing/servers/pks-api.md#scopes
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

async function runOrThrow(owner: User, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runAs(owner, words);
  if (code !== 0) throw new Error(`${owner} cannot create it: ${stderr}`);
  return stdout;
}

/** Creates a resource. @returns the argument that identifies it. */
async function create(kind: ResourceKind, name: string, owner: User): Promise<string> {
  switch (kind) {
    case 'cluster':
      await runOrThrow(owner, ['create-cluster', name, ...clusterOptions]);
      return name;
    case 'task': {
      const cluster = await create('cluster', name, owner);
      const words = ['upgrade-clusters', '--clusters', cluster, '--json'];
      return (JSON.parse(await runOrThrow(owner, words)) as { uuid: string }).uuid;
    }
    case 'quota':
      await runOrThrow(owner, ['create-quota', name, ...quotaOptions]);
      return name;
    case 'network':
    case 'compute':
    case 'kubernetes':
      await runOrThrow(owner, [`create-${kind}-profile`, writeProfile(kind, name)]);
      return name;
  }
}

function writeProfile(kind: ProfileKind, name: string): string {
  const parameters = {
    network: { parameters: { lb_size: 'small' } },
    compute: { parameters: { azs: [{ name: 'z1', cpi: 'abc', cloud_properties: {} }] } },
    kubernetes: { customizations: [{ component: 'kubelet', arguments: { 'max-pods': '99' } }] },
  }[kind];
  return folder.write(`${kind}-${name}.json`, JSON.stringify({ name, ...parameters }));
}

test.each(writeMatrix)(
  '$command with $subject: $outcomes for alana, cody, naomi and dana',
  async (row) => {
    const { command, outcomes, words, target } = row;
    const found: (string | number)[] = [];
    let argument = '';
    // Starts with the user who has the fewest permissions. An unchanged resource is used again for the next user.
    for (const user of users.toReversed()) {
      const name = `m${String(writeMatrix.indexOf(row))}-${user}`;
      if (found.length === 0 || found[0] === 'done') {
        argument = target === undefined ? name : await create(target.kind, name, target.owner);
      }
      found.unshift(outcomeOf(await runAs(user, [command, ...words(argument, writeProfile)])));
    }
    expect(found).toEqual(outcomes);
  },
);
