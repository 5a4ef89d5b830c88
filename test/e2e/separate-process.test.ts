import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { runHeadless } from '../support/program/headless.js';
import { isOtherProgram, preloadVariables, programWords } from '../support/program/spawned.js';
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
  [['cluster', 'no-such-cluster']],
  [['uaa', 'users', '--json']],
  [['clustesr', '--json']],
  [['--version']],
  [['login', '--help']],
])('%j does the same in this process as in a separate one', async (words) => {
  const { code, stdout, stderr } = await cody.spawn(words);
  expect(await runHeadless(words, { env: cody.env })).toEqual({ code, stdout, stderr });
});

describe('when no pending event can complete a command', () => {
  const silentNetwork = fileURLToPath(
    new URL('../support/preload/silent-network.cjs', import.meta.url),
  );
  const env = preloadVariables(silentNetwork);

  test('a command reports that it ended without a result', async () => {
    expect(await cody.spawn(['clusters'], { env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching('^\nError: tpks clusters ended without a result\nHint: '),
    });
  });
});

/** The exit code of a command with a pipe as stdin that stays open until the command has ended. */
async function runWithOpenStdin({ env }: TestUser, words: readonly string[]): Promise<unknown> {
  const [program, ...args] = [...programWords(), ...words];
  const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stdin.destroy();
  return code;
}

test('commands end while their stdin is still open', async () => {
  expect(
    await Promise.all([
      runWithOpenStdin(cody, ['clusters']),
      runWithOpenStdin(cody, ['delete-cluster', 'no-such', '--non-interactive']),
      // Without a session, a deletion fails before it asks for confirmation.
      runWithOpenStdin(createUser(), ['delete-cluster', 'dev-1']),
    ]),
  ).toEqual([0, 1, 4]);
});

/** The source lines that a stack trace names, from the innermost call outwards. */
function sourceLines(stderr: string): readonly (string | undefined)[] {
  const frames = [...stderr.matchAll(/^ +at .*?(src\/[\w/-]+\.ts):(\d+):\d+\)?$/gm)];
  return frames.map(([, path = '', line]) => {
    const source = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    return source.split('\n')[Number(line) - 1];
  });
}

describe('a bug', () => {
  const hook = fileURLToPath(new URL('../support/preload/provoke-bug.cjs', import.meta.url));
  const env = preloadVariables(hook);

  test('has a stack trace with --trace that names the lines of the source files', async () => {
    const { code, stderr } = await cody.spawn(['contexts', '--trace'], { env });
    expect(code).toBe(1);
    const [first, second] = sourceLines(stderr);
    // The standalone binary omits the first line, because its runtime reuses the frame of a tail call.
    if (!isOtherProgram) expect(first).toContain('URL.canParse(');
    expect(isOtherProgram ? first : second).toContain('safeParse(');
    expect(stderr).not.toContain('.cjs:1:');
  });
});
