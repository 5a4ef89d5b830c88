import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { programWords } from '../support/program/spawned.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  user = createUser();
  await sandbox.login(user, 'alana');
});
afterAll(() => sandbox.close());

/** The exit code of a command whose stdin is a pipe that stays open until after the command. */
async function runWithOpenStdin({ env }: TestUser, words: readonly string[]): Promise<unknown> {
  const [program, ...args] = [...programWords(), ...words];
  const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stdin.destroy();
  return code;
}

test.each([
  [['clusters'], 0],
  [['status'], 0],
  [['token'], 0],
  [['delete-cluster', 'no-such', '--non-interactive'], 1],
])('tpks %j ends while its stdin is still open', async (words, code) => {
  expect(await runWithOpenStdin(user, words)).toBe(code);
});

test('without a session, a deletion fails before it asks for confirmation', async () => {
  expect(await runWithOpenStdin(createUser(), ['delete-cluster', 'dev-1'])).toBe(4);
});
