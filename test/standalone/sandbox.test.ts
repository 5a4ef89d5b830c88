import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { binary } from './binary.js';

interface SandboxInfo {
  readonly api: string;
  readonly uaa: string;
  readonly caCert: string;
}

const user = createUser();
let sandbox: ChildProcess;
let info: SandboxInfo;

beforeAll(async () => {
  sandbox = spawn(binary, ['sandbox', '--api-port', '0', '--uaa-port', '0', '--json'], {
    env: user.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (sandbox.stdout === null) throw new Error('stdout is not a pipe');
  const [line] = (await once(createInterface(sandbox.stdout), 'line')) as [string];
  info = JSON.parse(line) as SandboxInfo;
});
afterAll(() => void sandbox.kill('SIGKILL'));

test('the servers of the sandbox send requests to each other', async () => {
  const { api, uaa, caCert } = info;
  const addresses = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
  const words = ['login', ...addresses, '-u', 'alana', '--password-stdin', '--store', 'file'];
  expect(await user.spawn(words, { stdin: 'alana-password\n' })).toMatchObject({ code: 0 });
  const { code, stdout } = await user.spawn(['clusters', '-o', 'name']);
  expect({ code, names: stdout.trim().split('\n') }).toEqual({
    code: 0,
    names: expect.arrayContaining(['dev-1']),
  });
});

test('the sandbox exits with 0 after Ctrl-C', async () => {
  const exited = once(sandbox, 'exit');
  sandbox.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
});
