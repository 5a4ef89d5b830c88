import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, beforeAll } from '@jest/globals';
import { TpksError } from '../../../src/base/errors.js';
import { codedError, toNetworkError } from '../../../src/platform/http/network-error.js';
import type { Send } from '../../../src/platform/http/send.js';
import { withApiTimeLimit } from '../../../src/platform/http/time-limits.js';
import {
  fakeSend,
  tokenBody,
  type FakeResponse,
  probeResponse,
  toResponse,
} from '../../support/fakes/fake-send.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { manualSchedule } from '../../support/fakes/manual-schedule.js';
import { createUser, type TestUser } from '../../support/program/cli.js';
import { loginCommand, type HeadlessOptions } from '../../support/program/headless.js';

let user: TestUser;
const renewalCommand = 'tpks login -a pks.test -u cody --name work --store file';

/** Runs a command against servers that respond by path, with 404 to all other paths. */
const run = (args: readonly string[], responses: Readonly<Record<string, FakeResponse>>) =>
  user.tpks(args, {
    send: (request) => {
      const response = responses[new URL(request.url).pathname] ?? { status: 404 };
      return fakeSend(response).send(request);
    },
  });

const token = { '/oauth/token': { body: tokenBody } };

beforeEach(async () => {
  user = createUser();
  const responses = { ...token, '/v1/clusters': { body: [] } };
  expect(await run([...loginCommand, '--name', 'work'], responses)).toMatchObject({ code: 0 });
});

describe('an API at port 443 is shown with its port', () => {
  const env = { TPKS_API: 'lb.test:443', TPKS_UAA_URL: 'https://login.test' };
  const login = ['login', '-u', 'cody', '-p', 'x', '--store', 'file'];

  test('by login, contexts and status', async () => {
    const { send } = fakeSend({ body: tokenBody }, probeResponse, probeResponse);
    const run = (words: readonly string[]) => user.tpks(words, { env, send });
    expect((await run(login)).stdout).toContain('\nAPI Endpoint: lb.test:443\n');
    expect((await run(['contexts'])).stdout).toContain(' https://lb.test:443 ');
    expect((await run(['status', '--offline'])).stdout).toMatch(/\nAPI: +https:\/\/lb\.test:443 /);
  });
});

describe('an unreachable UAA whose address was guessed', () => {
  const login = ['login', '-u', 'cody', '-p', 'x', '--store', 'file'];
  const other = [...login, '-a', 'other.test:443'];
  const env = { TPKS_API: 'other.test:443', TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'x' };
  const advice =
    'Hint: tpks assumes that the UAA is at https://other.test:8443; if it is not, set its address with --uaa-url URL or TPKS_UAA_URL\n';
  const unreachable =
    (code: string): Send =>
    ({ url }) =>
      Promise.reject(toNetworkError(codedError(code), url));
  const refused = unreachable('ECONNREFUSED');

  test.each<[string, readonly string[], HeadlessOptions]>([
    ['login', other, {}],
    ['clusters', ['clusters'], { env }],
    ['uaa users', ['uaa', 'users'], { env }],
    [
      'get-kubeconfig',
      ['get-kubeconfig', 'web', '-a', 'other.test:443', '-u', 'cody', '-p', 'x'],
      {},
    ],
  ])('leads to a hint with the options for its address (%s)', async (_name, words, options) => {
    const { code, stderr } = await user.tpks(words, { ...options, send: refused });
    expect(code).toBe(5);
    expect(stderr).toContain(advice);
  });

  test.each<[string, readonly string[], HeadlessOptions]>([
    ['if the address was given', [...other, '--uaa-url', 'https://other.test:8443'], {}],
    ['if it is known from an earlier login', [...login, '-a', 'pks.test'], {}],
    ['if the host is unknown', other, { send: unreachable('ENOTFOUND') }],
    ['if DNS does not respond', other, { send: unreachable('EAI_AGAIN') }],
    ['through a link', other, { programName: 'pks' }],
  ])('leads to no such hint %s', async (_name, words, options) => {
    const { code, stderr } = await user.tpks(words, { send: refused, ...options });
    expect(code).toBe(5);
    expect(stderr).toMatch(/\nHint: check the address and the network/);
  });
});

describe('the hint to log in again repeats the options of the context', () => {
  test.each([
    ['clusters', ['clusters']],
    ['context rename', ['context', 'rename', 'work', 'home']],
  ])('if the key of the session is missing (%s)', async (_name, args) => {
    rmSync(join(user.home, 'keys'), { recursive: true });
    expect(await run(args, {})).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`\nHint: ${renewalCommand}\n`),
    });
  });

  test('after a password change', async () => {
    const responses = {
      '/userinfo': { body: { user_id: 'u-1', user_name: 'cody' } },
      '/Users/u-1/password': { body: { status: 'ok' } },
    };
    const args = ['uaa', 'password', 'change', '-o', 'old', '-p', 'new'];
    expect(await run(args, responses)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`. Log in again: ${renewalCommand}\n`),
    });
  });
});

/** The time limits that requests set, by server; a request without one has the limit of the UAA. */
type Limits = Readonly<Record<string, number | undefined>>;

/** Creates a network with both servers that records the time limit of each request. */
function recordLimits(token: object = tokenBody): { readonly send: Send; readonly limits: Limits } {
  const limits: Record<string, number | undefined> = {};
  return {
    limits,
    send: async ({ url, timeoutSeconds }) => {
      const { host, pathname } = new URL(url);
      limits[host] = timeoutSeconds;
      if (pathname === '/oauth/token') return toResponse({ body: token });
      return toResponse(pathname === '/actuator/info' ? probeResponse : { body: [] });
    },
  };
}

describe('the time limit of a request', () => {
  const user = createUser();
  beforeAll(async () => {
    expect(await user.tpks(loginCommand, { send: recordLimits().send })).toMatchObject({ code: 0 });
  });

  const [api, uaa] = ['pks.test:9021', 'pks.test:8443'];

  test.each<[words: readonly string[], limits: Limits]>([
    [loginCommand, { [api]: 300, [uaa]: undefined }],
    [['clusters'], { [api]: 300 }],
    [['status'], { [api]: 300 }],
    [['curl', '/v1/clusters'], { [api]: 300 }],
    [['curl', '--uaa', '/Users'], { [uaa]: undefined }],
    [['uaa', 'curl', '/Users'], { [uaa]: undefined }],
    [['clusters', '--timeout', '5'], { [api]: undefined }],
  ])('depends on the server in %j', async (words, expected) => {
    const { send, limits } = recordLimits();
    await user.tpks(words, { send });
    expect(limits).toStrictEqual(expected);
  });

  test('is the UAA limit for the renewal of a token that the API rejects', async () => {
    const { send, limits } = recordLimits();
    const rejectToken: Send = async (request) => {
      const response = await send(request);
      const body = { error: 'invalid_token' };
      return request.url.includes('/v1/') ? toResponse({ status: 401, body }) : response;
    };
    await user.tpks(['clusters'], { send: rejectToken });
    expect(limits).toStrictEqual({ [api]: 300, [uaa]: undefined });
  });

  test('is the UAA limit for a UAA whose URL is a path at the address of the API', async () => {
    const [api, uaa] = ['https://pks.test:443', 'https://pks.test/uaa'];
    const { send, requests } = fakeSend({});
    const limited = withApiTimeLimit(send, { api, uaa });
    for (const url of [`${api}/v1/clusters`, `${uaa}/Users`, `${uaa}x`]) {
      await limited({ method: 'GET', url });
    }
    expect(requests.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([300, undefined, 300]);
  });

  test('is not changed if the request sets its own', async () => {
    const { send, requests } = fakeSend({});
    const limited = withApiTimeLimit(send, { api: 'https://pks.test:9021' });
    await limited({ method: 'GET', url: 'https://pks.test:9021/v1/plans', timeoutSeconds: 10 });
    expect(requests).toMatchObject([{ timeoutSeconds: 10 }]);
  });
});

describe('slow servers', () => {
  const user = createUser();

  const fastNetwork: Send = async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === '/oauth/token') return toResponse({ body: tokenBody });
    return toResponse(pathname === '/actuator/info' ? probeResponse : { body: [] });
  };

  beforeAll(async () => {
    expect(await user.tpks(loginCommand, { send: fastNetwork })).toMatchObject({ code: 0 });
  });

  /** Runs a command while each response takes this time. */
  async function runSlowly(
    words: readonly string[],
    seconds: number,
    options: HeadlessOptions = {},
    network = fastNetwork,
  ) {
    const { clock, schedule, pass } = manualSchedule();
    const send: Send = async (request) => {
      await Promise.resolve();
      pass(seconds);
      return network(request);
    };
    return user.tpks(words, { clock: { ...fixedClock(), ...clock }, schedule, send, ...options });
  }

  const line = (seconds: number) =>
    `Waiting for a response from pks.test:9021 (${String(seconds)} s)\u001b[K\n\u001b[J`;

  test.each([
    { words: ['clusters', '--json'], stdout: '[]\n' },
    { words: ['clusters', '-o', 'yaml'], stdout: '[]\n' },
    { words: ['curl', '/v1/clusters'], stdout: '[]' },
  ])('$words shows a slow server on a terminal and then removes the line', async (run) => {
    const { code, stdout, stderr } = await runSlowly(run.words, 6, { terminalColumns: 80 });
    expect([code, stdout]).toEqual([0, run.stdout]);
    expect(stderr).toBe(`${line(5)}\r\u001b[1A${line(6)}\r\u001b[1A\u001b[J`);
  });

  test('prints nothing about a slow server without a terminal', async () => {
    expect(await runSlowly(['clusters', '--json'], 60)).toMatchObject({ code: 0, stderr: '' });
  });

  test('removes the line before the error', async () => {
    const fail: Send = () => Promise.reject(new TpksError('unavailable', 'no response'));
    const { stderr } = await runSlowly(['clusters'], 5, { terminalColumns: 80 }, fail);
    expect(stderr).toBe(`${line(5)}\r\u001b[1A\u001b[J\n\u001b[31mError:\u001b[39m no response\n`);
  });

  test.each(['tpks uaa users', 'uaac users'])(
    'removes the line of %s after Ctrl-C',
    async (line) => {
      const [programName = '', ...words] = line.split(' ');
      let interrupt: () => void = () => undefined;
      const { stderr } = await runSlowly(
        words,
        5,
        { terminalColumns: 80, programName, onInterrupt: (listener) => (interrupt = listener) },
        () => {
          interrupt();
          return new Promise(() => undefined);
        },
      );
      expect(stderr).toMatch(
        /^Waiting for a response from .*\n\u001b\[J\r\u001b\[1A\u001b\[J\n.*Error:/,
      );
      expect(stderr).toMatch(/Interrupted\n$/);
    },
  );
});
