import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPerson } from '../support/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

/**
 * Four users, every command that changes clusters: what pks-api, section 4, says of scopes. Before
 * the sandbox's own UAA, or before a real one where its address is set.
 */

type User = 'alana' | 'cody' | 'naomi' | 'dana';
type Outcome = 'done' | 'not found' | 'forbidden';

let sandbox: TestSandbox;
const anybody = createPerson();

beforeAll(async () => {
  const { TPKS_CONTRACT_UAA: uaa, TPKS_CONTRACT_UAA_CA: uaaCa } = process.env;
  sandbox = await startTestSandbox({ provisionSeconds: 0, ...(uaa ? { uaa, uaaCa } : {}) });
});
afterAll(() => sandbox.close());

/** Without a login: somebody without a scope would not get through it. */
async function outcome(user: User, words: readonly string[]): Promise<Outcome> {
  const { code, stderr } = await anybody.tpks([...words, '--non-interactive'], {
    env: {
      TPKS_API: sandbox.api,
      TPKS_UAA_URL: sandbox.uaa,
      TPKS_CA_CERT: sandbox.caCert,
      TPKS_USERNAME: user,
      TPKS_PASSWORD: `${user}-password`,
    },
  });
  if (code === 0) return 'done';
  expect(code).toBe(1);
  if (/\nError: Cluster [\w-]+ not found\n/.test(stderr)) return 'not found';
  expect(stderr).toContain('\nError: You do not have enough privileges to perform this action.');
  return 'forbidden';
}

const changes: [name: string, words: (cluster: string) => string[]][] = [
  ['update-cluster', (name) => ['update-cluster', name, '--tags', 'a:b']],
  ['resize', (name) => ['resize', name, '--num-nodes', '2']],
  ['upgrade-cluster', (name) => ['upgrade-cluster', name]],
  ['upgrade-clusters', (name) => ['upgrade-clusters', '--clusters', name]],
];

/** Of clusters of cody’s and of alana’s; the last ones are gone afterwards. */
const users: [user: User, onCodys: Outcome, onAlanas: Outcome, doomed: [string, string]][] = [
  ['naomi', 'forbidden', 'forbidden', ['dev-1', 'prod-1']],
  ['dana', 'forbidden', 'forbidden', ['dev-1', 'prod-1']],
  ['cody', 'done', 'not found', ['dev-3', 'prod-1']],
  ['alana', 'done', 'done', ['dev-2', 'prod-1']],
];

describe.each(users)('%s', (user, onCodys, onAlanas, doomed) => {
  test(`create-cluster: ${onCodys}`, async () => {
    const words = ['create-cluster', `of-${user}`, '-e', 'x.example.com', '-p', 'small'];
    expect(await outcome(user, words)).toBe(onCodys);
  });

  test.each(changes)(`%s of cody’s: ${onCodys}; of alana’s: ${onAlanas}`, async (_name, words) => {
    expect(await outcome(user, words('dev-1'))).toBe(onCodys);
    expect(await outcome(user, words('prod-1'))).toBe(onAlanas);
  });

  test(`delete-cluster of cody’s: ${onCodys}; of alana’s: ${onAlanas}`, async () => {
    expect(await outcome(user, ['delete-cluster', doomed[0]])).toBe(onCodys);
    expect(await outcome(user, ['delete-cluster', doomed[1]])).toBe(onAlanas);
  });
});
