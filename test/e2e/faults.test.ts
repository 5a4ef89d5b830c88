import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StoredSession } from '../../src/auth/session-file.js';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { expectError } from '../support/error-shape.js';
import {
  answers,
  brokenJson,
  drips,
  endlessBody,
  neverAnswers,
  redirectsTo,
  resetsBeforeHeaders,
  resetsInBody,
  startFaultyServer,
  switchesProtocols,
  webPage,
  type Behaviour,
} from '../support/faulty-server.js';
import { freePort } from '../support/free-port.js';
import { startFront, type Front } from '../support/front.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import type { Plain } from '../support/plain-tokens.js';

const context = 'cody@127.0.0.1';
const cody = createUser();
const configPath = join(cody.home, 'config.json');
let sandbox: TestSandbox;
let front: Front;
let begun: Plain<StoredSession>;
let config: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
  expect(await login()).toMatchObject({ code: 0 });
  begun = await cody.session(context);
  config = readFileSync(configPath, 'utf8');
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});
/** As after a login. */
beforeEach(async () => {
  // Restored first, because the settings name the session file.
  writeFileSync(configPath, config);
  await cody.alter(context, { ...begun, refreshRejectedAt: undefined });
  front.mend();
});

function login(words: readonly string[] = [], person = cody): Promise<TpksResult> {
  const flags = ['-u', 'cody', '--password-stdin', '--store', 'file', ...words];
  return person.tpks(['login', ...front.target, ...flags], { stdin: 'cody-password' });
}

/** Runs a command that fails, and expects that nothing stored has changed. */
async function fails(words: readonly string[], exitCode: number, person = cody): Promise<string> {
  const before = stored(person);
  const sentence = expectError(await person.tpks(words), exitCode);
  expect(stored(person)).toEqual(before);
  return sentence;
}

function stored(person = cody): Readonly<Record<string, string>> {
  const files = person.files().filter((file) => !file.startsWith('cache/'));
  return Object.fromEntries(files.map((file) => [file, person.read(file).toString('base64')]));
}

/** Sends the stored context elsewhere. */
function point(changes: Readonly<Record<string, string>>): void {
  const settings = JSON.parse(config) as { contexts: Record<string, object> };
  settings.contexts[context] = { ...settings.contexts[context], ...changes };
  writeFileSync(configPath, JSON.stringify(settings));
}

const elsewhere = 'https://127.0.0.1:1/elsewhere';
const faults: [name: string, fault: Behaviour, exitCode: number, sentence: RegExp][] = [
  ['a reset', resetsBeforeHeaders, 5, /the connection was interrupted/],
  ['a reset within the answer', resetsInBody, 5, /the connection was interrupted/],
  ['no answer', neverAnswers, 5, /did not send a complete response within 1 s/],
  ['an answer that drips', drips(50), 5, /did not send a complete response within 1 s/],
  ['an endless answer', endlessBody, 5, /is larger than 16 MiB|of more than 128 MiB/],
  ['500', answers({ status: 500, body: { body: 'out of order' } }), 5, /out of order|HTTP 500/],
  ['HTML with 502', answers({ status: 502, body: '<html>Bad gateway</html>' }), 5, /HTTP 502/],
  ['503 without a word', answers({ status: 503, body: '' }), 5, /HTTP 503/],
  ['a web page', webPage, 5, /a web page instead of JSON|does not respond like a UAA/],
  ['broken JSON', brokenJson, 5, /invalid JSON|does not respond like a UAA/],
  [
    'nothing',
    answers({ body: '' }),
    5,
    /an empty response instead of JSON|does not respond like a UAA/,
  ],
  [
    'JSON of another kind',
    answers({ body: { a: 1 } }),
    5,
    /does not respond like a UAA|returned an invalid list of clusters/,
  ],
  ['a switch of protocols', switchesProtocols, 5, /valid response: it switched protocols/],
  ['a redirect to another host', redirectsTo(elsewhere), 6, /another host: not followed/],
];

describe.each(faults)('%s', (_name, fault, exitCode, sentence) => {
  test('from the API: clusters fails in one sentence', async () => {
    front.api.behave(fault);
    expect(await fails(['clusters', '--timeout', '1'], exitCode)).toMatch(sentence);
    expect(front.api.requests).toHaveLength(1);
    expect(front.uaa.requests).toEqual([]);
  });

  test('from the UAA: login fails in one sentence', async () => {
    front.uaa.behave(fault);
    const before = stored();
    const result = await login(['--timeout', '1']);
    // Of a redirect the token endpoint is no place: no host but the UAA's is ever asked.
    expect(expectError(result, exitCode === 6 ? 6 : 5)).toMatch(sentence);
    expect(stored()).toEqual(before);
    expect(front.uaa.requests).toHaveLength(1);
    expect(front.api.requests).toEqual([]);
  });
});

describe('the uaa commands', () => {
  const operator = createUser();
  beforeAll(async () => {
    front.mend();
    await operator.tpks(['uaa', 'target', front.uaa.origin, '--ca-cert', front.caCert]);
    const words = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
    const token = await operator.tpks([...words, '--store', 'file'], { stdin: 'adminsecret' });
    expect(token).toMatchObject({ code: 0 });
  });

  test.each(faults)('fail in one sentence: %s', async (_name, fault, exitCode) => {
    front.uaa.behave(fault);
    await fails(['uaa', 'users', '--timeout', '1'], exitCode, operator);
    expect(front.uaa.requests).toHaveLength(1);
  });

  test.each(faults)('find out before a target is kept: %s', async (_name, fault, exitCode) => {
    front.uaa.behave(fault);
    const words = ['uaa', 'target', front.uaa.origin, '--ca-cert', front.caCert];
    const before = stored(operator);
    const result = await operator.tpks([...words, '--timeout', '1']);
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
  ])('%s are not followed, and no token travels', async (_name, location, exitCode) => {
    front.api.behave(redirectsTo(location()));
    await fails(['clusters'], exitCode);
    await fails(['cluster', 'dev-1'], exitCode);
    expect(front.api.requests).toHaveLength(2);
    expect(front.uaa.requests).toEqual([]);
  });
});

describe('a response that only has a status', () => {
  test.each([
    ['a redirect to another host', redirectsTo(elsewhere), 6, /another host: not followed$/],
    ['a redirect to the same host', redirectsTo('/login'), 5, /redirect \(HTTP 302\)/],
    ['304 without a body', answers({ status: 304, body: '' }), 5, /unexpected: HTTP 304$/],
    [
      'a redirect without an address',
      answers({ status: 302, body: '' }),
      5,
      /unexpected: HTTP 302$/,
    ],
    ['503', answers({ status: 503, body: '' }), 5, /HTTP 503/],
  ])('%s: status, curl and the probe of login agree', async (_name, fault, exitCode, sentence) => {
    front.api.behave(fault);
    expect(await fails(['curl', '/v1/clusters'], exitCode)).toMatch(sentence);
    const { code, stdout, stderr } = await cody.tpks(['status']);
    expect(code).toBe(exitCode);
    expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
    expect(stderr.split('\n')[1]).toMatch(sentence);
    const before = stored();
    expect(expectError(await login(), exitCode)).toMatch(sentence);
    expect(stored()).toEqual(before);
  });
});

describe('no server', () => {
  test('a host that is unknown', async () => {
    point({ api: 'https://no-such-host.invalid:9021' });
    expect(await fails(['clusters'], 5)).toMatch(
      /^Unable to send a request to no-such-host\.invalid:9021: the host name /,
    );
  });

  test('a port where nobody listens', async () => {
    point({ api: `https://127.0.0.1:${String(await freePort())}` });
    expect(await fails(['clusters'], 5)).toMatch(/the connection was refused$/);
    expect(await fails(['cluster', 'dev-1'], 5)).toMatch(/the connection was refused$/);
  });

  test('status tells what it knows, and that it could not prove it', async () => {
    point({ api: `https://127.0.0.1:${String(await freePort())}` });
    const { code, stdout, stderr } = await cody.tpks(['status']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
    expect(stderr).toMatch(/^\nError: .* the connection was refused\nHint: .*\n$/);
  });
});

describe('trust that was lost since the login', () => {
  test.each(['unknownCa', 'wrongName', 'expired', 'notYetValid', 'selfSigned'] as const)(
    '%s: exit 6, and the server gets nothing',
    async (which) => {
      const bad = await startFaultyServer(front.certificates[which]);
      try {
        point({ api: bad.origin });
        expect(await fails(['clusters'], 6)).toMatch(
          /^The certificate of 127\.0\.0\.1:\d+ .*SHA-256 /,
        );
        point({ uaa: bad.origin });
        await cody.alter(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
        expect(await fails(['clusters'], 6)).toMatch(
          /^The certificate of 127\.0\.0\.1:\d+ .*SHA-256 /,
        );
        expect(bad.requests).toEqual([]);
      } finally {
        await bad.close();
      }
    },
  );
});

describe('a corrupt configuration', () => {
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

  test.each(['', '{"version": 1, "contexts"', '[]', '{"version": 0, "contexts": {}}'])(
    '%j is named and not changed by any command',
    async (text) => {
      writeFileSync(configPath, text);
      for (const words of commands) {
        expect(await fails(words, 7)).toContain(`The configuration file ${configPath} is corrupt`);
      }
      expectError(await login(), 7);
      expect(readFileSync(configPath, 'utf8')).toBe(text);
      expect(front.uaa.requests).toEqual([]);
    },
  );
});

test('a configuration in the format of a newer tpks is rejected and not changed', async () => {
  const newer = '{"version": 2, "contexts": "in another form"}';
  writeFileSync(configPath, newer);
  for (const words of [['clusters'], ['contexts'], ['logout'], ['token']]) {
    expect(await fails(words, 7)).toBe(
      `${configPath} was written by a newer version of tpks (format 2)`,
    );
  }
  expectError(await login(), 7);
  expect(readFileSync(configPath, 'utf8')).toBe(newer);
});

test('a home that other users can write to is rejected with a command that fixes it', async () => {
  const person = createUser();
  await login([], person);
  front.mend();
  chmodSync(person.home, 0o777);
  const refused = await person.tpks(['clusters']);
  expect(refused).toMatchObject({ code: 7, stdout: '' });
  const [, command = ''] = /^Hint: (chmod [^,]*),/m.exec(refused.stderr) ?? [];
  expect(command).toBe(`chmod go-w '${person.home}'`);
  expect([front.api.requests, front.uaa.requests]).toEqual([[], []]);
  expect(spawnSync('sh', ['-c', command]).status).toBe(0);
  expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
});

describe('a session file that cannot be decrypted', () => {
  const zeros = `${Buffer.alloc(32).toString('base64')}\n`;

  test.each<[string, 'session' | 'key', (text: Buffer) => Buffer | string | undefined]>([
    ['is empty', 'session', () => ''],
    ['was cut off', 'session', (text) => text.subarray(0, 100)],
    ['has a changed byte', 'session', flipped],
    ['is no JSON', 'session', () => 'hello\n'],
    ['is under another key', 'key', () => zeros],
    ['is under a key that is none', 'key', () => 'hello\n'],
    ['has lost its key', 'key', () => undefined],
  ])('because it %s: exit 4, nothing is sent, and the file stays', async (_name, what, damage) => {
    const person = createUser();
    await login([], person);
    const file = person.files().find((name) => name.endsWith(`.${what}`)) ?? '';
    const damaged = damage(person.read(file));
    if (damaged === undefined) rmSync(join(person.home, file));
    else writeFileSync(join(person.home, file), damaged);
    front.mend();

    for (const words of [['clusters'], ['token'], ['status', '--offline']]) {
      expect(await fails(words, 4, person)).toMatch(/^The session file .* cannot be decrypted: /);
    }
    expect([front.api.requests, front.uaa.requests]).toEqual([[], []]);

    expect(await login([], person)).toMatchObject({ code: 0 });
    expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('is removed by a logout', async () => {
    const person = createUser();
    await login([], person);
    writeFileSync(join(person.home, person.sessionFile()), 'hello\n');
    const { code, stderr } = await person.tpks(['logout']);
    expect(code).toBe(0);
    expect(stderr).toContain('cannot be decrypted');
    expect(person.files()).toEqual(['config.json']);
  });
});

describe('state that a user laid in the way', () => {
  test('a file in place of the home', async () => {
    const path = join(cody.env['HOME'] ?? '', 'plain');
    writeFileSync(path, '');
    const other = { env: { TPKS_HOME: path } };
    const words = ['login', ...front.target, '-u', 'cody', '-p', 'x', '--store', 'file'];
    const { stderr, code } = await cody.tpks(words, other);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/\nError: Cannot (read|write) .*plain.*\nHint: .*TPKS_HOME/);
    expect(front.uaa.requests).toEqual([]);
  });

  test('a folder in place of the session file', async () => {
    const other = createUser();
    await sandbox.login(other, 'cody');
    const path = join(other.home, other.sessionFile());
    rmSync(path);
    mkdirSync(path);
    expect(expectError(await other.tpks(['clusters']), 7)).toContain(`Cannot read ${path}`);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('rights that others were given are taken back', async () => {
    const files = cody.files().filter((file) => /\.(session|key)$/.test(file));
    expect(files).toHaveLength(2);
    for (const file of files) chmodSync(join(cody.home, file), 0o644);
    await cody.alter(context, { expiresAt: '2020-01-01T00:00:00.000Z' });
    await cody.tpks(['clusters']);
    for (const file of files) {
      expect((statSync(join(cody.home, file)).mode & 0o777).toString(8)).toBe('600');
    }
  });
});

describe('under --json', () => {
  test('an error is one object on stderr, and says whether to try again', async () => {
    front.api.behave(answers({ status: 503, body: '' }));
    const { code, stdout, stderr } = await cody.tpks(['clusters', '--json']);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'unavailable',
        message: expect.stringContaining('HTTP 503'),
        hint: expect.any(String),
        retryable: true,
        status: 503,
      },
    });
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  test('so are mistakes on the command line', async () => {
    const { code, stderr } = await cody.tpks(['clusters', '--json', '--nonsense']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage', retryable: false } });
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
  return copy;
}
