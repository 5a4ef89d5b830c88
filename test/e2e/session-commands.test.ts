import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredSession } from '../../src/domain/auth/session-repository.js';
import { expectError } from '../support/checks/error-shape.js';
import type { Plain } from '../support/checks/plain-tokens.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { respond, echoRequest } from '../support/servers/faulty-server.js';
import { startFaultyInstallation, type FaultyInstallation } from '../support/servers/front.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const context = 'cody@localhost';
const cody = createUser();
let sandbox: TestSandbox;
let initialSession: Plain<StoredSession>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.login(cody, 'cody');
  initialSession = await cody.readSession(context);
});
afterAll(() => sandbox.close());
/** Restores the state after the login. */
beforeEach(async () => {
  await cody.changeSession(context, { ...initialSession, refreshRejectedAt: undefined });
  sandbox.clearRequests();
});

const json = async (words: readonly string[], user = cody): Promise<unknown> =>
  JSON.parse((await user.tpks([...words, '--json'])).stdout);
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe('status', () => {
  test('shows identity, servers, sources and lifetimes, and verifies the token', async () => {
    const { code, stdout, stderr } = await cody.tpks(['status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\nToken: +accepted by the API\n$/);
    expect(stdout).toContain('(default)');
    expect(stdout).toContain('file, not the keychain: anyone who can read');
    expect(sandbox.requests()).toEqual(['api HEAD /actuator/info']);
  });

  test('--offline sends no request', async () => {
    const { code, stdout } = await cody.tpks(['status', '--offline']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nToken: +not checked \(--offline\)\n$/);
    expect(sandbox.requests()).toEqual([]);
  });

  test('--json prints all of this', async () => {
    expect(await json(['status'])).toEqual({
      context,
      identities: { pks: context, uaa: null },
      identity: 'cody',
      grant: 'password',
      clientId: 'pks_cli',
      clientKeyFile: null,
      origin: 'uaa',
      api: sandbox.api,
      uaa: sandbox.uaa,
      tlsVerified: true,
      hasCaCert: true,
      store: 'file',
      loggedIn: true,
      accessTokenExpiresAt: isoTime,
      refreshTokenExpiresAt: null,
      plainTextCopy: null,
      refreshRejected: false,
      scopes: expect.arrayContaining(['pks.clusters.manage']),
      clockOffsetSeconds: expect.any(Number),
      token: 'valid',
      sources: {
        name: 'default',
        api: 'context',
        uaa: 'context',
        caCert: 'context',
        identity: 'context',
      },
    });
  });

  test('names the option or the variable that selected the context', async () => {
    const sourceOf = async (words: string[], env: Record<string, string> = {}) => {
      const { stdout } = await cody.tpks(['status', '--offline', '--json', ...words], { env });
      const { sources } = JSON.parse(stdout) as { sources: { name: string } };
      return sources.name;
    };
    expect(await sourceOf(['--context', context])).toBe('flag --context');
    expect(await sourceOf([], { TPKS_CONTEXT: context })).toBe('variable TPKS_CONTEXT');
    expect(await sourceOf([], { TPKS_API: sandbox.api })).toBe('variable TPKS_API');
  });

  test('exits with 4 if the session was rejected, and still shows the stored data', async () => {
    await cody.changeSession(context, {
      expiresAt: '2020-01-01T00:00:00.000Z',
      refreshToken: 'dead-r',
    });
    const { code, stdout, stderr } = await cody.tpks(['status']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/Refresh token expires: +rejected by the UAA: log in again\n/);
    expect(stdout).toMatch(/\nToken: +rejected\n$/);
    expect(stderr).toMatch(/^\nError: .*\nHint: tpks login /);
  });

  test('exits with 4 without a login, as other commands do', async () => {
    const newUser = createUser();
    for (const words of [
      ['status'],
      ['status', '--offline'],
      ['clusters'],
      ['token'],
      ['curl', '/'],
    ]) {
      expect(expectError(await newUser.tpks(words), 4)).toBe(
        'You are not currently authenticated. Please log in to continue',
      );
    }
    expect(newUser.files()).toEqual([]);
  });

  test('shows after a logout that the context has no token', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    await user.tpks(['logout']);
    const { code, stdout } = await user.tpks(['status', '--offline']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Access token expires: +no token\n/);
    expect((await user.tpks(['status'])).code).toBe(4);
  });
});

describe('token', () => {
  test('prints only the access token', async () => {
    expect(await cody.tpks(['token'])).toMatchObject({
      code: 0,
      stdout: `${initialSession.accessToken}\n`,
      stderr: '',
    });
    expect(sandbox.requests()).toEqual([]);
  });

  test('prints the access token in the requested format', async () => {
    const print = async (format: string) => (await cody.tpks(['token', '--format', format])).stdout;
    expect(await print('raw')).toBe(`${initialSession.accessToken}\n`);
    expect(await print('header')).toBe(`Authorization: Bearer ${initialSession.accessToken}\n`);
    expect(await print('env')).toBe(`export TPKS_TOKEN='${initialSession.accessToken}'\n`);
    expect(JSON.parse(await print('json'))).toEqual({
      accessToken: initialSession.accessToken,
      tokenType: 'bearer',
      expiresAt: isoTime,
      scopes: expect.arrayContaining(['pks.clusters.manage']),
      context,
      identity: 'cody',
      uaa: sandbox.uaa,
      api: sandbox.api,
    });
    expect(await json(['token'])).toEqual(JSON.parse(await print('json')));
    expect(await cody.tpks(['token', '--format', 'xml'])).toMatchObject({ code: 2 });
  });

  test('does not print the token of the API for kubectl', async () => {
    const result = await cody.tpks(['token', '--format', 'exec-credential']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('tpks kube-credential');
    expect(sandbox.requests()).toEqual([]);
  });

  test('--decode verifies the signature and shows the claims', async () => {
    const { code, stdout, stderr } = await cody.tpks(['token', '--decode']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^Valid token signature \(verified with key .+ of https:\/\/localhost:\d+\)\n$/,
    );
    expect(stdout).toMatch(/\nuser_name: +cody\n/);
    expect(stdout).toMatch(/\nexp: +\d{4}-\d\d-\d\dT\S+Z \(in .*\)\n/);
    expect(sandbox.requests()).toEqual(['uaa GET /token_keys']);
    expect(await json(['token', '--decode'])).toMatchObject({ user_name: 'cody', cid: 'pks_cli' });
  });

  test('--decode --no-verify sends no request and reports that nothing was verified', async () => {
    const { stdout, stderr } = await cody.tpks(['token', '--decode', '--no-verify']);
    expect(stderr).toBe('The signature was not verified\n');
    expect(stdout).toMatch(/\nuser_name: +cody\n/);
    expect(sandbox.requests()).toEqual([]);
  });
});

describe('curl', () => {
  let front: FaultyInstallation;
  const user = createUser();
  beforeAll(async () => {
    front = await startFaultyInstallation(sandbox);
    await front.login(user, 'cody');
  });
  afterAll(() => front.close());
  beforeEach(() => front.reset());

  const firstRequest = () => front.api.requests[0];

  test('prints the body unchanged', async () => {
    const body = '{"a":1,\n "b":"grüße"}\u0000';
    front.api.setBehaviour(respond({ body }));
    expect(await user.tpks(['curl', '/v1/x?y=1'])).toMatchObject({
      code: 0,
      stdout: body,
      stderr: '',
    });
    expect(firstRequest()).toMatchObject({ method: 'GET', path: '/v1/x?y=1' });
    expect((await user.tpks(['curl', 'v1/x'])).code).toBe(0);
    expect((await user.tpks(['curl', `${front.api.origin}/v1/x`])).code).toBe(0);
    expect(front.api.requests.map(({ path }) => path)).toEqual(['/v1/x?y=1', '/v1/x', '/v1/x']);
  });

  test('streams a body of more than 16 MiB', async () => {
    front.api.setBehaviour(respond({ body: Buffer.alloc(20 * 1024 * 1024, 'x') }));
    const { code, stdout } = await user.tpks(['curl', '/v1/large']);
    expect({ code, length: stdout.length }).toEqual({ code: 0, length: 20 * 1024 * 1024 });
  });

  test('-X, -H and -d set the method, headers and body', async () => {
    front.api.setBehaviour(echoRequest);
    await user.tpks([
      'curl',
      '/v1/x',
      '-X',
      'patch',
      '-H',
      'X-One: a: b',
      '-H',
      'Accept: text/plain',
      '-d',
      '{"a":1}',
    ]);
    expect(firstRequest()).toMatchObject({
      method: 'PATCH',
      body: '{"a":1}',
      headers: { 'x-one': 'a: b', accept: 'text/plain', 'content-type': 'application/json' },
    });
  });

  test('-d sends a POST request; @file and @- read the body from a file and stdin', async () => {
    const file = join(user.env['HOME'] ?? '', 'body.json');
    writeFileSync(file, '{"from":"file"}');
    await user.tpks(['curl', '/v1/x', '-d', `@${file}`]);
    await user.tpks(['curl', '/v1/x', '-d', '@-'], { stdin: '{"from":"stdin"}' });
    expect(front.api.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"from":"file"}'],
      ['POST', '{"from":"stdin"}'],
    ]);
    expect(await user.tpks(['curl', '/v1/x', '-d', '@/absent'])).toMatchObject({
      code: 2,
      stderr:
        '\nError: Cannot read the --data file /absent: no such file or directory\n' +
        'Hint: check the path; @- reads stdin\n',
    });
  });

  test.each(['GE T', '', 'GET\r\nX: y'])(
    'rejects %j as a method and sends nothing',
    async (method) => {
      expect(await user.tpks(['curl', '/v1/x', '-X', method])).toMatchObject({
        code: 2,
        stderr: `\nError: ${JSON.stringify(method)} is not an HTTP method\nHint: use one word, e.g. -X DELETE\n`,
      });
      expect(front.api.requests).toEqual([]);
    },
  );

  test('always sends the token of the session, whatever -H contains', async () => {
    await user.tpks(['curl', '/v1/x', '-H', 'Authorization: Bearer other']);
    const { accessToken } = await user.readSession('cody@127.0.0.1');
    expect(firstRequest()?.headers['authorization']).toBe(`Bearer ${accessToken}`);
    expect(await user.tpks(['curl', '/v1/x', '-H', 'nonsense'])).toMatchObject({ code: 2 });
  });

  test('-i prints status and headers first', async () => {
    front.api.setBehaviour(respond({ status: 201, headers: { 'X-One': 'a' }, body: 'made' }));
    const { stdout } = await user.tpks(['curl', '-i', '/v1/x']);
    expect(stdout).toMatch(/^HTTP 201\n([^\n]+\n)*x-one: a\n([^\n]+\n)*\nmade$/);
  });

  test.each([
    [404, 1],
    [400, 1],
    [403, 1],
    [401, 4],
    [500, 5],
    [503, 5],
  ])(
    'a response with status %i leads to exit code %i, and its body is printed',
    async (status, code) => {
      front.api.setBehaviour(respond({ status, body: 'some text' }));
      const result = await user.tpks(['curl', '/v1/x']);
      expect(result).toMatchObject({ code, stdout: 'some text' });
      expect(result.stderr).toContain(`HTTP ${String(status)}`);
    },
  );

  test('--uaa calls the UAA', async () => {
    const { code, stdout } = await user.tpks(['curl', '--uaa', '/userinfo']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ user_name: 'cody' });
  });

  test('rejects another host and sends nothing', async () => {
    expect(expectError(await user.tpks(['curl', 'https://example.com/v1/x']), 6)).toMatch(
      /^https:\/\/example\.com\/v1\/x is not on https:\/\/127\.0\.0\.1:\d+: nothing was sent$/,
    );
  });
});

describe('contexts', () => {
  let user: TestUser;
  beforeEach(async () => {
    user = createUser();
    await sandbox.login(user, 'cody');
    await sandbox.login(user, 'alana', ['--name', 'boss']);
  });

  test('are listed with a mark at the current one', async () => {
    const { stdout } = await user.tpks(['contexts']);
    const words = stdout.split('\n').map((line) => line.trim().split(/ +/).slice(0, 3));
    expect(words).toEqual([
      ['Name', 'User', 'or'],
      [context, 'cody', sandbox.api],
      ['*', 'boss', 'alana'],
      [''],
    ]);
    expect(await json(['contexts'], user)).toEqual([
      expect.objectContaining({ name: context, identity: 'cody', current: false, hasCaCert: true }),
      expect.objectContaining({ name: 'boss', identity: 'alana', current: true }),
    ]);
    expect(JSON.stringify(await json(['contexts'], user))).not.toContain('BEGIN CERTIFICATE');
  });

  test('do not exist before the first login', async () => {
    const { code, stdout } = await createUser().tpks(['contexts']);
    expect(code).toBe(0);
    expect(stdout).toContain('tpks login -a');
    expect(await json(['contexts'], createUser())).toEqual([]);
  });

  test('context use selects a context; --context and TPKS_CONTEXT select one for a single command', async () => {
    const readIdentity = async (words: string[] = [], env: Record<string, string> = {}) => {
      const { stdout } = await user.tpks(['status', '--offline', '--json', ...words], { env });
      return (JSON.parse(stdout) as { identity: string }).identity;
    };
    expect(await readIdentity()).toBe('alana');
    expect(await readIdentity(['--context', context])).toBe('cody');
    expect(await readIdentity([], { TPKS_CONTEXT: context })).toBe('cody');
    expect(await readIdentity()).toBe('alana');
    expect(await user.tpks(['context', 'use', context])).toMatchObject({
      code: 0,
      stdout: `The current context is now ${context}\n`,
    });
    expect(await readIdentity()).toBe('cody');
    expect(expectError(await user.tpks(['context', 'use', 'unknown-user']), 1)).toBe(
      'Context unknown-user not found',
    );
  });

  test('context rename keeps the session', async () => {
    expect(await user.tpks(['context', 'rename', 'boss', 'größe'])).toMatchObject({ code: 0 });
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(await user.tpks(['clusters', '--context', 'boss'])).toMatchObject({ code: 1 });
    expect(expectError(await user.tpks(['context', 'rename', 'größe', context]), 1)).toBe(
      `Context ${context} already exists`,
    );
    expect(user.files().filter((file) => file.endsWith('.session'))).toHaveLength(2);
  });

  test('context delete ends the session and deletes the context', async () => {
    expect(await user.tpks(['context', 'delete', 'boss'])).toMatchObject({ code: 0 });
    expect(await json(['contexts'], user)).toMatchObject([{ name: context, current: false }]);
    expect(user.files().filter((file) => file.endsWith('.session'))).toHaveLength(1);
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 4 });
    expect(await user.tpks(['context', 'delete', 'boss'])).toMatchObject({ code: 1 });
  });

  test('logout ends one session, logout --all ends the others', async () => {
    const { stdout, stderr } = await user.tpks(['logout', '--context', context]);
    expect(stdout).toBe(`Logged out of ${context}, refresh token revoked\n`);
    expect(stderr).toMatch(/^cody@localhost: the UAA cannot revoke tokens that it does not store/);
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
    const all = await user.tpks(['logout', '--all']);
    expect(all.stdout).toBe(
      `${context} was not logged in\nLogged out of boss, refresh token revoked\n`,
    );
    expect(user.files()).toEqual(['config.json']);
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 4 });
    expect(await user.tpks(['logout', '--context', 'unknown-user'])).toMatchObject({ code: 1 });
  });

  test('logout --all silently deletes the files of a login that was killed', async () => {
    const killed = createUser();
    await sandbox.login(killed, 'cody');
    const config = join(killed.home, 'config.json');
    // The state after the session was written and before the settings were.
    writeFileSync(config, JSON.stringify({ version: 1, contexts: {}, targets: [] }));
    const leftovers = killed.files();
    expect(leftovers.filter((file) => /\.(session|key)$/.test(file))).toHaveLength(2);
    expect(await killed.tpks(['logout'])).toMatchObject({ code: 0 });
    expect(killed.files()).toEqual(leftovers);
    expect(await killed.tpks(['logout', '--all'])).toMatchObject({
      code: 0,
      stdout: 'No changes: not logged in\n',
      stderr: '',
    });
    expect(killed.files()).toEqual(['config.json']);
  });
});
