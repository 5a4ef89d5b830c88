import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let running: TestSandbox;
let stopped: TestSandbox;
const auditor = createUser();
const access = (...words: string[]) => auditor.tpks(['access', '--all-contexts', ...words]);

beforeAll(async () => {
  [stopped, running] = [await startTestSandbox(), await startTestSandbox()];
  for (const [name, { loginOptions }] of Object.entries({ stopped, running })) {
    const client = ['--client-name', 'admin', '--client-secret', 'adminsecret'];
    const words = ['login', ...loginOptions, ...client, '--store', 'file', '--name', name];
    expect(await auditor.tpks(words)).toMatchObject({ code: 0 });
  }
  await stopped.close();
}, 60_000);
afterAll(() => running.close());

test('the page lists the installations that were not reviewed', async () => {
  const path = join(auditor.home, '..', 'report.html');
  expect(await access('--html', path)).toMatchObject({ code: 5 });
  const page = readFileSync(path, 'utf8');
  expect(page).toContain(`<li>Not reviewed: ${stopped.api}: `);
  expect(page).toContain(running.api);
});

test.each([['nobody'], ['--scope', 'no.such.group']])(
  'what was not found (%s) may exist where the review failed',
  async (...words) => {
    const { code, stderr } = await access(...words);
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining('Error: ') });
    expect(stderr).not.toContain('not found');
  },
);

test('with a name, --exit-code counts only the findings that are listed', async () => {
  const explain = (name: string) =>
    auditor.tpks(['access', name, '--exit-code', '--context', 'running']);
  expect(await explain('admin')).toMatchObject({ code: 3, stderr: '' });
  expect(await explain('dana')).toMatchObject({ code: 0 });
});

test('nothing is printed or written if every review fails', async () => {
  await auditor.tpks(['logout', '--context', 'running']);
  const { code, stdout } = await access();
  expect({ code, stdout }).toEqual({ code: expect.any(Number), stdout: '' });
  expect(code).not.toBe(0);
});
