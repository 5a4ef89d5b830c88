import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { Pty } from '../support/program/pty.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  user = createUser();
  const words = ['login', ...sandbox.loginOptions, '--client-name', 'admin', '--store', 'file'];
  const env = { TPKS_CLIENT_SECRET: 'adminsecret' };
  expect(await user.tpks(words, { env })).toMatchObject({ code: 0 });
  await user.tpks(['uaa', 'group', 'add', 'team', '--if-missing']);
});

/** The text on the screen without cursor movements. */
const visible = ({ screen }: Pty) => stripVTControlCharacters(screen()).replaceAll('\r', '');

async function deleteGroup(...options: string[]): Promise<Pty> {
  const words = ['uaa', 'group', 'delete', 'team', ...options];
  const terminal = user.atTerminal(words, { TERM: 'xterm-256color', TPKS_STORE: 'file' });
  await terminal.waitFor(/Are you sure you want to delete group team.*\(y\/n\): /);
  return terminal;
}

const hasGroup = async () => (await user.tpks(['uaa', 'group', 'get', 'team'])).code === 0;

/** Finds the process of tpks, without the Python program that opens the pseudoterminal. */
function findProcess(home: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => isTpks(name, home));
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

function isTpks(processId: string, home: string): boolean {
  try {
    const read = (file: string) => readFileSync(`/proc/${processId}/${file}`, 'utf8').split('\0');
    return read('environ').includes(`TPKS_HOME=${home}`) && !read('cmdline').includes('-c');
  } catch {
    return false;
  }
}

describeIfPart('pty', 'uaa group delete on a terminal', () => {
  test('deletes the group after the answer y', async () => {
    const terminal = await deleteGroup();
    terminal.type('y\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(/^UAA https:.*, client admin\nAre you sure .*: y\n/);
    expect(await hasGroup()).toBe(false);
  });

  test('keeps the group after Ctrl-C, and exits with 130 on a new line', async () => {
    const terminal = await deleteGroup();
    terminal.type('\u0003');
    expect(await terminal.exited).toBe(130);
    expect(visible(terminal)).toMatch(/\(y\/n\): \n\nError: Cancelled\n$/);
    expect(await hasGroup()).toBe(true);
  });

  test('prints the JSON error on a new line after a signal from another program', async () => {
    const terminal = await deleteGroup('--json');
    process.kill(findProcess(user.home), 'SIGINT');
    expect(await terminal.exited).toBe(130);
    expect(visible(terminal)).toMatch(/\(y\/n\): \n\{"error":\{"code":"cancelled".*\}\n$/);
    expect(await hasGroup()).toBe(true);
  });
});
