import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { runHeadless } from '../support/program/headless.js';
import { preloadVariables } from '../support/program/spawned.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const cody = createUser();
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(cody, 'cody');
});
afterAll(() => sandbox.close());

test.each([
  [['clusters']],
  [['cluster', 'dev-1', '--json']],
  [['cluster', 'no-such-cluster']],
  [['contexts']],
  [['uaa', 'users', '--json']],
  [['clusters', '--timeout', 'soon']],
  [['clustesr', '--json']],
  [['--version']],
  [['login', '--help']],
  [['help', 'exit-codes']],
  [['__complete', '--', 'uaa', 'user', '']],
])('%j does the same in this process as in a separate one', async (words) => {
  const { code, stdout, stderr } = await cody.spawn(words);
  expect(await runHeadless(words, { env: cody.env })).toEqual({ code, stdout, stderr });
});

describe('when no pending event can complete a command', () => {
  const silentNetwork = fileURLToPath(
    new URL('../support/preload/silent-network.cjs', import.meta.url),
  );
  const env = preloadVariables(silentNetwork);

  test.each([
    [['clusters'], 'tpks clusters'],
    [['delete-cluster', 'dev-1', '--non-interactive'], 'tpks delete-cluster'],
  ])('%j reports that it ended without a result', async (words, command) => {
    expect(await cody.spawn(words, { env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(`^\nError: ${command} ended without a result\nHint: `),
    });
  });

  test('the error is JSON with --json', async () => {
    const { code, stderr } = await cody.spawn(['clusters', '--json'], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'failed', retryable: false } });
  });
});
