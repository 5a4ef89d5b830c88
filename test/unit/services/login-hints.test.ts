import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../../support/program/cli.js';
import { fakeSend, tokenBody, type FakeResponse } from '../../support/fakes/fake-send.js';
import { loginCommand } from '../../support/program/headless.js';

let user: TestUser;
const renewalCommand = 'tpks login -a pks.test -u cody --name work --store file';

/** Runs a command against servers that respond by path, with 404 to all other paths. */
const run = (args: readonly string[], responses: Readonly<Record<string, FakeResponse>>) =>
  user.tpks(args, {
    send: (request) => {
      const response = responses[new URL(request.url).pathname] ?? { status: 404 };
      return fakeSend(response).send(request);
    },
  });

const token = { '/oauth/token': { body: tokenBody } };

beforeEach(async () => {
  user = createUser();
  const responses = { ...token, '/v1/clusters': { body: [] } };
  expect(await run([...loginCommand, '--name', 'work'], responses)).toMatchObject({ code: 0 });
});

describe('the hint to log in again repeats the options of the context', () => {
  test('if the API rejects the token', async () => {
    expect(await run(['clusters'], { '/v1/clusters': { status: 401 } })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`\nHint: ${renewalCommand}\n`),
    });
  });

  test('if the API rejects even a new token', async () => {
    const invalid = { status: 401, body: { error: 'invalid_token' } };
    expect(await run(['clusters'], { ...token, '/v1/clusters': invalid })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(
        `\nHint: ${renewalCommand} (the server also rejected a new token)\n`,
      ),
    });
  });

  test.each([
    ['clusters', ['clusters']],
    ['context rename', ['context', 'rename', 'work', 'home']],
  ])('if the key of the session is missing (%s)', async (_name, args) => {
    rmSync(join(user.home, 'keys'), { recursive: true });
    expect(await run(args, {})).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`\nHint: ${renewalCommand}\n`),
    });
  });

  test('after a password change', async () => {
    const responses = {
      '/userinfo': { body: { user_id: 'u-1', user_name: 'cody' } },
      '/Users/u-1/password': { body: { status: 'ok' } },
    };
    const args = ['uaa', 'password', 'change', '-o', 'old', '-p', 'new'];
    expect(await run(args, responses)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`. Log in again: ${renewalCommand}\n`),
    });
  });
});
