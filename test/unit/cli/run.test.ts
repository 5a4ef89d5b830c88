import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { version } from '../../../src/base/version.js';
import type { RunIo } from '../../../src/cli/run.js';
import type { Send } from '../../../src/platform/http/send.js';
import { fakeSend, tokenBody } from '../../support/fakes/fake-send.js';
import { createUser, type TestUser } from '../../support/program/cli.js';
import { collectOutput, loginCommand } from '../../support/program/headless.js';
import { loadBundled } from '../../support/program/load-bundled.js';

const { run } = await loadBundled();

const unused: Send = (request) => Promise.reject(new Error(`unexpected request: ${request.url}`));
const neverResponds: Send = () => new Promise(() => undefined);

/** Replies to a login, and to `clusters` with the cluster `dev-1`. */
const installation: Send = (request) => {
  const { pathname } = new URL(request.url);
  const bodies = new Map<string, unknown>([
    ['/oauth/token', tokenBody],
    ['/v1/clusters', [{ name: 'dev-1' }]],
  ]);
  const body = bodies.get(pathname);
  return fakeSend(body === undefined ? { status: 404 } : { body }).send(request);
};

const login = (user: TestUser) => user.tpks(loginCommand, { send: installation });

describe('run', () => {
  test('uses only the streams, environment and network that it is given', async () => {
    const user = createUser();
    expect(await login(user)).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await user.tpks(['clusters', '--json'], {
      send: installation,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([{ name: 'dev-1' }]);
  });

  test.each([
    [['uaa', 'users', '--help'], /^Usage: tpks uaa users/],
    [['help', 'exit-codes'], /^EXIT CODES\n/],
    [['__complete', '--', 'clus'], /^clusters\t/],
    [['__complete', '--', 'help', 'wai'], /^waiting\n/],
  ])('prints the result of %j to the given stdout', async (words, expected) => {
    const { code, stdout, stderr } = await createUser().tpks(words, { send: unused });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(expected),
      stderr: '',
    });
  });

  test.each(['--version --json', '--json --version', '-V -o=json', '-ojson --version'])(
    'prints the version as JSON with "%s"',
    async (line) => {
      const result = await createUser().tpks(line.split(' '));
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(result.stdout)).toEqual({
        version,
        node: process.version,
        platform: process.platform,
        arch: process.arch,
      });
    },
  );

  test.each([
    ['--version -o yaml', /^version: \S+\nnode: /],
    ['--version --json=false', /^tpks \d/],
    ['--version -- --json', /^tpks \d/],
    ['-v', /^tpks \d/],
    ['uaa -v', /^tpks \d/],
    ['uaa -v -o yaml', /^version: \S+\nnode: /],
  ])('prints the version in the requested format with "%s"', async (line, expected) => {
    const { code, stdout } = await createUser().tpks(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(expected) });
  });

  test('rejects -v after a command', async () => {
    const rejected = { code: 2, stderr: expect.stringContaining("flag: 'v' in -v") };
    expect(await createUser().tpks(['clusters', '-v'])).toMatchObject(rejected);
  });

  test.each([
    ['pks', ['create-cluster', '--pla'], '--plan\tplan, as listed by `pks plans` (required)'],
    [
      'uaac',
      ['plan', '--fil'],
      '--file\taccess file (YAML or JSON), see `uaac export`; - for stdin',
    ],
    ['tpks', ['create-cluster', '--pla'], '--plan\tplan, as listed by `tpks plans` (required)'],
  ])('a completion through %s names it in descriptions', async (programName, words, line) => {
    const { stdout } = await createUser().tpks(['__complete', '--', ...words], { programName });
    expect(stdout.split('\n')).toContain(line);
  });

  test('wraps help to the width of the given terminal', async () => {
    const { stdout } = await createUser().tpks(['login', '--help'], { terminalColumns: 200 });
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeGreaterThan(80);
  });
});

describe('a command that is run through a link', () => {
  test('names the link in errors and hints, including in JSON', async () => {
    const user = createUser();
    const text = await user.tpks(['clusters'], { programName: 'tkgi' });
    expect(text.stderr).toContain('Hint: tkgi login -a api.example.com');
    const { stderr } = await user.tpks(['context', 'use', 'x', '--json'], { programName: 'pks' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { hint: 'run pks contexts to list the contexts, or pks login to create one' },
    });
    const plan = await user.tpks(['plan'], { programName: 'uaac' });
    expect(plan.stderr).toContain('Hint: uaac plan --help');
  });

  test('names the link in the text for an empty list, but not in data from the server', async () => {
    const user = createUser();
    const empty = await user.tpks(['contexts'], { programName: 'pks' });
    expect(empty.stdout).toBe('No contexts yet. Create one: pks login -a api.example.com\n');
    const send = ({ url }: { url: string }) =>
      fakeSend({
        body: url.includes('/oauth/token')
          ? tokenBody
          : url.includes('/v1/plans')
            ? [{ name: 'small', id: '1', description: 'see tpks plans' }]
            : [],
      }).send({ method: 'GET', url });
    await user.tpks(loginCommand, { send });
    const plans = await user.tpks(['plans'], { send, programName: 'pks' });
    expect(plans).toMatchObject({ code: 0, stdout: expect.stringContaining('see tpks plans') });
  });
});

/** Creates streams that the test can inspect after the run. */
function createIo(): { readonly io: RunIo; readonly stderr: () => string } {
  const stderr = collectOutput();
  const { env } = createUser();
  return {
    io: {
      stdin: new PassThrough(),
      stdout: collectOutput().stream,
      stderr: stderr.stream,
      env: {
        ...env,
        TPKS_API: 'https://pks.test',
        TPKS_USERNAME: 'cody',
        TPKS_PASSWORD: 'pass-word',
      },
      platform: process.platform,
    },
    stderr: stderr.text,
  };
}

describe('a command that waits for a response', () => {
  test('is cancelled by an interrupt', async () => {
    const interrupt = new EventEmitter();
    const { io, stderr } = createIo();
    const running = run(['clusters'], io, {
      send: neverResponds,
      onInterrupt: (listener) => interrupt.on('interrupt', listener),
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    interrupt.emit('interrupt');
    expect(await running).toBe(130);
    expect(stderr()).toBe('\nError: Interrupted\n');
  });

  test('can finish a write that it has started, until a second interrupt', async () => {
    const interrupt = new EventEmitter();
    const user = createUser();
    const file = join(user.home, '..', 'access.json');
    const erin = { emails: ['erin@example.com'], origin: 'ldap' };
    writeFileSync(file, JSON.stringify({ users: { erin } }));
    let writes = 0;
    const running = user.tpks(['uaa', 'apply', '-f', file, '--yes'], {
      env: {
        TPKS_API: 'https://pks.test',
        TPKS_UAA_URL: 'https://uaa.test',
        TPKS_CLIENT_NAME: 'admin',
        TPKS_CLIENT_SECRET: 'adminsecret',
      },
      send: (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/oauth/token') return fakeSend({ body: tokenBody }).send(request);
        if (request.method === 'GET') {
          return fakeSend({ body: { resources: [], totalResults: 0 } }).send(request);
        }
        writes += 1;
        // The second interrupt is needed because the write never finishes.
        setImmediate(() => {
          interrupt.emit('interrupt');
          setImmediate(() => interrupt.emit('interrupt'));
        });
        return neverResponds(request);
      },
      onInterrupt: (listener) => interrupt.on('interrupt', listener),
    });
    const { code, stderr } = await running;
    expect({ code, writes }).toEqual({ code: 130, writes: 1 });
    expect(stderr).toContain(
      'Interrupted: waiting for 1 request to finish; press Ctrl-C again to stop immediately\n',
    );
    expect(stderr).toMatch(/\nError: Interrupted\n$/);
  });

  test('fails with its name in the message when the event loop is empty', async () => {
    const loop = new EventEmitter();
    const { io, stderr } = createIo();
    const running = run(['clusters'], io, {
      send: neverResponds,
      onIdle: (listener) => loop.on('beforeExit', listener),
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    loop.emit('beforeExit');
    expect(await running).toBe(1);
    expect(stderr()).toMatch(/^\nError: tpks clusters ended without a result\n/);
  });
});
