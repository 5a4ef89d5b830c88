import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { isOtherProgram, preloadVariables } from '../support/program/spawned.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
const cody = createUser();
const hook = fileURLToPath(new URL('../support/preload/provoke-bug.cjs', import.meta.url));
const env = preloadVariables(hook);

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(cody, 'cody');
});
afterAll(() => sandbox.close());

/** The source lines that a stack trace names, from the innermost call outwards. */
function sourceLines(stderr: string): readonly (string | undefined)[] {
  const frames = [...stderr.matchAll(/^ +at .*?(src\/[\w/-]+\.ts):(\d+):\d+\)?$/gm)];
  return frames.map(([, path = '', line]) => {
    const source = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    return source.split('\n')[Number(line) - 1];
  });
}

test('the stack trace of a bug names the lines of the source files', async () => {
  const { code, stderr } = await cody.spawn(['contexts', '--trace'], { env });
  expect(code).toBe(1);
  const [first, second] = sourceLines(stderr);
  // The standalone binary omits the first line, because its runtime reuses the frame of a tail call.
  if (!isOtherProgram) expect(first).toContain('URL.canParse(');
  expect(isOtherProgram ? first : second).toContain('safeParse(');
  expect(stderr).not.toContain('.cjs:1:');
});

test('without --trace, the report of a bug has no stack trace', async () => {
  const { stderr } = await cody.spawn(['contexts'], { env });
  expect(stderr).toBe(
    '\nError: Internal tpks error: provoked\n' +
      'Hint: this is a bug in tpks; run the command again with --trace and report the output\n',
  );
});
