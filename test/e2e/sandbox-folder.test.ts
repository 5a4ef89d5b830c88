import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import { fileFolder } from '../support/file-folder.js';
import { withFullDisk, withReadOnlyFolder } from '../support/odd-disk.js';
import { describeIfPart } from '../support/optional-part.js';
import { programWords } from '../support/spawned.js';

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

test('a second sandbox in the same folder is refused until the first one ends', async () => {
  const dir = ['--dir', join(folder.path, 'shared')];
  const first = await startSandbox(dir);
  const pid = String(first.child.pid);
  expect(await failToStart(dir, 1)).toMatchObject({
    message: expect.stringContaining(`is in use by another sandbox (process ${pid})`),
    hint: `stop that sandbox: kill ${pid}`,
  });
  await stop(first.child, 'SIGKILL');
  const second = await startSandbox(dir);
  expect(second.caCert).toBe(first.caCert);
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
  const { uaa, caCert } = await startSandbox([]);
  const { message, hint } = await failToStart(['--uaa', uaa, '--uaa-ca', caCert], 4);
  expect(message).toBe(`The UAA ${uaa} rejected the client pks_client or its secret`);
  expect(hint).toContain('tpks uaa secret set pks_client');
});

test('the folder of a killed sandbox without --dir is deleted by the next one', async () => {
  const killed = await startSandbox([]);
  await stop(killed.child, 'SIGKILL');
  expect(existsSync(killed.caCert)).toBe(true);
  const next = await startSandbox([]);
  expect(existsSync(dirname(killed.caCert))).toBe(false);
  await stop(next.child, 'SIGINT');
  expect(existsSync(dirname(next.caCert))).toBe(false);
});

test('the hint for a damaged journal starts over and keeps the file', async () => {
  const dir = join(folder.path, "it's damaged");
  await stop((await startSandbox(['--dir', dir])).child, 'SIGINT');
  const journal = join(dir, 'uaa', 'journal.ndjson');
  appendFileSync(journal, 'damaged\n');
  const before = readFileSync(journal, 'utf8');
  const { message, hint } = await failToStart(['--dir', dir], 1);
  expect(message).toMatch(/line \d+ is not a journal record/);
  expect(readFileSync(journal, 'utf8')).toBe(before);
  const [, command = ''] = /^to start over, move the file away: (mv .*)$/.exec(hint) ?? [];
  execFileSync('sh', ['-c', command]);
  await startSandbox(['--dir', dir]);
  expect(readFileSync(`${journal}.bad`, 'utf8')).toBe(before);
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

  test('with space for only a part of the journal does not replace the journal', async () => {
    const dir = join(folder.path, 'almost full');
    await stop((await startSandbox(['--dir', dir])).child, 'SIGINT');
    const journal = join(dir, 'uaa', 'journal.ndjson');
    // If a collection is missing, the next start writes the whole journal.
    const content = readFileSync(journal, 'utf8').replace('[["mfa-providers"]]\n', '');
    writeFileSync(journal, content);
    const through = withFullDisk(dir, 3 * 4096);
    expect(await failToStart(['--dir', dir], 7, through)).toMatchObject({
      message: `Cannot write ${journal}: no space left on device`,
    });
    expect(readFileSync(journal, 'utf8')).toBe(content);
  });
});
