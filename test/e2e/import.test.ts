import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { jwt } from '../support/fixtures/jwt.js';
import { credsFile, credsPath, uaacFile } from '../support/fixtures/old-cli-files.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('makes the streams look like a terminal');

let sandbox: TestSandbox;
/** Tokens as the original CLIs store them. */
let alana: { readonly accessToken: string; readonly refreshToken: string };
let adminToken: string;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const other = createUser();
  await sandbox.login(other, 'alana', ['--name', 'alana']);
  const { accessToken, refreshToken } = await other.readSession('alana');
  alana = { accessToken, refreshToken: refreshToken! };
  adminToken = await fetchAdminToken(other);
});
afterAll(() => sandbox.close());
beforeEach(() => {
  user = createUser();
});

async function fetchAdminToken(other: TestUser): Promise<string> {
  const env = { TPKS_CLIENT_SECRET: 'adminsecret' };
  const words = ['uaa', 'token', 'client', 'get', 'admin', '--store', 'file', '--name', 'admin'];
  expect(await other.tpks(words, { env })).toMatchObject({ code: 0 });
  return (await other.readSession('admin')).accessToken;
}

const uaacPath = () => join(user.env['HOME']!, '.uaac.yml');

function writeUaac(changes: Parameters<typeof uaacFile>[0] = {}): string {
  const content = uaacFile({
    url: sandbox.uaa,
    settings: [`ca_cert: "${sandbox.caCert}"`],
    alanaToken: alana.accessToken,
    refreshToken: alana.refreshToken,
    adminToken,
    ...changes,
  });
  writeFileSync(uaacPath(), content, { mode: 0o600 });
  return content;
}

function writeCreds(changes: Parameters<typeof credsFile>[0] = {}): string {
  const content = credsFile({ api: sandbox.api, caCert: sandbox.caPem, ...alana, ...changes });
  mkdirSync(join(user.env['HOME']!, '.pks'), { recursive: true });
  writeFileSync(credsPath(user), content, { mode: 0o600 });
  return content;
}

const env = { TPKS_STORE: 'file' };
const runImport = (...words: readonly string[]) => user.tpks(['import', ...words], { env });

interface ImportJson {
  readonly contexts: readonly Readonly<Record<string, unknown>>[];
  readonly unusable: readonly Readonly<Record<string, unknown>>[];
  readonly deletedFiles: readonly string[];
}
const parse = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as ImportJson;

test('the session of pks is imported, and works', async () => {
  const before = writeCreds();
  sandbox.clearRequests();
  const { code, stdout, stderr } = await runImport();
  expect({ code, stderr, sent: sandbox.requests() }).toEqual({ code: 0, stderr: '', sent: [] });
  expect(stdout).toMatch(/^Context +Result +Server +Source\nalana@localhost +imported +https:/);
  expect(stdout).toContain('Current context: alana@localhost');
  expect(await user.tpks(['clusters'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('prod-1'),
  });
  expect(readFileSync(credsPath(user), 'utf8')).toBe(before);
});

test('the targets and contexts of uaac are imported, and the current ones become current', async () => {
  const before = writeUaac();
  const result = await runImport('--json');
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(parse(result)).toMatchObject({
    dryRun: false,
    contexts: [
      { identity: 'admin', grant: 'client_credentials', line: 13 },
      { identity: 'alana', grant: 'password', hasRefreshToken: true },
    ],
    targets: [{ uaa: sandbox.uaa, hasCaCert: true, skipTlsVerification: false }],
    uaaTarget: sandbox.uaa,
  });
  expect((await user.tpks(['uaa', 'me'])).stdout).toContain('user_name: alana');
  expect(await user.tpks(['uaa', 'context', 'admin'])).toMatchObject({ code: 0 });
  expect((await user.tpks(['uaa', 'users'])).stdout).toContain('cody');
  expect(readFileSync(uaacPath(), 'utf8')).toBe(before);
});

test('a session with an expired token is renewed at its first use', async () => {
  const claims = JSON.parse(
    Buffer.from(alana.accessToken.split('.')[1]!, 'base64url').toString(),
  ) as Record<string, unknown>;
  writeCreds({ accessToken: jwt({ ...claims, iat: 1_600_000_000, exp: 1_600_000_600 }) });
  expect(await runImport()).toMatchObject({ code: 0 });
  expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
});

test('sessions of one identity in both files become one context', async () => {
  writeCreds();
  writeUaac();
  const { contexts, unusable } = parse(await runImport('--json'));
  expect(contexts.map(({ identity }) => identity)).toEqual(['alana', 'admin']);
  expect(unusable).toEqual([
    expect.objectContaining({
      label: 'alana',
      reason: expect.stringContaining('has a newer session of the same identity'),
    }),
  ]);
  // The context that was current at the target in the uaac file.
  expect((await user.tpks(['uaa', 'me'])).stdout).toContain('user_name: alana');
});

test('a second import changes nothing', async () => {
  writeUaac();
  await runImport();
  const readConfig = () => JSON.parse(user.read('config.json').toString()) as unknown;
  const config = readConfig();
  const { contexts } = parse(await runImport('--json'));
  expect(contexts.map(({ result }) => result)).toEqual(['unchanged', 'unchanged']);
  expect(readConfig()).toEqual(config);
});

test('warns about files that other users can access', async () => {
  writeCreds();
  writeUaac();
  chmodSync(credsPath(user), 0o602);
  chmodSync(uaacPath(), 0o644);
  const { code, stderr } = await runImport('--dry-run');
  expect(code).toBe(0);
  for (const path of [credsPath(user), uaacPath()]) {
    expect(stderr).toContain(
      `Warning: other users can access the tokens in ${path}; to fix it: chmod 600 '${path}'`,
    );
  }
});

test('--dry-run stores nothing', async () => {
  writeUaac();
  const { code, stdout } = await runImport('--dry-run');
  expect(code).toBe(0);
  expect(stdout).toContain('will be imported');
  expect(existsSync(join(user.home, 'config.json'))).toBe(false);
});

nodeOnly.test.each([60, 80, 120, 200])(
  'a terminal of %i columns shows the results first',
  async (columns) => {
    writeCreds();
    writeUaac();
    const { stdout } = await user.tpks(['import', '--dry-run'], {
      env: { ...env, NO_COLOR: '1' },
      terminalColumns: columns,
    });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^CONTEXT +RESULT +SERVER/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /alana \(\.uaac\.yml:\d+\) was not imported: .+ has a newer session of the same identity/,
    );
    // A path is not broken, so that it can be copied.
    const tooWide = lines.filter((line) => line.length > columns);
    expect(tooWide.filter((line) => line.trim().includes(' '))).toEqual([]);
  },
);

test('no output contains a token', async () => {
  writeUaac();
  writeCreds();
  for (const words of [['--dry-run', '--json'], ['--trace'], ['--json']]) {
    const { stdout, stderr } = await runImport(...words);
    for (const token of [alana.accessToken, alana.refreshToken, adminToken]) {
      for (const part of [token, ...token.split('.').slice(1)]) {
        expect(stdout + stderr).not.toContain(part);
      }
    }
  }
});

test('stdin is imported and never deleted', async () => {
  const stdin = writeUaac();
  const { code, stdout } = await user.tpks(['import', '-', '--delete-files', '--json'], {
    env,
    stdin,
  });
  expect(code).toBe(0);
  expect(parse({ stdout }).deletedFiles).toEqual([]);
  expect(existsSync(uaacPath())).toBe(true);
});

describe('an existing context', () => {
  const loginAsAlana = async () => sandbox.login(user, 'alana');
  const sessionOf = async () => (await user.readSession('alana@localhost')).accessToken;
  /** The session of the file expires after the one that is stored. */
  const expireStored = async () =>
    user.changeSession('alana@localhost', { expiresAt: '2020-01-01T00:00:00.000Z' });

  test('is not replaced without a terminal, and the command fails', async () => {
    await loginAsAlana();
    await expireStored();
    const before = await sessionOf();
    writeCreds();
    const { code, stdout, stderr } = await runImport('--delete-files');
    expect(code).toBe(1);
    expect(stdout).toContain('skipped: the context exists');
    expect(stderr).toContain('Context alana@localhost already exists');
    expect(stderr).toContain('tpks import --overwrite');
    expect(await sessionOf()).toBe(before);
    expect(existsSync(credsPath(user))).toBe(true);
  });

  test('is replaced with --overwrite', async () => {
    await loginAsAlana();
    await expireStored();
    writeCreds();
    expect(await runImport('--overwrite')).toMatchObject({ code: 0 });
    expect(await sessionOf()).toBe(alana.accessToken);
  });

  test('with a newer session is kept, and the command succeeds', async () => {
    await loginAsAlana();
    await user.changeSession('alana@localhost', { expiresAt: '2099-01-01T00:00:00.000Z' });
    const before = await sessionOf();
    writeCreds();
    const { code, stdout } = await runImport();
    expect(code).toBe(0);
    expect(stdout).toContain('skipped: tpks has a newer session');
    expect(await sessionOf()).toBe(before);
  });

  test('stays the current one', async () => {
    await sandbox.login(user, 'cody');
    writeUaac();
    writeCreds();
    expect(await runImport()).toMatchObject({ code: 0 });
    expect((await user.tpks(['status', '--json'])).stdout).toContain('"cody"');
    // `tpks uaa` had no identity at this installation.
    expect((await user.tpks(['uaa', 'me'])).stdout).toContain('alana');
  });
});

describe('--delete-files', () => {
  test('deletes files of which every session has been imported', async () => {
    writeUaac();
    writeCreds();
    expect((await runImport('--delete-files')).stdout).toContain(`Deleted ${credsPath(user)}`);
    expect([credsPath(user), uaacPath()].filter(existsSync)).toEqual([]);
  });

  test.each([
    ['only contains', () => ''],
    ['also contains', () => writeUaac()],
  ])('keeps a file that %s a target that cannot be imported', async (_verb, writeOthers) => {
    const contexts = `  contexts:\n    admin:\n      access_token: ${adminToken}\n`;
    const content = `${writeOthers()}http://uaa.example.com:\n${contexts}`;
    writeFileSync(uaacPath(), content, { mode: 0o600 });
    const { code, stdout, stderr } = await runImport('--delete-files');
    expect(code).toBe(0);
    expect(stdout).toContain('not imported: only https is supported');
    expect(stderr).toContain(
      `${uaacPath()} was not deleted: it contains sessions that were not imported`,
    );
    expect(readFileSync(uaacPath(), 'utf8')).toBe(content);
  });

  test('does not delete a symbolic link', async () => {
    writeUaac();
    const link = join(user.env['HOME']!, 'link.yml');
    symlinkSync(uaacPath(), link);
    const { code, stderr } = await runImport(link, '--delete-files');
    expect(code).toBe(7);
    expect(stderr).toContain(`${link} was not deleted: it is a symbolic link`);
    expect([link, uaacPath()].map(existsSync)).toEqual([true, true]);
  });
});

describe('a file that cannot be imported', () => {
  test.each([
    ['an empty file', '', 2, 'line 1: the file is empty'],
    ['a file that is too large', `# ${'x'.repeat(1024 * 1024)}`, 2, 'it is too large'],
    ['binary data', Buffer.from([0xff, 0xfe, 0x00]), 2, 'it is not UTF-8 text'],
  ])(
    '%s: nothing is imported, and the message names the file',
    async (_name, content, code, text) => {
      writeCreds();
      writeFileSync(uaacPath(), content, { mode: 0o600 });
      const result = await runImport();
      expect(result).toMatchObject({ code, stdout: '' });
      expect(result.stderr).toContain(uaacPath());
      expect(result.stderr).toContain(text);
      expect(existsSync(join(user.home, 'config.json'))).toBe(false);
    },
  );

  test('exits with 1 and names both files if the default locations contain no file', async () => {
    const { code, stderr } = await runImport();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `Nothing to import: ${credsPath(user)} and ${uaacPath()} do not exist`,
    );
  });

  test('a named file that does not exist exits with 2', async () => {
    expect(await runImport('missing.yml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Cannot read missing.yml: no such file'),
    });
  });

  test('exits with 7 without a keychain, and nothing is imported', async () => {
    writeUaac();
    const { code } = await user.tpks(['import', '--store', 'keychain']);
    expect(code).toBe(7);
    expect(existsSync(join(user.home, 'config.json'))).toBe(false);
  });
});

test('PKS_HOME and UAAC_HOME name the folders of the files', async () => {
  writeUaac();
  writeCreds();
  const folder = user.env['HOME']!;
  const folders = { PKS_HOME: join(folder, '.pks'), UAAC_HOME: folder, HOME: '/nowhere' };
  const { stdout } = await user.tpks(['import', '--json'], { env: { ...env, ...folders } });
  expect(parse({ stdout }).contexts).not.toHaveLength(0);
});
