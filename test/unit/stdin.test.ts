import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../src/http/send.js';
import { run } from '../../src/run.js';
import { toResponse, tokenBody } from '../support/fakes/fake-send.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { collectOutput } from '../support/program/headless.js';

/** Accepts every login and every change, and returns empty lists. */
const installation: Send = ({ url, method }) => {
  const { pathname } = new URL(url);
  if (pathname === '/oauth/token') return Promise.resolve(toResponse({ body: tokenBody }));
  const isList = method === 'GET' && pathname.startsWith('/v1/');
  const body = isList ? [] : { uuid: 'id', name: 'x', resources: [], totalResults: 0 };
  return Promise.resolve(toResponse({ body }));
};

/** Runs a command whose stdin stays open and never sends anything. */
async function runWithSilentStdin(
  user: TestUser,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const counted = { reads: 0 };
  const stdin = new Readable({
    read: () => {
      counted.reads += 1;
    },
  });
  const stderr = collectOutput();
  const io = {
    stdin,
    stdout: collectOutput().stream,
    stderr: stderr.stream,
    env: { ...user.env, TPKS_STORE: 'file', ...env },
    platform: process.platform,
  };
  const code = await run(words, io, { send: installation });
  const isListenedTo = stdin.listenerCount('data') + stdin.listenerCount('readable') > 0;
  return { code, stderr: stderr.text(), reads: counted.reads, isListenedTo };
}

const login = ['login', '-a', 'pks.test', '-u', 'cody', '-p', 'pw'];

async function logIn(): Promise<TestUser> {
  const user = createUser();
  expect(await runWithSilentStdin(user, login)).toMatchObject({ code: 0 });
  return user;
}

describe('a stdin that never sends anything is not read', () => {
  test.each<[readonly string[], Record<string, string>?]>([
    [login],
    [login, { TPKS_PASSWORD_FILE: '-' }],
    [['clusters']],
    [['clusters'], { TPKS_USERNAME: 'cody', TPKS_PASSWORD_FILE: '-' }],
    [['clusters'], { TPKS_CLIENT_NAME: 'pks_cli', TPKS_CLIENT_SECRET_FILE: '-' }],
    [['status']],
    [['token']],
    [['contexts']],
    [['curl', '/v1/clusters']],
    [['delete-cluster', 'dev-1', '--non-interactive']],
    [['delete-cluster', 'dev-1', '--dry-run']],
    [['delete-network-profile', 'one', '--non-interactive']],
    [['uaa', 'users']],
    [['uaa', 'token', 'client', 'get', 'admin', '-s', 'secret']],
    [['logout']],
    [['help']],
    [['no-such-command']],
  ])('by tpks %j with %j', async (words, env = {}) => {
    const user = await logIn();
    expect(await runWithSilentStdin(user, words, env)).toMatchObject({
      reads: 0,
      isListenedTo: false,
    });
  });

  const changes: (readonly string[])[] = [
    ['delete-cluster', 'dev-1'],
    ['resize', 'dev-1', '--num-nodes', '3'],
    ['update-cluster', 'dev-1', '--num-nodes', '3'],
    ['upgrade-cluster', 'dev-1'],
    ['delete-network-profile', 'one'],
    ['delete-kubernetes-profile', 'one'],
    ['delete-compute-profile', 'one'],
    ['delete-quota', 'cody'],
  ];

  test.each(changes)('by tpks %s %s without a session', async (...words) => {
    const user = createUser();
    expect(await runWithSilentStdin(user, words)).toMatchObject({ code: 4, reads: 0 });
  });

  test.each(changes)('by tpks %s %s after a logout', async (...words) => {
    const user = await logIn();
    await runWithSilentStdin(user, ['logout']);
    expect(await runWithSilentStdin(user, words)).toMatchObject({ code: 4, reads: 0 });
  });
});

test('stdin is read for the confirmation if there is a session', async () => {
  const user = await logIn();
  const { code, stderr } = await runWithSilentStdin(user, ['delete-cluster', 'dev-1']);
  expect(code).toBe(2);
  expect(stderr).toContain('add --non-interactive to skip the confirmation');
});

test('a missing one-time code is an error instead of an endless wait', async () => {
  const { code, stderr } = await runWithSilentStdin(createUser(), [
    ...['login', '-a', 'pks.test', '--sso'],
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('Missing one-time code');
});
