import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readEnvironmentCredentials, readSecretFile } from '../../../src/auth/credentials.js';
import { createSecretSource, type SecretInput } from '../../../src/auth/secret-source.js';

const folder = mkdtempSync(join(tmpdir(), 'tpks-credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return path;
}
const noStdin = () => Promise.reject(new Error('stdin was read'));
const stdin = (text: string) => () => Promise.resolve(text);

describe('the environment', () => {
  /** What it holds, secrets open. */
  async function found(env: NodeJS.ProcessEnv, readStdin: () => Promise<string> = noStdin) {
    const credentials = await readEnvironmentCredentials(env, readStdin);
    if (credentials?.kind === 'user') {
      return { user: credentials.username, secret: credentials.password.reveal() };
    }
    return credentials && { client: credentials.clientId, secret: credentials.secret.reveal() };
  }

  test.each<[string, NodeJS.ProcessEnv, unknown]>([
    ['nothing', {}, undefined],
    ['a user', { TPKS_USERNAME: 'cody', TPKS_PASSWORD: ' pw ' }, { user: 'cody', secret: ' pw ' }],
    ['a user alone', { TPKS_USERNAME: 'cody' }, undefined],
    ['a password alone', { TPKS_PASSWORD: 'pw' }, undefined],
    [
      'a client',
      { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's' },
      { client: 'ci', secret: 's' },
    ],
    [
      'a client with the user’s password',
      { TPKS_CLIENT_NAME: 'ci', TPKS_PASSWORD: 'pw' },
      undefined,
    ],
    [
      'the value before the file',
      { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw', TPKS_PASSWORD_FILE: '/absent' },
      { user: 'cody', secret: 'pw' },
    ],
  ])('%s', async (_name, env, expected) => {
    expect(await found(env)).toEqual(expected);
  });

  test('a file, without its last line end', async () => {
    const env = { TPKS_USERNAME: 'cody', TPKS_PASSWORD_FILE: file('pw\n') };
    expect(await found(env)).toEqual({ user: 'cody', secret: 'pw' });
  });

  test('stdin', async () => {
    const env = { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET_FILE: '-' };
    expect(await found(env, stdin('piped\r\n'))).toEqual({ client: 'ci', secret: 'piped' });
  });

  test('a user and a client contradict each other', async () => {
    const env = { TPKS_USERNAME: 'cody', TPKS_CLIENT_NAME: 'ci', TPKS_PASSWORD: 'pw' };
    await expect(found(env)).rejects.toMatchObject({
      kind: 'usage',
      message: 'TPKS_USERNAME and TPKS_CLIENT_NAME are both set',
    });
  });
});

describe('a file', () => {
  test.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['s3cret', 's3cret'],
    ['s3cret\n\n', 's3cret\n'],
    [' s3cret \n', ' s3cret '],
    ['grüße', 'grüße'],
    ['\n', ''],
    ['', ''],
  ])('%j holds %j', async (text, secret) => {
    expect((await readSecretFile(file(text), '--client-secret-file', noStdin)).reveal()).toBe(
      secret,
    );
    expect((await readSecretFile('-', '--client-secret-file', stdin(text))).reveal()).toBe(secret);
  });

  test.each([join(folder, 'absent'), folder])('%s cannot be read', async (path) => {
    await expect(readSecretFile(path, 'TPKS_PASSWORD_FILE', noStdin)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('from TPKS_PASSWORD_FILE: '),
    });
  });
});

describe('a secret is looked for', () => {
  const input: SecretInput = {
    valueFlag: '--password',
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    prompt: 'Password: ',
  };

  async function find(changes: Partial<SecretInput>, env: NodeJS.ProcessEnv = {}) {
    const warnings: string[] = [];
    const questions: unknown[] = [];
    const source = createSecretSource({
      env,
      terminal: {
        warn: (text) => warnings.push(text),
        readStdin: stdin('from-stdin\n'),
        prompt: async (question) => {
          questions.push(question);
          return 'typed';
        },
      },
    });
    return { secret: (await source.find({ ...input, ...changes })).reveal(), warnings, questions };
  }
  const env = { TPKS_PASSWORD: 'from-env' };

  test('on the command line first, with a warning', async () => {
    expect(await find({ value: 'from-argv', file: '-' }, env)).toEqual({
      secret: 'from-argv',
      questions: [],
      warnings: [
        'the value of --password is visible to other users of this machine; use --password-stdin instead',
      ],
    });
  });

  test('an empty value is one', async () => {
    expect((await find({ value: '' }, env)).secret).toBe('');
  });

  test('then in the file, then in the environment', async () => {
    expect(await find({ file: '-' }, env)).toEqual({
      secret: 'from-stdin',
      warnings: [],
      questions: [],
    });
    expect(await find({}, env)).toEqual({ secret: 'from-env', warnings: [], questions: [] });
    const path = file('from-env-file\n');
    expect((await find({}, { TPKS_PASSWORD_FILE: path })).secret).toBe('from-env-file');
  });

  test('not in a variable that is meant for another', async () => {
    expect((await find({ variable: undefined }, env)).secret).toBe('typed');
  });

  test('last with a person, hidden, and with the ways to avoid the question', async () => {
    const { secret, questions } = await find({});
    expect(secret).toBe('typed');
    expect(questions).toEqual([
      {
        prompt: 'Password: ',
        hidden: true,
        insteadUse: 'use --password-stdin or TPKS_PASSWORD or TPKS_PASSWORD_FILE',
      },
    ]);
    expect((await find({ variable: undefined })).questions).toMatchObject([
      { insteadUse: 'use --password-stdin' },
    ]);
  });
});
