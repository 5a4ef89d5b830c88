import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import { preloadVariables } from '../support/program/spawned.js';
import { neverRespond } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

let user: TestUser;

beforeEach(() => {
  user = createUser();
});

/** Parses stderr, which must be one line of JSON. */
function readError({ stderr }: TpksResult): unknown {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  const { error } = JSON.parse(stderr) as { readonly error: unknown };
  return error;
}

const cases: readonly (readonly [string, readonly string[], unknown, string])[] = [
  ['a group without a subcommand', ['uaa'], 'Missing subcommand for tpks uaa', 'tpks uaa --help'],
  ['no command', [], 'Missing subcommand for tpks', 'tpks --help'],
  ['an unknown command', ['nosuch'], "unknown command 'nosuch'", 'tpks --help'],
  ['an unknown option', ['clusters', '--nosuch'], 'unknown flag: --nosuch', 'tpks clusters --help'],
  [
    'a missing argument',
    ['context', 'use'],
    'Missing context name',
    'usage: tpks context use [options] <name>\ntpks context use --help',
  ],
  [
    'a global option',
    ['clusters', '--timeout', 'abc'],
    expect.stringMatching(/^Invalid value for --timeout: abc /),
    'tpks clusters --help',
  ],
];

test.each(cases)(
  'errors for %s are JSON, with --json before and after the command',
  async (_case, words, message, hint) => {
    for (const line of [
      [...words, '--json'],
      ['--json', ...words],
    ]) {
      const result = await user.tpks(line);
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(readError(result)).toEqual({
        code: 'usage',
        message,
        hint,
        retryable: false,
        status: null,
      });
    }
  },
);

test.each([[['-o', 'json']], [['-o=json']], [['-ojson']], [['--output=json']]])(
  'errors under %j are JSON',
  async (form) => {
    for (const line of [
      ['uaa', ...form],
      [...form, 'uaa'],
    ]) {
      expect(readError(await user.tpks(line))).toMatchObject({ code: 'usage' });
    }
    const failed = await user.tpks(['clusters', ...form]);
    expect(failed.code).toBe(4);
    expect(readError(failed)).toMatchObject({ code: 'unauthenticated' });
  },
);

test.each([
  [['--nosuch', '--json'], 'unknown flag: --nosuch'],
  [['--timeout', 'abc', '--json'], expect.stringContaining('--timeout: abc')],
  [['clusters', '-o', 'nosuch', '--json'], expect.stringContaining('--output: nosuch')],
])('an invalid global option before --json: %j', async (words, message) => {
  expect(readError(await user.tpks(words))).toMatchObject({ code: 'usage', message });
});

test('a group without a subcommand prints its help without JSON, also with -o yaml on a command', async () => {
  expect(await user.tpks(['uaa'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Usage: tpks uaa /),
  });
  expect((await user.tpks(['clusters', '-o', 'yaml'])).stderr).toMatch(/^\nError: /);
});

describe('with a server that does not respond', () => {
  let front: FaultyInstallation;
  beforeAll(async () => {
    [, front] = await startFaultySandbox();
  });
  afterAll(() => front.close());

  beforeEach(async () => {
    front.reset();
    await front.login(user, 'cody');
    front.reset();
    front.api.setBehaviour(neverRespond);
  });

  test.each(['provoke-bug.cjs', 'provoke-crash.cjs'])(
    'a bug is reported as JSON, and without --json as text (%s)',
    async (file) => {
      const hook = fileURLToPath(new URL(`../support/preload/${file}`, import.meta.url));
      const env = preloadVariables(hook);
      const json = await user.spawn(['clusters', '--json'], { env });
      expect(json).toMatchObject({ code: 1, stdout: '' });
      expect(readError(json)).toMatchObject({
        code: 'failed',
        message: 'Internal tpks error: provoked',
        hint: expect.stringContaining('--trace'),
      });
      const { code, stderr } = await user.spawn(['clusters'], { env });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^\nError: Internal tpks error: provoked\nHint: [^\n]*\n$/);
    },
  );

  test('Ctrl-C is reported as JSON', async () => {
    const result = await spawnAndSignal(user, ['clusters', '-o', 'json'], {
      signal: 'SIGINT',
      when: () => front.api.requests.length === 1,
    });
    expect(result).toMatchObject({ code: 130, stdout: '' });
    expect(readError(result)).toMatchObject({ code: 'cancelled', message: 'Interrupted' });
  });
});
