import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';
import { binary } from './binary.js';

test('--version names the runtime, and not the version of Node that it imitates', async () => {
  const { stdout } = await createUser().spawn(['--version', '--json']);
  const details = JSON.parse(stdout) as object;
  expect(details).toMatchObject({ bun: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  expect(details).not.toHaveProperty('node');
});

describe('the command that get-credentials writes', () => {
  let sandbox: TestSandbox;
  let user: TestUser;
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    sandbox = await startTestSandbox({ provisionSeconds: 0 });
  });
  afterAll(() => sandbox.close());

  beforeEach(async () => {
    user = createUser();
    folder = join(dirname(user.home), 'programs');
    kubeconfig = join(dirname(user.home), 'kubeconfig');
    mkdirSync(folder);
    const options = [...sandbox.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'];
    await user.spawn(['login', ...options], { stdin: 'cody-password\n' });
  });

  /** Runs `get-credentials` with the program that `PATH` contains by this name, or at this path. */
  async function readCommand(program: string, path = user.env['PATH']) {
    const env = {
      KUBECONFIG: kubeconfig,
      PKS_USER_PASSWORD: 'cody-password',
      TPKS_STORE: 'file',
      PATH: path,
    };
    const words = ['get-credentials', 'dev-1', '--kubeconfig-format', 'exec'];
    const { code, stderr } = await user.spawn(words, { env, link: program, through: ['env'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { users } = parse(readFileSync(kubeconfig, 'utf8')) as {
      readonly users: readonly { readonly user: { readonly exec: { readonly command: string } } }[];
    };
    return users[0]?.user.exec.command;
  }

  test('is tpks if the shell has found it in PATH', async () => {
    symlinkSync(binary, join(folder, 'tpks'));
    expect(await readCommand('tpks', `${folder}:/usr/bin:/bin`)).toBe('tpks');
  });

  test('is the path of the binary outside PATH', async () => {
    expect(await readCommand(binary)).toBe(binary);
  });

  test('is the path of the binary if it was started through a link named pks', async () => {
    symlinkSync(binary, join(folder, 'pks'));
    expect(await readCommand('pks', `${folder}:/usr/bin:/bin`)).toBe(binary);
  });

  test('is the path of a link named tpks outside PATH', async () => {
    const link = join(folder, 'tpks');
    symlinkSync(binary, link);
    expect(await readCommand(link)).toBe(link);
  });
});
