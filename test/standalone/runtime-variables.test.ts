import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';
import { binary } from './binary.js';

const root = mkdtempSync(join(tmpdir(), 'tpks-variables-'));
const user = createUser();
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await sandbox.close();
});

describe('BUN_CONFIG_VERBOSE_FETCH', () => {
  const env = { BUN_CONFIG_VERBOSE_FETCH: 'curl' };

  test('makes the runtime print headers', () => {
    const script = `
      const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('') });
      await fetch(server.url, { headers: { authorization: 'Bearer secret-token' } });
      await server.stop(true);`;
    const variables = { ...env, BUN_BE_BUN: '1' };
    const output = execFileSync('sh', ['-c', '"$0" -e "$1" 2>&1', binary, script], {
      env: variables,
      encoding: 'utf8',
    });
    expect(output).toContain('secret-token');
  });

  test('does not make tpks print a password or a token', async () => {
    const options = ['--password-stdin', '--store', 'file'];
    const words = ['login', ...sandbox.loginOptions, '-u', 'cody', ...options];
    const login = await user.spawn(words, { env, stdin: 'cody-password\n' });
    expect(login).toMatchObject({ code: 0 });
    const clusters = await user.spawn(['clusters'], { env });
    expect(clusters).toMatchObject({ code: 0, stderr: '' });
    const output = [login, clusters].flatMap(({ stdout, stderr }) => [stdout, stderr]).join('');
    expect(output).not.toMatch(/cody-password|Bearer|authorization|eyJ|curl/i);
  });
});

test('NODE_TLS_REJECT_UNAUTHORIZED does not turn off the verification of certificates', async () => {
  const { api, uaa } = sandbox;
  const words = ['login', '-a', api, '--uaa-url', uaa, '-u', 'cody', '--password-stdin'];
  const options = { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, stdin: 'cody-password\n' };
  const { code, stderr } = await createUser().spawn([...words, '--store', 'file'], options);
  expect(code).toBe(6);
  expect(stderr).toMatch(/^\nError: The certificate of /);
});

test('NODE_OPTIONS is ignored', async () => {
  const marker = join(root, 'marker');
  const script = join(root, 'script.cjs');
  writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`);
  const run = (env: Record<string, string>) => user.spawn(['--version'], { env });
  expect(await run({ NODE_OPTIONS: `--require=${script}` })).toMatchObject({ code: 0 });
  expect(existsSync(marker)).toBe(false);
  // The script works.
  expect(await run({ BUN_OPTIONS: `--preload=${script}` })).toMatchObject({ code: 0 });
  expect(existsSync(marker)).toBe(true);
});
