import { expect, test } from '@jest/globals';
import type { Send } from '../../src/http/send.js';
import { createUser } from '../support/program/cli.js';
import { probeResponse, toResponse, tokenBody } from '../support/fakes/fake-send.js';
import { loginCommand } from '../support/program/headless.js';

const hostile = 'dev\u001b[2J\u202e\u009b1\tx';
const escaped = 'dev\\x1b[2J\\u202e\\x9b1\\tx';

/** A server whose names contain control characters. */
const send: Send = async ({ url }) => {
  const { pathname } = new URL(url);
  if (pathname === '/oauth/token') return toResponse({ body: tokenBody });
  if (pathname === '/v1/clusters') return toResponse({ body: [{ name: hostile, uuid: '1' }] });
  if (pathname !== '/Users') return toResponse(probeResponse);
  const users = [{ id: '1', userName: hostile }];
  return toResponse({
    body: { resources: users, startIndex: 1, itemsPerPage: 100, totalResults: 1 },
  });
};

test.each([
  ['pks', 'clusters'],
  ['tkgi', 'clusters'],
  ['uaac', 'users'],
])('%s %s escapes names on a terminal, and prints their bytes in a pipe', async (link, command) => {
  const user = createUser();
  await user.tpks(loginCommand, { send });
  const run = (options: object) => user.tpks([command], { programName: link, send, ...options });
  const piped = await run({});
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  expect(piped.stdout).toContain(hostile);
  const screen = await run({ terminalColumns: 200 });
  expect(screen.code).toBe(0);
  expect(screen.stdout).toContain(escaped);
  expect(screen.stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
});

test.each([['-o', 'name'], ['--json']])(
  'pks clusters %s keeps one name on each line',
  async (...flags) => {
    const user = createUser();
    await user.tpks(loginCommand, { send });
    const words = ['clusters', ...flags];
    const { stdout } = await user.tpks(words, { programName: 'pks', send });
    expect(stdout).toBe((await user.tpks(words, { send })).stdout);
    expect(stdout).not.toContain(hostile);
  },
);
