import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser } from '../support/program/cli.js';
import { programWords } from '../support/program/spawned.js';
import { withFullDisk, withReadOnlyFolder } from '../support/runner/odd-disk.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { rawRequest } from '../support/servers/raw-request.js';

const folder = fileFolder();
const operator = createUser();
const words = ['sandbox', '--api-port', '0', '--uaa-port', '0'];

const started: ChildProcess[] = [];

/** Starts a sandbox in a separate process, and waits until it is ready. */
async function startSandbox(options: readonly string[]) {
  const [command, ...args] = programWords();
  const child = spawn(command, [...args, ...words, '--json', ...options], {
    env: operator.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { uaa: string; caCert: string }) };
}

/** Creates a group at the UAA; responds with 409 if the group exists. */
async function createGroup({ uaa, caCert }: Pick<Sandbox, 'uaa' | 'caCert'>) {
  const ca = readFileSync(caCert, 'utf8');
  const credentials = { client_id: 'admin', client_secret: 'adminsecret' };
  const form = { grant_type: 'client_credentials', ...credentials };
  const token = await rawRequest({ url: `${uaa}/oauth/token`, ca, form });
  const bearer = String(token.json()['access_token']);
  return rawRequest({ url: `${uaa}/Groups`, ca, bearer, json: { displayName: 'team' } });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

/** Returns the error of a sandbox that does not start. */
async function failToStart(
  options: readonly string[],
  expectedCode: number,
  through: readonly string[] = [],
): Promise<{ message: string; hint: string }> {
  const failed = await operator.spawn([...words, '--json', ...options], { through });
  expect({ ...failed, stderr: '' }).toMatchObject({ code: expectedCode, stdout: '' });
  return (JSON.parse(failed.stderr) as { error: { message: string; hint: string } }).error;
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) await stop(child, 'SIGKILL');
  }
});

test('a folder is used by one sandbox at a time, and SIGTERM saves the last changes', async () => {
  const dir = ['--dir', join(folder.path, 'shared')];
  const first = await startSandbox(dir);
  expect((await createGroup(first)).status).toBe(201);
  const pid = String(first.child.pid);
  expect(await failToStart(dir, 1)).toMatchObject({
    message: expect.stringContaining(`is in use by another sandbox (process ${pid})`),
    hint: `stop that sandbox: kill ${pid}`,
  });
  await stop(first.child, 'SIGTERM');
  const second = await startSandbox(dir);
  expect((await createGroup(second)).status).toBe(409);
  await stop(second.child, 'SIGKILL');
  const third = await startSandbox(dir);
  expect(third.caCert).toBe(first.caCert);
});

test('a folder that other users can write to is rejected with a command that fixes it', async () => {
  const path = join(folder.path, 'writable');
  mkdirSync(path);
  chmodSync(path, 0o777);
  const dir = ['--dir', path];
  const { message, hint } = await failToStart(dir, 7);
  expect(message).toBe(`Other users can write to ${path}`);
  const [, command = ''] = /^(chmod .*?),/.exec(hint) ?? [];
  execFileSync('sh', ['-c', command]);
  await startSandbox(dir);
});

test('an external UAA that rejects the secret of pks_client is reported at the start', async () => {
  const { uaa, caCert } = await startSandbox(['--dir', join(folder.path, 'uaa')]);
  const { message, hint } = await failToStart(['--uaa', uaa, '--uaa-ca', caCert], 4);
  expect(message).toBe(
    `The UAA ${uaa} rejected the client pks_client, its secret or its authorities`,
  );
  expect(hint).toContain('tpks uaa secret set pks_client');
});

test('the folder of a sandbox without --dir is deleted when it stops', async () => {
  const { child, caCert } = await startSandbox([]);
  expect(existsSync(caCert)).toBe(true);
  await stop(child, 'SIGINT');
  expect(existsSync(dirname(caCert))).toBe(false);
});

test('data that cannot be saved at the end is reported with the path', async () => {
  const dir = join(folder.path, 'replaced');
  const sandbox = await startSandbox(['--dir', dir]);
  const state = join(dir, 'state.json');
  rmSync(state);
  mkdirSync(state);
  await createGroup(sandbox);
  const closed = once(sandbox.child, 'close');
  sandbox.child.kill('SIGTERM');
  expect(await closed).toEqual([7, null]);
});

test('the command in the hint for a damaged file keeps the file, and the sandbox starts again', async () => {
  const dir = join(folder.path, "it's damaged");
  mkdirSync(dir, { mode: 0o700 });
  const state = join(dir, 'state.json');
  writeFileSync(state, 'damaged\n', { mode: 0o600 });
  const { message, hint } = await failToStart(['--dir', dir], 1);
  expect(message).toMatch(/^Cannot read .*: it is damaged/);
  expect(readFileSync(state, 'utf8')).toBe('damaged\n');
  const [, command = ''] =
    /^move the file away, then start the sandbox again: (mv .*)$/.exec(hint) ?? [];
  execFileSync('sh', ['-c', command]);
  await startSandbox(['--dir', dir]);
  expect(readFileSync(`${state}.bad`, 'utf8')).toBe('damaged\n');
});

describeIfPart('mount', 'a disk that cannot be written', () => {
  test.each([
    ['a new folder', undefined],
    ['the folder of a killed sandbox', '{}'],
  ])('is reported with the path and the next command for %s', async (name, lock) => {
    const dir = join(folder.path, name);
    mkdirSync(dir);
    if (lock !== undefined) writeFileSync(join(dir, 'sandbox.lock'), lock);
    expect(await failToStart(['--dir', dir], 7, withReadOnlyFolder(dir))).toMatchObject({
      message: `Cannot write ${join(dir, 'sandbox.lock')}: read-only file system`,
      hint: 'use another folder: tpks sandbox --dir PATH',
    });
  });

  test('with space for only a part of the data does not replace the file', async () => {
    const dir = join(folder.path, 'almost full');
    await stop((await startSandbox(['--dir', dir])).child, 'SIGINT');
    const state = join(dir, 'state.json');
    const content = readFileSync(state, 'utf8');
    const through = withFullDisk(dir, 3 * 4096);
    expect(await failToStart(['--dir', dir], 7, through)).toMatchObject({
      message: `Cannot write ${state}: no space left on device`,
    });
    expect(readFileSync(state, 'utf8')).toBe(content);
  });
});
