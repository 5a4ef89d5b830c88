import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bin, createPerson, type Person } from '../support/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

let sandbox: TestSandbox;
let person: Person;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  person = createPerson();
  await sandbox.login(person, 'alana');
});
afterAll(() => sandbox.close());

/** The exit code of a command whose stdin is a pipe that stays open until after the command. */
async function withOpenStdin({ env }: Person, words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [bin, ...words], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
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
  expect(await withOpenStdin(person, words)).toBe(code);
});

test('without a session, a deletion fails before it asks for confirmation', async () => {
  expect(await withOpenStdin(createPerson(), ['delete-cluster', 'dev-1'])).toBe(4);
});
