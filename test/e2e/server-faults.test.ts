import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredSession } from '../../src/domain/auth/session-repository.js';
import { expectError } from '../support/checks/error-shape.js';
import type { Plain } from '../support/checks/plain-tokens.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import {
  respond,
  brokenJson,
  drip,
  endlessBody,
  neverRespond,
  redirectTo,
  resetBeforeHeaders,
  resetInBody,
  startFaultyServer,
  switchProtocols,
  webPage,
  type Behaviour,
} from '../support/servers/faulty-server.js';
import { freePort } from '../support/servers/free-port.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

const context = 'cody@127.0.0.1';
const cody = createUser();
const configPath = join(cody.home, 'config.json');
let sandbox: TestSandbox;
let front: FaultyInstallation;
let initialSession: Plain<StoredSession>;
let config: string;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
  expect(await login()).toMatchObject({ code: 0 });
  initialSession = await cody.readSession(context);
  config = readFileSync(configPath, 'utf8');
});
afterAll(() => front.close());
/** Restores the state after the login. */
beforeEach(async () => {
  // Restored first, because the settings name the session file.
  writeFileSync(configPath, config);
  await cody.changeSession(context, { ...initialSession, refreshRejectedAt: undefined });
  front.reset();
});

function login(words: readonly string[] = [], user = cody): Promise<TpksResult> {
  const flags = ['-u', 'cody', '--password-stdin', '--store', 'file', ...words];
  return user.tpks(['login', ...front.loginOptions, ...flags], { stdin: 'cody-password' });
}

/**
 * Expects that a command fails and changes no stored file.
 *
 * @returns the error message.
 */
async function expectFailure(
  words: readonly string[],
  exitCode: number,
  user = cody,
): Promise<string> {
  const before = stored(user);
  const message = expectError(await user.tpks(words), exitCode);
  expect(stored(user)).toEqual(before);
  return message;
}

function stored(user = cody): Readonly<Record<string, string>> {
  const files = user.files().filter((file) => !file.startsWith('cache/'));
  return Object.fromEntries(files.map((file) => [file, user.read(file).toString('base64')]));
}

/** Changes the addresses in the stored context. */
function changeContext(changes: Readonly<Record<string, string>>): void {
  const settings = JSON.parse(config) as { contexts: Record<string, object> };
  settings.contexts[context] = { ...settings.contexts[context], ...changes };
  writeFileSync(configPath, JSON.stringify(settings));
}

const otherHost = 'https://127.0.0.1:1/elsewhere';
const faults: [name: string, fault: Behaviour, exitCode: number, message: RegExp][] = [
  ['resets the connection', resetBeforeHeaders, 5, /the connection was interrupted/],
  ['resets the connection within the response', resetInBody, 5, /the connection was interrupted/],
  ['never responds', neverRespond, 5, /did not send a complete response within 1 s/],
  [
    'sends its response one byte at a time',
    drip(50),
    5,
    /did not send a complete response within 1 s/,
  ],
  ['sends an endless response', endlessBody, 5, /is larger than 16 MiB/],
  [
    'responds with 500',
    respond({ status: 500, body: { body: 'out of order' } }),
    5,
    /out of order|HTTP 500/,
  ],
  [
    'responds with 502 and HTML',
    respond({ status: 502, body: '<html>Bad gateway</html>' }),
    5,
    /HTTP 502/,
  ],
  ['responds with 503 and no body', respond({ status: 503, body: '' }), 5, /HTTP 503/],
  [
    'responds with a web page',
    webPage,
    5,
    /a web page instead of JSON|does not respond like a UAA/,
  ],
  ['responds with invalid JSON', brokenJson, 5, /invalid JSON|does not respond like a UAA/],
  [
    'responds with an empty body',
    respond({ body: '' }),
    5,
    /an empty response instead of JSON|does not respond like a UAA/,
  ],
  [
    'responds with unexpected JSON',
    respond({ body: { a: 1 } }),
    5,
    /does not respond like a UAA|returned an invalid list of clusters/,
  ],
  ['switches protocols', switchProtocols, 5, /valid response: it switched protocols/],
  [
    'redirects to another host',
    redirectTo(otherHost),
    6,
    /which is another host; tpks did not follow it$/,
  ],
];

/** The list of clusters may have 128 MiB, the responses of the UAA only 16 MiB. */
const apiFaults = faults.filter(([, fault]) => fault !== endlessBody);

describe.each(apiFaults)('a server that %s', (_name, fault, exitCode, message) => {
  test('makes clusters fail with one error message if it is the API', async () => {
    front.api.setBehaviour(fault);
    expect(await expectFailure(['clusters', '--timeout', '1'], exitCode)).toMatch(message);
    expect(front.api.requests).toHaveLength(1);
    expect(front.uaa.requests).toEqual([]);
  });
});

/** One fault of each kind: no response, an unusable response, an error status and a redirect. None needs the timeout. */
const uaaFaults = faults.filter(([name]) =>
  [
    'resets the connection',
    'sends an endless response',
    'responds with a web page',
    'responds with 500',
    'redirects to another host',
  ].includes(name),
);

describe.each(uaaFaults)('a server that %s', (_name, fault, exitCode, message) => {
  test('makes login fail with one error message if it is the UAA', async () => {
    front.uaa.setBehaviour(fault);
    const before = stored();
    const result = await login(['--timeout', '30']);
    // A redirect of the token endpoint is not followed: only the UAA receives requests.
    expect(expectError(result, exitCode === 6 ? 6 : 5)).toMatch(message);
    expect(stored()).toEqual(before);
    expect(front.uaa.requests).toHaveLength(1);
    expect(front.api.requests).toEqual([]);
  });
});

describe('uaa commands', () => {
  const operator = createUser();
  beforeAll(async () => {
    front.reset();
    await operator.tpks(['uaa', 'target', front.uaa.origin, '--ca-cert', front.caCert]);
    const words = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
    const token = await operator.tpks([...words, '--store', 'file'], { stdin: 'adminsecret' });
    expect(token).toMatchObject({ code: 0 });
  });

  test.each(uaaFaults)(
    'fail with one error message if the UAA %s',
    async (_name, fault, exitCode) => {
      front.uaa.setBehaviour(fault);
      await expectFailure(['uaa', 'users', '--timeout', '30'], exitCode, operator);
      expect(front.uaa.requests).toHaveLength(1);
    },
  );

  test.each(uaaFaults)('store no target if the UAA %s', async (_name, fault, exitCode) => {
    front.uaa.setBehaviour(fault);
    const words = ['uaa', 'target', front.uaa.origin, '--ca-cert', front.caCert];
    const before = stored(operator);
    const result = await operator.tpks([...words, '--timeout', '30']);
    expectError(result, exitCode === 6 ? 6 : expect.any(Number));
    expect([1, 5, 6]).toContain(result.code);
    expect(stored(operator)).toEqual(before);
  });
});

describe('redirects', () => {
  test.each([
    ['to http', () => `http://127.0.0.1:${String(front.api.port)}/v1/clusters`, 6],
    ['to another port', () => front.uaa.origin, 6],
    ['to the same origin', () => '/v1/elsewhere', 5],
  ])('%s are not followed, and no token is sent', async (_name, location, exitCode) => {
    front.api.setBehaviour(redirectTo(location()));
    await expectFailure(['clusters'], exitCode);
    await expectFailure(['cluster', 'dev-1'], exitCode);
    expect(front.api.requests).toHaveLength(2);
    expect(front.uaa.requests).toEqual([]);
  });
});

describe('a response that has only a status', () => {
  test.each([
    [
      'a redirect to another host',
      redirectTo(otherHost),
      6,
      /which is another host; tpks did not follow it$/,
    ],
    [
      'a redirect to the same host',
      redirectTo('/login'),
      5,
      /redirected the request to https:\S+\/login \(HTTP 302\)$/,
    ],
    [
      '304 without a body',
      respond({ status: 304, body: '' }),
      5,
      /did not send a valid response: HTTP 304$/,
    ],
    [
      'a redirect without a location',
      respond({ status: 302, body: '' }),
      5,
      /did not send a valid response: HTTP 302$/,
    ],
    ['503', respond({ status: 503, body: '' }), 5, /HTTP 503/],
  ])(
    'status, curl and login report the same error for %s',
    async (_name, fault, exitCode, message) => {
      front.api.setBehaviour(fault);
      expect(await expectFailure(['curl', '/v1/clusters'], exitCode)).toMatch(message);
      const { code, stdout, stderr } = await cody.tpks(['status']);
      expect(code).toBe(exitCode);
      expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
      expect(stderr.split('\n')[1]).toMatch(message);
      const before = stored();
      expect(expectError(await login(), exitCode)).toMatch(message);
      expect(stored()).toEqual(before);
    },
  );
});

describe('an unreachable server', () => {
  test('does not prevent status from showing the stored data', async () => {
    changeContext({ api: `https://127.0.0.1:${String(await freePort())}` });
    const { code, stdout, stderr } = await cody.tpks(['status']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
    expect(stderr).toMatch(/^\nError: .* the connection was refused\nHint: .*\n$/);
  });
});

describe('a certificate that is no longer trusted', () => {
  test('makes the command exit with 6 and send nothing', async () => {
    const bad = await startFaultyServer(front.certificates.unknownCa);
    try {
      changeContext({ api: bad.origin });
      expect(await expectFailure(['clusters'], 6)).toMatch(
        /^The certificate of 127\.0\.0\.1:\d+ [^]*\n +SHA-256: /,
      );
      changeContext({ uaa: bad.origin });
      await cody.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
      expect(await expectFailure(['--context', context, 'clusters'], 6)).toMatch(
        /^The certificate of 127\.0\.0\.1:\d+ [^]*\n +SHA-256: /,
      );
      expect(bad.requests).toEqual([]);
    } finally {
      await bad.close();
    }
  });
});

describe('a corrupt configuration file', () => {
  const commands = [
    ['clusters'],
    ['status', '--offline'],
    ['contexts'],
    ['context', 'use', context],
    ['logout'],
    ['token'],
    ['uaa', 'users'],
    ['uaa', 'target'],
  ];

  test.each([
    ['{"version": 1, "contexts"', `The configuration file ${configPath} is corrupt`],
    ['{"version": 3}', `${configPath} was written by a newer version of tpks (format 3)`],
  ])('(%j) is reported and not changed by any command', async (text, message) => {
    writeFileSync(configPath, text);
    for (const words of commands) expect(await expectFailure(words, 7)).toContain(message);
    expectError(await login(), 7);
    expect(readFileSync(configPath, 'utf8')).toBe(text);
    expect(front.uaa.requests).toEqual([]);
  });
});

test.each([
  ['a TPKS_HOME', (home: string) => home],
  ['a config.json', (home: string) => join(home, 'config.json')],
])('%s that other users can write to is rejected with a command that fixes it', async (_, find) => {
  const user = createUser();
  await login([], user);
  front.reset();
  const path = find(user.home);
  chmodSync(path, 0o777);
  const rejected = await user.tpks(['clusters']);
  expect(rejected).toMatchObject({ code: 7, stdout: '' });
  const [, command = ''] = /^Hint: (chmod [^,]*),/m.exec(rejected.stderr) ?? [];
  expect(command).toBe(`chmod go-w '${path}'`);
  const completion = await user.tpks(['__complete', 'tpks', 'context', 'use', '']);
  expect(completion).toMatchObject({ code: 0, stderr: '' });
  expect(completion.stdout).not.toContain('cody');
  const report = await user.tpks(['doctor']);
  expect(report.stdout).toContain(`Other users can write to ${path}`);
  expect([front.api.requests, front.uaa.requests]).toEqual([[], []]);
  expect(spawnSync('sh', ['-c', command]).status).toBe(0);
  expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
});

describe('a session file that cannot be decrypted', () => {
  const zeros = `${Buffer.alloc(32).toString('base64')}\n`;

  test.each<[string, 'session' | 'key', (text: Buffer) => Buffer | string | undefined]>([
    ['is empty', 'session', () => ''],
    ['was truncated', 'session', (text) => text.subarray(0, 100)],
    ['has a changed byte', 'session', flipByte],
    ['is not JSON', 'session', () => 'hello\n'],
    ['was encrypted with another key', 'key', () => zeros],
    ['has an invalid key', 'key', () => 'hello\n'],
    ['has no key', 'key', () => undefined],
  ])(
    'because it %s: commands exit with 4, send nothing and keep the file',
    async (_name, extension, damage) => {
      const user = createUser();
      await login([], user);
      const file = user.files().find((name) => name.endsWith(`.${extension}`)) ?? '';
      const damaged = damage(user.read(file));
      if (damaged === undefined) rmSync(join(user.home, file));
      else writeFileSync(join(user.home, file), damaged);
      front.reset();

      for (const words of [['clusters'], ['token'], ['status', '--offline']]) {
        expect(await expectFailure(words, 4, user)).toMatch(
          /^The session file .* cannot be decrypted: /,
        );
      }
      expect([front.api.requests, front.uaa.requests]).toEqual([[], []]);

      expect(await login([], user)).toMatchObject({ code: 0 });
      expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('is removed by logout', async () => {
    const user = createUser();
    await login([], user);
    writeFileSync(join(user.home, user.sessionFile()), 'hello\n');
    const { code, stderr } = await user.tpks(['logout']);
    expect(code).toBe(0);
    expect(stderr).toContain('cannot be decrypted');
    expect(user.files()).toEqual(['config.json']);
  });
});

describe('files in a wrong state', () => {
  test('a TPKS_HOME that is a file is reported', async () => {
    const path = join(cody.env['HOME'] ?? '', 'plain');
    writeFileSync(path, '');
    const other = { env: { TPKS_HOME: path } };
    const words = ['login', ...front.loginOptions, '-u', 'cody', '-p', 'x', '--store', 'file'];
    const { stderr, code } = await cody.tpks(words, other);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/\nError: Cannot (read|write) .*plain.*\nHint: .*TPKS_HOME/);
    expect(front.uaa.requests).toEqual([]);
  });

  test('a session file that is a folder is reported', async () => {
    const other = createUser();
    await sandbox.login(other, 'cody');
    const path = join(other.home, other.sessionFile());
    rmSync(path);
    mkdirSync(path);
    expect(expectError(await other.tpks(['clusters']), 7)).toContain(`Cannot read ${path}`);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('permissions that are too wide are corrected when the token is renewed', async () => {
    const files = cody.files().filter((file) => /\.(session|key)$/.test(file));
    expect(files).toHaveLength(2);
    for (const file of files) chmodSync(join(cody.home, file), 0o644);
    await cody.changeSession(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
    await cody.tpks(['clusters']);
    for (const file of files) {
      expect((statSync(join(cody.home, file)).mode & 0o777).toString(8)).toBe('600');
    }
  });
});

function flipByte(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = copy[middle] === 0x41 ? 0x42 : 0x41;
  return copy;
}
