import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../src/http/send.js';
import { fakeSend, type FakeResponse, tokenBody } from '../support/fakes/fake-send.js';
import { createUser } from '../support/program/cli.js';
import { withFolder } from '../support/runner/temporary-folder.js';
import { visitingBrowser } from '../support/browser/visiting-browser.js';

/** Names of members that every JavaScript object has. */
const objectWords = ['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf'];

const env = {
  TPKS_API: 'https://pks.test',
  TPKS_USERNAME: 'cody',
  TPKS_PASSWORD: 'pass-word',
};

/** A server that issues tokens and replies to everything else with one response. */
function createInstallation(answer: FakeResponse): Send {
  return (request) =>
    fakeSend(request.url.endsWith('/oauth/token') ? { body: tokenBody } : answer).send(request);
}

const tpks = (words: readonly string[], answer: FakeResponse = { status: 404 }) =>
  createUser().tpks(words, { env, send: createInstallation(answer) });

describe.each(objectWords)('the word %s', (word) => {
  test.each([
    [[word], `unknown command '${word}'`],
    [['uaa', word], `unknown command '${word}'`],
    [['help', word], `unknown command '${word}'`],
    [['clusters', `--${word}`], `unknown flag: --${word}`],
    [['clusters', '-o', word], `Invalid value for --output: ${word} (choose from `],
    [['completion', word], `unknown command '${word}'`],
    [['clusters', '--timeout', word], `Invalid value for --timeout: ${word} (expected `],
    [['uaa', 'user', 'update', 'cody', '--del_attrs', word], `${word} cannot be removed`],
  ])('is rejected in %j', async (words, message) => {
    const { code, stderr } = await tpks(words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('is rejected as a column', async () => {
    const { code, stderr } = await tpks(['clusters', '--columns', word], { body: [] });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`Unknown column: "${word}"`),
    });
  });

  test('is an unknown context', async () => {
    const { code, stderr } = await tpks(['clusters', '--context', word]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Context ${word} not found`);
  });

  test('can be the name of a missing or an existing cluster', async () => {
    expect(await tpks(['cluster', word])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Cluster ${word} not found`),
    });
    const { code, stdout } = await tpks(['cluster', word, '--json'], {
      body: `{"name":"${word}","${word}":{"a":1}}`,
    });
    expect(code).toBe(0);
    expect(stdout).toContain(`"${word}": {`);
  });

  test('is an empty field of a list unless the server sends it', async () => {
    const list = (body: string) => ({ body: `{"resources":[${body}],"totalResults":1}` });
    const words = ['uaa', 'users', '-a', word];
    expect(await tpks(words, list('{"id":"1"}'))).toMatchObject({ code: 0 });
    const { stdout } = await tpks(words, list(`{"${word}":"from the server"}`));
    expect(stdout).toContain('from the server');
  });

  test('is null as a field of a client unless the server sends it', async () => {
    const words = ['uaa', 'client', 'get', 'ci', '-a', word, '--json'];
    const { stdout } = await tpks(words, { body: { client_id: 'ci' } });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(`{"${word}":null}`));
  });

  test('is a variable that is not set', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'access.yml');
      const lines = ['clients:', '  ci:', '    authorized_grant_types: [client_credentials]'];
      writeFileSync(file, [...lines, `    secret_from: env:${word}`, ''].join('\n'));
      const { code, stderr } = await tpks(['uaa', 'apply', '-f', file, '--yes'], {
        body: { resources: [], totalResults: 0 },
      });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(`${word} is not set`),
      });
    }));

  test('is an unknown key in a file, but a valid name', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'access.yml');
      writeFileSync(file, `groups:\n  dev:\n    ${word}: 1\nusers:\n  ${word}: {}\n`);
      const { code, stderr } = await tpks(['uaa', 'plan', '-f', file]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(`${word} is unknown`),
      });
      writeFileSync(file, `groups:\n  ${word}: {}\n`);
      const plan = await tpks(['uaa', 'plan', '-f', file], {
        body: { resources: [], totalResults: 0 },
      });
      expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining(word) });
    }));
});

test.each([...objectWords, '<b>denied</b>'])(
  'a browser login that ends with the error %s shows the error and exits with 4',
  async (error) => {
    const { onStderr, page } = visitingBrowser({ error });
    const { code, stderr } = await createUser().tpks(
      [
        ...['uaa', 'token', 'authcode', 'get', '-c', 'pks_cli', '-s', ''],
        ...['--no-browser', '--store', 'file'],
      ],
      {
        env: { TPKS_UAA_URL: 'https://uaa.test' },
        send: createInstallation({ status: 302 }),
        onStderr,
      },
    );
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringContaining(`\nError: ${error}\n`),
    });
    const escaped = error.replaceAll('<', '&#60;').replaceAll('>', '&#62;');
    expect(await page()).toContain(`<p>${escaped}. See the terminal for what to do next.</p>`);
  },
);
