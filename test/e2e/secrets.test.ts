import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { echoRequest, neverRespond, type Behaviour } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let front: FaultyInstallation;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
});
afterAll(() => front.close());

const loginAsCody = () => [
  ...['login', ...front.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'],
];

/** Everything that a run prints or stores, except for the encrypted sessions and their keys. */
function collectText(user: TestUser, { stdout, stderr }: TpksResult): string {
  const files = user.files().filter((file) => !/\.(session|key)$/.test(file));
  return [stdout, stderr, ...files.map((file) => user.read(file).toString('latin1'))].join('\n');
}

async function readTokens(user: TestUser, context: string): Promise<Record<string, string>> {
  const { accessToken, refreshToken, idToken } = await user.readSession(context);
  return {
    'access token': accessToken,
    ...(refreshToken === undefined ? {} : { 'refresh token': refreshToken }),
    ...(idToken === undefined ? {} : { 'id token': idToken }),
  };
}

/** Contains characters that each encoding writes differently. */
const awkwardPassword = `p%2Bq+r s&t=u/ü"<'é`;

describe('--trace', () => {
  const operator = createUser();
  const cody = createUser();
  const env = { TPKS_STORE: 'file' };
  const passwords: Record<string, string> = {
    'admin secret': 'adminsecret',
    'password of erin': awkwardPassword,
    'password of cody': 'cody-password',
  };
  const secrets: Record<string, string> = { ...passwords };

  async function traced(
    user: TestUser,
    words: readonly string[],
    options: { stdin?: string; code?: number } = {},
  ): Promise<TpksResult> {
    const { stdin = '', code = 0 } = options;
    const result = await user.tpks([...words, '--trace'], { env, stdin });
    expect({ words, code: result.code, stderr: result.stderr }).toEqual({
      words,
      code,
      stderr: expect.any(String),
    });
    for (const [name, owner] of [
      ['admin@localhost', operator],
      ['cody@localhost', cody],
    ] as const) {
      if (!owner.files().some((file) => file.endsWith('.session'))) continue;
      const found = await readTokens(owner, name).catch(() => ({}));
      for (const [kind, token] of Object.entries(found)) {
        secrets[`${kind} of ${name}, ...${token.slice(-6)}`] = token;
      }
    }
    return result;
  }

  test('prints no secret for any command, and no secret is stored in plain text', async () => {
    const runs: [TestUser, TpksResult][] = [];
    const run = async (user: TestUser, words: readonly string[], options = {}) => {
      runs.push([user, await traced(user, words, options)]);
    };
    const admin = (...words: string[]) => ['uaa', ...words];
    await run(operator, admin('target', sandbox.uaa, '--ca-cert', sandbox.caCert));
    await run(operator, admin('token', 'client', 'get', 'admin', '-s', 'adminsecret'));
    await run(
      operator,
      admin('user', 'add', 'erin', '--emails', 'e@example.com', '-p', awkwardPassword),
    );
    await run(operator, admin('member', 'add', 'pks.clusters.manage', 'erin'));
    await run(operator, admin('user', 'get', 'erin'));
    await run(operator, admin('users'));
    await run(operator, admin('group', 'add', 'pks.test'));
    await run(operator, admin('group', 'get', 'pks.test'));
    await run(operator, admin('groups'));
    await run(operator, admin('member', 'delete', 'pks.clusters.manage', 'erin'));
    await run(operator, admin('targets'));
    await run(operator, admin('contexts'));
    await run(operator, admin('context'));
    await run(operator, admin('info'));
    await run(
      operator,
      admin('token', 'owner', 'get', 'pks_cli', 'cody', '-s', '', '-p', 'cody-password'),
    );
    await run(operator, admin('context', 'admin@localhost'));
    await run(operator, admin('user', 'delete', 'erin'));

    const login = ['login', ...sandbox.loginOptions, '-u', 'cody'];
    await run(cody, [...login, '-p', 'cody-password']);
    await run(cody, [...login, '--password-stdin'], { stdin: 'cody-password\n' });
    await run(cody, [...login, '--password-stdin'], { stdin: awkwardPassword, code: 4 });
    const code = await sandbox.passcode('cody');
    secrets['passcode'] = code;
    await run(cody, ['login', ...sandbox.loginOptions, '--sso-passcode', code]);
    await run(cody, ['login', ...sandbox.loginOptions, '--sso-passcode', code], { code: 4 });
    await run(cody, ['clusters']);
    await run(cody, ['cluster', 'dev-1']);
    await run(cody, ['cluster', 'no-such-cluster'], { code: 1 });
    await cody.changeSession('cody@localhost', { expiresAt: '2020-01-01T00:00:00.000Z' });
    await run(cody, ['clusters', '--json']);
    await run(cody, ['status']);
    await run(cody, ['contexts']);
    await run(cody, ['curl', '/v1/clusters', '-i']);
    await run(cody, ['curl', '--uaa', '/Users'], { code: 1 });
    await run(cody, ['context', 'rename', 'cody@localhost', 'work']);
    await run(cody, ['context', 'use', 'work']);
    await run(cody, ['context', 'rename', 'work', 'cody@localhost']);
    await run(cody, ['token', '--decode']);
    await run(cody, ['logout']);
    await run(operator, ['logout', '--all']);
    await run(operator, ['context', 'delete', 'admin@localhost']);

    const kinds = Object.keys(secrets).map((name) => name.split(',')[0]);
    expect(
      kinds.filter((kind) => kind === 'access token of cody@localhost').length,
    ).toBeGreaterThan(3);
    expect(kinds).toContain('refresh token of cody@localhost');
    expect(kinds).toContain('access token of admin@localhost');
    const texts = runs.map(([user, result]) => collectText(user, result));
    expect(findLeaks(texts.join('\n'), secrets)).toEqual([]);
    // Without a trace, the test would prove nothing.
    const requests = runs.flatMap(
      ([, { stderr }]) => stderr.match(/^> (GET|POST|HEAD) https/gm) ?? [],
    );
    expect(requests.length).toBeGreaterThan(25);
  });

  test('is also enabled by TPKS_TRACE, which prints no secret', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    const result = await user.tpks(['clusters'], { env: { TPKS_TRACE: '1' } });
    expect(result.stderr).toContain('> GET https://');
    expect(findLeaks(collectText(user, result), await readTokens(user, 'cody@localhost'))).toEqual(
      [],
    );
    expect((await user.tpks(['clusters'], { env: { TPKS_TRACE: '0' } })).stderr).toBe('');
  });
});

describe('a server that sends secrets back', () => {
  const context = 'cody@127.0.0.1';
  const user = createUser();
  const login = (password: string, words: string[]) =>
    user.tpks([...loginAsCody(), ...words], { stdin: password });
  beforeAll(() => front.login(user, 'cody'));

  const inError: Behaviour = ({ headers, body }, response) => {
    const message = `No: ${headers['authorization'] ?? ''} ${decodeURIComponent(body.replaceAll('+', ' '))}`;
    response.writeHead(500, {
      'content-type': 'application/json',
      'x-echo': Buffer.from(body).toString('base64'),
    });
    response.end(
      JSON.stringify({ error: 'x', error_description: message, body: message, message }),
    );
  };

  test.each<[string, Behaviour]>([
    ['in an error', inError],
    ['unchanged', echoRequest],
    [
      'in a redirect',
      ({ body, headers }, response) => {
        const location = `https://127.0.0.1:1/?${body}&${encodeURIComponent(headers['authorization'] ?? '')}`;
        response.writeHead(302, { location }).end();
      },
    ],
  ])('%s does not make tpks print them', async (_name, behaviour) => {
    const secrets = { password: awkwardPassword, ...(await readTokens(user, context)) };
    front.uaa.setBehaviour(behaviour);
    front.api.setBehaviour(behaviour);
    for (const flag of ['--trace', '--json']) {
      const results = [await login(awkwardPassword, [flag])];
      // With a fresh token, an expired one, and one that is about to expire.
      for (const seconds of [600, -1, 30]) {
        const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
        await user.changeSession(context, { expiresAt });
        results.push(await user.tpks(['clusters', flag]));
      }
      expect(results.filter(({ code }) => code === 0)).toEqual([]);
      expect(results.flatMap((each) => findLeaks(collectText(user, each), secrets))).toEqual([]);
    }
    front.reset();
  });
});

describe('a token', () => {
  test('is not sent to another host, whatever the path of curl contains', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    front.api.clearRequests();
    for (const path of [
      `${front.api.origin}/v1/clusters`,
      `//127.0.0.1:${String(front.api.port)}/v1/clusters`,
      `@127.0.0.1:${String(front.api.port)}/`,
      `\\\\127.0.0.1:${String(front.api.port)}/`,
    ]) {
      await user.tpks(['curl', path]);
    }
    expect(front.api.requests).toEqual([]);
  });

  test('is sent only to the API of its context', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    await front.login(user, 'naomi');
    front.reset();
    await user.tpks(['clusters', '--context', 'cody@localhost']);
    expect(front.api.requests).toEqual([]);
    await user.tpks(['clusters']);
    const { accessToken } = await user.readSession('naomi@127.0.0.1');
    expect(front.api.requests.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${accessToken}`,
    ]);
  });
});

describe('after a logout', () => {
  test('no part of a token is left in any file', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    await user.tpks(['clusters']);
    const secrets = await readTokens(user, 'cody@localhost');
    await user.changeSession('cody@localhost', { expiresAt: '2020-01-01T00:00:00.000Z' });
    await user.tpks(['clusters']);
    Object.assign(secrets, await readTokens(user, 'cody@localhost'));
    const { code, stdout } = await user.tpks(['logout']);
    expect({ code, stdout }).toEqual({
      code: 0,
      // UAA 77 also stores the access token, because an opaque refresh token was used.
      stdout: 'Logged out of cody@localhost, refresh token and access token revoked\n',
    });
    expect(user.files()).toEqual(['config.json']);
    expect(findLeaks(user.read('config.json').toString(), secrets)).toEqual([]);
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 4 });
  });

  test('no cluster names are left in any file', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    await user.tpks(['clusters']);
    expect(user.files().some((file) => file.startsWith('cache/'))).toBe(true);
    await user.tpks(['logout']);
    expect(user.files().some((file) => file.startsWith('cache/'))).toBe(false);
  });

  test('a copy of the session file cannot be decrypted with the key of the next login', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    const [file, copy] = [user.sessionFile(), user.read(user.sessionFile())];
    await user.tpks(['logout']);
    await sandbox.login(user, 'cody');
    writeFileSync(join(user.home, file), copy);
    expect(await user.tpks(['clusters'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('cannot be decrypted'),
    });
  });
});

test.each([
  ['from stdin', ['--password-stdin']],
  ['from a command', ['--password-command', `sed -e '' password`]],
])(
  'no process that tpks starts has a secret %s in its arguments or environment',
  async (_name, words) => {
    const user = createUser();
    writeFileSync(join(user.env['HOME'] ?? '', 'password'), 'cody-password');
    front.uaa.setBehaviour(neverRespond);
    const seen = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    await user.spawn(
      ['login', ...front.loginOptions, '-u', 'cody', ...words, '--store', 'file', '--timeout', '1'],
      {
        stdin: 'cody-password',
        started: ({ pid }) => {
          timer = setInterval(() => {
            for (const each of readProcesses(pid ?? 0)) seen.add(each);
          }, 10);
        },
      },
    );
    clearInterval(timer);
    front.reset();
    expect(seen.size).toBeGreaterThan(0);
    expect(findLeaks([...seen].join('\n'), { password: 'cody-password' })).toEqual([]);
  },
);

test('nothing is written outside TPKS_HOME', async () => {
  const user = createUser();
  await sandbox.login(user, 'cody');
  await user.tpks(['clusters']);
  await user.tpks(['logout']);
  expect(readdirSync(user.env['HOME'] ?? '')).toEqual(['tpks']);
});

/** @returns command line and environment of a process and of its children. */
function readProcesses(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => Number(name) === pid || findParent(name) === pid)
    .flatMap((name) => ['cmdline', 'environ'].map((file) => readIfExists(`/proc/${name}/${file}`)));
}

function findParent(pid: string): number {
  return Number(/\) \S (\d+)/.exec(readIfExists(`/proc/${pid}/stat`))?.[1] ?? 0);
}

function readIfExists(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
