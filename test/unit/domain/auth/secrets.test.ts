import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  readEnvironmentCredentials,
  readSecretFile,
} from '../../../../src/domain/auth/credentials.js';
import { createSecretSource, type SecretInput } from '../../../../src/domain/auth/secrets.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();
const writeSecretFile = (text: string) => folder.write('secret', text);
const noStdin = () => Promise.reject(new Error('stdin was read'));
const stdin = (text: string) => () => Promise.resolve(text);

describe('readEnvironmentCredentials', () => {
  /** Returns the credentials with the secrets as strings. */
  async function read(env: NodeJS.ProcessEnv, readStdin: () => Promise<string> = noStdin) {
    const credentials = await readEnvironmentCredentials(env, readStdin);
    if (credentials?.kind === 'user') {
      return { user: credentials.username, secret: credentials.password.reveal() };
    }
    if (credentials?.kind === 'client') {
      return { client: credentials.clientId, secret: credentials.secret.reveal() };
    }
    return credentials && { client: credentials.clientId, key: credentials.clientKey.path };
  }

  test.each<[string, NodeJS.ProcessEnv, unknown]>([
    ['no variables', {}, undefined],
    ['a user', { TPKS_USERNAME: 'cody', TPKS_PASSWORD: ' pw ' }, { user: 'cody', secret: ' pw ' }],
    ['a user without a password', { TPKS_USERNAME: 'cody' }, undefined],
    ['a password without a user', { TPKS_PASSWORD: 'pw' }, undefined],
    [
      'a client',
      { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's' },
      { client: 'ci', secret: 's' },
    ],
    [
      'a client with the password of a user',
      { TPKS_CLIENT_NAME: 'ci', TPKS_PASSWORD: 'pw' },
      undefined,
    ],
    [
      'the value if there is also a file',
      { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw', TPKS_PASSWORD_FILE: '/absent' },
      { user: 'cody', secret: 'pw' },
    ],
  ])('reads %s', async (_name, env, expected) => {
    expect(await read(env)).toEqual(expected);
  });

  test('rejects a user together with a client', async () => {
    const env = { TPKS_USERNAME: 'cody', TPKS_CLIENT_NAME: 'ci', TPKS_PASSWORD: 'pw' };
    await expect(read(env)).rejects.toMatchObject({
      kind: 'usage',
      message: 'TPKS_USERNAME and TPKS_CLIENT_NAME are both set',
    });
  });
});

describe('readSecretFile', () => {
  test.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['s3cret', 's3cret'],
    ['s3cret\n\n', 's3cret\n'],
    [' s3cret \n', ' s3cret '],
    ['grüße', 'grüße'],
    ['\n', ''],
    ['', ''],
  ])('reads %j as %j', async (text, secret) => {
    expect(
      (await readSecretFile(writeSecretFile(text), '--client-secret-file', noStdin)).reveal(),
    ).toBe(secret);
    expect((await readSecretFile('-', '--client-secret-file', stdin(text))).reveal()).toBe(secret);
  });

  test.each([join(folder.path, 'absent'), folder.path])(
    'fails if %s cannot be read',
    async (path) => {
      await expect(readSecretFile(path, 'TPKS_PASSWORD_FILE', noStdin)).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining('from TPKS_PASSWORD_FILE: '),
      });
    },
  );
});

describe('a secret is read', () => {
  const input: SecretInput = {
    valueFlag: '--password',
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    prompt: 'Password: ',
  };

  async function find(
    changes: Partial<SecretInput>,
    env: NodeJS.ProcessEnv = {},
    pipedLine?: string,
  ) {
    const warnings: string[] = [];
    const prompts: unknown[] = [];
    const source = createSecretSource({
      env,
      terminal: {
        warn: (text) => warnings.push(text),
        readStdin: stdin('from-stdin\n'),
        readLine: async () => pipedLine,
        prompt: async (options) => {
          prompts.push(options);
          return 'typed';
        },
      },
    });
    return { secret: (await source.find({ ...input, ...changes })).reveal(), warnings, prompts };
  }
  const env = { TPKS_PASSWORD: 'from-env' };

  test('from the command line first, with a warning', async () => {
    expect(await find({ value: 'from-argv', file: '-' }, env)).toEqual({
      secret: 'from-argv',
      prompts: [],
      warnings: [
        'the value of --password is visible to other users of this machine; use --password-stdin instead',
      ],
    });
  });

  test('then from the file, then from the environment', async () => {
    expect(await find({ file: '-' }, env)).toEqual({
      secret: 'from-stdin',
      warnings: [],
      prompts: [],
    });
    expect(await find({}, env)).toEqual({ secret: 'from-env', warnings: [], prompts: [] });
    const path = writeSecretFile('from-env-file\n');
    expect((await find({}, { TPKS_PASSWORD_FILE: path })).secret).toBe('from-env-file');
  });

  test('from the output of a command, in a variable or a flag', async () => {
    const variables = { TPKS_PASSWORD_COMMAND: 'echo from-command', PATH: '/usr/bin:/bin' };
    expect((await find({}, variables)).secret).toBe('from-command');
    const newSecret = { TPKS_NEW_SECRET_COMMAND: 'echo new', PATH: '/usr/bin:/bin' };
    expect((await find({ variable: 'TPKS_NEW_SECRET' }, newSecret)).secret).toBe('new');
    const command = { flag: '--password-command', line: 'echo from-flag' };
    expect((await find({ command }, { ...variables, ...env })).secret).toBe('from-flag');
    expect((await find({ command: { ...command, line: undefined } }, env)).secret).toBe('from-env');
  });

  test('from a flag if a command and another variable are set, which is otherwise an error', async () => {
    for (const other of ['TPKS_PASSWORD', 'TPKS_PASSWORD_FILE']) {
      const variables = { [other]: 'x', TPKS_PASSWORD_COMMAND: 'echo x', PATH: '/usr/bin:/bin' };
      await expect(find({}, variables)).rejects.toMatchObject({
        kind: 'usage',
        message: `${other} and TPKS_PASSWORD_COMMAND cannot be used together`,
      });
      expect((await find({ file: '-' }, variables)).secret).toBe('from-stdin');
    }
  });

  test('from a variable of the original CLI before TPKS_PASSWORD', async () => {
    const reported: string[] = [];
    const changes = {
      pksVariables: ['PKS_USER_PASSWORD', 'TKGI_USER_PASSWORD'],
      onPksVariable: async (name) => void reported.push(name),
    } satisfies Partial<SecretInput>;
    const found = await find(changes, { ...env, TKGI_USER_PASSWORD: 'from-tkgi' });
    expect(found.secret).toBe('from-tkgi');
    expect(reported).toEqual(['TKGI_USER_PASSWORD']);
    expect((await find(changes, env)).secret).toBe('from-env');
    expect((await find({}, { ...env, PKS_USER_PASSWORD: 'x' })).secret).toBe('from-env');
  });

  test('from a piped line before the prompt, if it is accepted', async () => {
    const changes = { acceptsPipe: true };
    expect((await find(changes, {}, 'piped')).secret).toBe('piped');
    expect((await find(changes, env, 'piped')).secret).toBe('from-env');
    expect((await find({}, {}, 'piped')).secret).toBe('typed');
    expect((await find({ ...changes, fileFlag: undefined })).prompts).toMatchObject([
      { hint: 'use TPKS_PASSWORD or TPKS_PASSWORD_FILE, or pipe it in' },
    ]);
  });

  test('last from a hidden prompt, with a hint on how to avoid it', async () => {
    const { secret, prompts } = await find({});
    expect(secret).toBe('typed');
    expect(prompts).toEqual([
      {
        message: 'Password: ',
        hidden: true,
        hint: 'use --password-stdin, TPKS_PASSWORD or TPKS_PASSWORD_FILE',
      },
    ]);
    expect((await find({ variable: undefined })).prompts).toMatchObject([
      { hint: 'use --password-stdin' },
    ]);
  });
});
