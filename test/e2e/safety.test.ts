import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { answers, echoes, neverAnswers, type Behaviour } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { leaks } from '../support/leaks.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

let sandbox: TestSandbox;
let front: Front;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

/** Everything that a run shows or leaves lying about, the encrypted sessions and their keys aside. */
function remains(person: TestUser, { stdout, stderr }: TpksResult): string {
  const files = person.files().filter((file) => !/\.(session|key)$/.test(file));
  return [stdout, stderr, ...files.map((file) => person.read(file).toString('latin1'))].join('\n');
}

async function tokens(person: TestUser, context: string): Promise<Record<string, string>> {
  const { accessToken, refreshToken, idToken } = await person.session(context);
  return {
    'access token': accessToken,
    ...(refreshToken === undefined ? {} : { 'refresh token': refreshToken }),
    ...(idToken === undefined ? {} : { 'id token': idToken }),
  };
}

/** Signs that every encoding spells in its own way. */
const odd = `p%2Bq+r s&t=u/ü"<'é`;

describe('--trace on every command shows no secret, and none stays in a file:', () => {
  const operator = createUser();
  const user = createUser();
  const env = { TPKS_STORE: 'file' };
  const passwords: Record<string, string> = {
    'admin secret': 'adminsecret',
    'password of erin': odd,
    'password of cody': 'cody-password',
  };
  const secrets: Record<string, string> = { ...passwords };

  async function traced(
    person: TestUser,
    words: readonly string[],
    options: { stdin?: string; code?: number } = {},
  ): Promise<TpksResult> {
    const { stdin = '', code = 0 } = options;
    const result = await person.tpks([...words, '--trace'], { env, stdin });
    expect({ words, code: result.code, stderr: result.stderr }).toEqual({
      words,
      code,
      stderr: expect.any(String),
    });
    for (const [name, at] of [
      ['admin@localhost', operator],
      ['cody@localhost', user],
    ] as const) {
      if (!at.files().some((file) => file.endsWith('.session'))) continue;
      const found = await tokens(at, name).catch(() => ({}));
      for (const [kind, token] of Object.entries(found)) {
        secrets[`${kind} of ${name}, …${token.slice(-6)}`] = token;
      }
    }
    return result;
  }

  test('the main job, and all the rest', async () => {
    const runs: [TestUser, TpksResult][] = [];
    const run = async (person: TestUser, words: readonly string[], options = {}) => {
      runs.push([person, await traced(person, words, options)]);
    };
    const admin = (...words: string[]) => ['uaa', ...words];
    await run(operator, admin('target', sandbox.uaa, '--ca-cert', sandbox.caCert));
    await run(operator, admin('token', 'client', 'get', 'admin', '-s', 'adminsecret'));
    await run(operator, admin('user', 'add', 'erin', '--emails', 'e@example.com', '-p', odd));
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

    const login = ['login', ...sandbox.target, '-u', 'cody'];
    await run(user, [...login, '-p', 'cody-password']);
    await run(user, [...login, '--password-stdin'], { stdin: 'cody-password\n' });
    await run(user, [...login, '--password-stdin'], { stdin: odd, code: 4 });
    const code = await sandbox.passcode('cody');
    secrets['passcode'] = code;
    await run(user, ['login', ...sandbox.target, '--sso-passcode', code]);
    await run(user, ['login', ...sandbox.target, '--sso-passcode', code], { code: 4 });
    await run(user, ['clusters']);
    await run(user, ['cluster', 'dev-1']);
    await run(user, ['cluster', 'no-such-cluster'], { code: 1 });
    await user.alter('cody@localhost', { expiresAt: '2020-01-01T00:00:00.000Z' });
    await run(user, ['clusters', '--json']);
    await run(user, ['status']);
    await run(user, ['contexts']);
    await run(user, ['curl', '/v1/clusters', '-i']);
    await run(user, ['curl', '--uaa', '/Users'], { code: 1 });
    await run(user, ['context', 'rename', 'cody@localhost', 'work']);
    await run(user, ['context', 'use', 'work']);
    await run(user, ['context', 'rename', 'work', 'cody@localhost']);
    await run(user, ['token', '--decode']);
    await run(user, ['logout']);
    await run(operator, ['logout', '--all']);
    await run(operator, ['context', 'delete', 'admin@localhost']);

    const kinds = Object.keys(secrets).map((name) => name.split(',')[0]);
    expect(
      kinds.filter((kind) => kind === 'access token of cody@localhost').length,
    ).toBeGreaterThan(3);
    expect(kinds).toContain('refresh token of cody@localhost');
    expect(kinds).toContain('access token of admin@localhost');
    const texts = runs.map(([person, result]) => remains(person, result));
    expect(leaks(texts.join('\n'), secrets)).toEqual([]);
    // The trace was there: else the test would prove nothing.
    const requests = runs.flatMap(
      ([, { stderr }]) => stderr.match(/^> (GET|POST|HEAD) https/gm) ?? [],
    );
    expect(requests.length).toBeGreaterThan(25);
  });

  test('TPKS_TRACE does the same', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    const result = await person.tpks(['clusters'], { env: { TPKS_TRACE: '1' } });
    expect(result.stderr).toContain('> GET https://');
    expect(leaks(remains(person, result), await tokens(person, 'cody@localhost'))).toEqual([]);
    expect((await person.tpks(['clusters'], { env: { TPKS_TRACE: '0' } })).stderr).toBe('');
  });
});

describe('a server that sends secrets back', () => {
  const context = 'cody@127.0.0.1';
  const person = createUser();
  const login = (password: string, words: string[] = []) =>
    person.tpks(
      ['login', ...front.target, '-u', 'cody', '--password-stdin', '--store', 'file', ...words],
      { stdin: password },
    );
  beforeAll(async () => {
    expect(await login('cody-password')).toMatchObject({ code: 0 });
  });

  const inError: Behaviour = ({ headers, body }, response) => {
    const said = `No: ${headers['authorization'] ?? ''} ${decodeURIComponent(body.replaceAll('+', ' '))}`;
    response.writeHead(500, {
      'content-type': 'application/json',
      'x-echo': Buffer.from(body).toString('base64'),
    });
    response.end(
      JSON.stringify({ error: 'x', error_description: said, body: said, message: said }),
    );
  };

  test.each<[string, Behaviour]>([
    ['in an error', inError],
    ['as they came', echoes],
    [
      'in a redirect',
      ({ body, headers }, response) => {
        const location = `https://127.0.0.1:1/?${body}&${encodeURIComponent(headers['authorization'] ?? '')}`;
        response.writeHead(302, { location }).end();
      },
    ],
  ])('%s gets none of them shown', async (_name, behaviour) => {
    const secrets = { password: odd, ...(await tokens(person, context)) };
    front.uaa.behave(behaviour);
    front.api.behave(behaviour);
    for (const flag of ['--trace', '--json']) {
      const shown = [await login(odd, [flag])];
      // With a fresh token, a dead one, and one that is to be renewed in passing.
      for (const seconds of [600, -1, 30]) {
        const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
        await person.alter(context, { expiresAt });
        shown.push(await person.tpks(['clusters', flag]));
      }
      expect(shown.filter(({ code }) => code === 0)).toEqual([]);
      expect(shown.flatMap((each) => leaks(remains(person, each), secrets))).toEqual([]);
    }
    front.mend();
  });
});

describe('no other host', () => {
  test('gets a token, whatever the path says', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    front.api.forget();
    for (const path of [
      `${front.api.origin}/v1/clusters`,
      `//127.0.0.1:${String(front.api.port)}/v1/clusters`,
      `@127.0.0.1:${String(front.api.port)}/`,
      `\\\\127.0.0.1:${String(front.api.port)}/`,
    ]) {
      await person.tpks(['curl', path]);
    }
    expect(front.api.requests).toEqual([]);
  });

  test('is contacted: each context’s token goes to its own', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    const words = ['-u', 'naomi', '--password-stdin', '--store', 'file'];
    await person.tpks(['login', ...front.target, ...words], { stdin: 'naomi-password' });
    front.mend();
    await person.tpks(['clusters', '--context', 'cody@localhost']);
    expect(front.api.requests).toEqual([]);
    await person.tpks(['clusters']);
    const { accessToken } = await person.session('naomi@127.0.0.1');
    expect(front.api.requests.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${accessToken}`,
    ]);
  });
});

describe('after a logout', () => {
  test('no fragment of a token is left in any file', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    await person.tpks(['clusters']);
    const secrets = await tokens(person, 'cody@localhost');
    await person.alter('cody@localhost', { expiresAt: '2020-01-01T00:00:00.000Z' });
    await person.tpks(['clusters']);
    Object.assign(secrets, await tokens(person, 'cody@localhost'));
    const { code, stdout } = await person.tpks(['logout']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Logged out cody@localhost\n' });
    expect(person.files()).toEqual(['config.json']);
    expect(leaks(person.read('config.json').toString(), secrets)).toEqual([]);
    expect(await person.tpks(['clusters'])).toMatchObject({ code: 4 });
  });

  test('neither are names of clusters', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    await person.tpks(['clusters']);
    expect(person.files().some((file) => file.startsWith('cache/'))).toBe(true);
    await person.tpks(['logout']);
    expect(person.files().some((file) => file.startsWith('cache/'))).toBe(false);
  });

  test('a copy of the session file is worth nothing with the key that comes next', async () => {
    const person = createUser();
    await sandbox.login(person, 'cody');
    const [file, copy] = [person.sessionFile(), person.read(person.sessionFile())];
    await person.tpks(['logout']);
    await sandbox.login(person, 'cody');
    writeFileSync(join(person.home, file), copy);
    expect(await person.tpks(['clusters'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('cannot be decrypted'),
    });
  });
});

test('a session file has nothing of a token in it as it lies there', async () => {
  const person = createUser();
  await sandbox.login(person, 'cody');
  const text = person.read(person.sessionFile()).toString('latin1');
  expect(leaks(text, await tokens(person, 'cody@localhost'))).toEqual([]);
});

test('no process that tpks starts has a secret in its arguments or environment', async () => {
  const person = createUser();
  front.uaa.behave(neverAnswers);
  const seen = new Set<string>();
  let look: NodeJS.Timeout | undefined;
  const words = ['login', ...front.target, '-u', 'cody', '--password-stdin', '--store', 'file'];
  await person.spawn([...words, '--timeout', '1'], {
    stdin: 'cody-password',
    started: ({ pid }) => {
      look = setInterval(() => {
        for (const each of family(pid ?? 0)) seen.add(each);
      }, 10);
    },
  });
  clearInterval(look);
  front.mend();
  expect(seen.size).toBeGreaterThan(0);
  expect(leaks([...seen].join('\n'), { password: 'cody-password' })).toEqual([]);
});

test('nothing is written outside the home', async () => {
  const person = createUser();
  await sandbox.login(person, 'cody');
  await person.tpks(['clusters']);
  await person.tpks(['logout']);
  expect(readdirSync(person.env['HOME'] ?? '')).toEqual(['tpks']);
});

test('a server cannot make the program print a bug: answers of any shape are errors', async () => {
  const person = createUser();
  await person.tpks(
    ['login', ...front.target, '-u', 'cody', '--password-stdin', '--store', 'file'],
    {
      stdin: 'cody-password',
    },
  );
  const shapes: unknown[] = [
    null,
    7,
    'text',
    [null],
    [[]],
    [{ name: null }],
    { a: { b: [] } },
    [{}],
  ];
  for (const body of shapes) {
    front.api.behave(answers({ body: JSON.stringify(body) }));
    const { code, stderr } = await person.tpks(['clusters']);
    expect({ body, code }).toEqual({ body, code: 5 });
    expect(stderr).not.toContain('Internal tpks error');
  }
  front.mend();
});

/** Command line and environment of a process and of its children. */
function family(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => Number(name) === pid || parentOf(name) === pid)
    .flatMap((name) =>
      ['cmdline', 'environ'].map((what) => readOrNothing(`/proc/${name}/${what}`)),
    );
}

function parentOf(pid: string): number {
  return Number(/\) \S (\d+)/.exec(readOrNothing(`/proc/${pid}/stat`))?.[1] ?? 0);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
