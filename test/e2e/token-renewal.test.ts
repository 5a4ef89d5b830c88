import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/base/clock.js';
import type { StoredSession } from '../../src/domain/auth/session-repository.js';
import { createLock } from '../../src/platform/disk/lock.js';
import { toFileName } from '../../src/platform/disk/private-files.js';
import type { Plain } from '../support/checks/plain-tokens.js';
import { createUser } from '../support/program/cli.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import { isNightly } from '../support/runner/nightly.js';
import {
  respond,
  neverRespond,
  redirectTo,
  resetBeforeHeaders,
  webPage,
  type Behaviour,
} from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const context = 'cody@127.0.0.1';
const past = '2020-01-01T00:00:00.000Z';
/** Still valid, but close enough to its expiry to be renewed. */
const soon = () => new Date(Date.now() + 40_000).toISOString();

let sandbox: TestSandbox;
let front: FaultyInstallation;
const cody = createUser();
let initialSession: Plain<StoredSession>;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
  await front.login(cody, 'cody');
  initialSession = await cody.readSession(context);
});
afterAll(() => front.close());
/** Restores the state after the login. */
beforeEach(async () => {
  await cody.changeSession(context, { ...initialSession, refreshRejectedAt: undefined });
  front.reset();
  sandbox.clearRequests();
});

const tokenRequests = () => front.uaa.requests.filter(({ path }) => path === '/oauth/token').length;

describe('a fresh token', () => {
  test('needs one request', async () => {
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual(['api GET /v1/clusters']);
  });

  test('needs no lock: it is used while another process holds the lock', async () => {
    const path = join(cody.home, 'sessions', `${toFileName(context)}.lock`);
    await createLock(path, { clock: systemClock }).runExclusively(async () => {
      expect(await cody.tpks(['clusters', '--timeout', '3'])).toMatchObject({
        code: 0,
        stderr: '',
      });
    });
  });
});

describe('an expired token', () => {
  test('is renewed automatically with one request, and the new token is stored', async () => {
    const { accessToken } = await cody.readSession(context);
    await cody.changeSession(context, { expiresAt: past });
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
    expect(sandbox.refreshRequests()).toHaveLength(1);
    const renewed = await cody.readSession(context);
    expect(renewed.accessToken).not.toBe(accessToken);
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now() + 500_000);
    sandbox.clearRequests();
    await cody.tpks(['clusters']);
    expect(sandbox.refreshRequests()).toEqual([]);
  });

  test('is renewed once after the server has rejected it', async () => {
    const { accessToken } = await cody.readSession(context);
    const [head, payload] = accessToken.split('.');
    await cody.changeSession(context, { accessToken: `${head ?? ''}.${payload ?? ''}.AAAA` });
    for (const words of [['clusters'], ['status']]) {
      await cody.changeSession(context, { accessToken: `${head ?? ''}.${payload ?? ''}.AAAA` });
      sandbox.clearRequests();
      expect(await cody.tpks(words)).toMatchObject({ code: 0, stderr: '' });
      expect(sandbox.refreshRequests()).toHaveLength(1);
      expect(sandbox.requests()).toHaveLength(3);
    }
  });

  test('leads to exit code 4 after one renewal if the API also rejects the new token', async () => {
    front.api.setBehaviour(
      respond({ status: 401, body: { error: 'invalid_token', error_description: 'no' } }),
    );
    expect(await cody.tpks(['clusters'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /^\nError: The session of cody@127\.0\.0\.1 has ended \(the server also rejected a new token\)\nHint: tpks login -a .* -u cody --store file\n$/,
      ),
    });
    expect(sandbox.refreshRequests()).toHaveLength(1);
    expect(front.api.requests).toHaveLength(2);
  });
});

describe.each([
  { processes: isNightly ? 50 : 8, rotateRefresh: true },
  { processes: isNightly ? 10 : 3, rotateRefresh: false },
])(
  '$processes processes at the same time, refresh tokens rotated: $rotateRefresh',
  ({ processes, rotateRefresh }) => {
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await startTestSandbox({ rotateRefresh });
    });
    afterAll(() => sandbox.close());

    test('send one refresh request, and all succeed', async () => {
      const user = createUser();
      await sandbox.login(user, 'cody');
      await user.changeSession('cody@localhost', { expiresAt: past });
      sandbox.clearRequests();
      const results = await Promise.all(
        Array.from({ length: processes }, () =>
          user.spawn(['clusters', '--json'], { limitSeconds: 60 }),
        ),
      );
      expect(results.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
      expect(sandbox.refreshRequests()).toHaveLength(1);
      expect(sandbox.requests().filter((line) => line === 'api GET /v1/clusters')).toHaveLength(
        processes,
      );
      expect(user.files().filter((file) => /\.(lock|tmp|break)$/.test(file))).toEqual([]);
    }, 90_000);
  },
);

test('after kill -9 of the process that renews the token, the next one succeeds within 5 s', async () => {
  await cody.changeSession(context, { expiresAt: past });
  const before = cody.read(cody.sessionFile());
  front.uaa.setBehaviour(neverRespond);
  const first = await spawnAndSignal(cody, ['clusters'], {
    signal: 'SIGKILL',
    when: () => tokenRequests() === 1,
  });
  expect(first).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(cody.files().some((file) => file.endsWith('.lock'))).toBe(true);
  expect(cody.read(cody.sessionFile())).toEqual(before);

  front.reset();
  const next = await cody.spawn(['clusters']);
  expect(next).toMatchObject({ code: 0, stderr: '' });
  expect(next.milliseconds).toBeLessThan(5000);
  expect(cody.files().filter((file) => /\.(lock|tmp|break)$/.test(file))).toEqual([]);
});

describe('a rejected refresh token', () => {
  test('leads to exit code 4, and the next runs send no refresh request', async () => {
    await cody.changeSession(context, { expiresAt: past, refreshToken: 'unknown-r' });
    const ended =
      /^\nError: The session of cody@127\.0\.0\.1 has ended \(the refresh token has expired or was revoked\)\nHint: tpks login -a .* -u cody --store file\n$/;
    expect(await cody.tpks(['clusters'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(ended),
    });
    expect(tokenRequests()).toBe(1);
    const rejectedFile = cody.read(cody.sessionFile());
    for (const word of ['clusters', 'token']) {
      expect(await cody.tpks([word])).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(ended),
      });
    }
    expect(tokenRequests()).toBe(1);
    expect(cody.read(cody.sessionFile())).toEqual(rejectedFile);
    expect((await cody.tpks(['status', '--offline'])).stdout).toContain(
      'rejected by the UAA: log in again',
    );
  });

  test('leads to the message of the original CLI through a link', async () => {
    await cody.changeSession(context, { expiresAt: past, refreshToken: 'unknown-r' });
    const pks = { programName: 'pks' };
    expect((await cody.tpks(['clusters'], pks)).stderr).toMatch(
      /^\nError: You are not currently authenticated\. Please log in to continue: the session has ended \(127\.0\.0\.1:\d+ did not renew the token of context cody@127\.0\.0\.1: The token expired, was revoked, or the token ID is incorrect\.\)\nHint: pks login -a .* -u cody --store file\n$/,
    );
    expect((await cody.tpks(['clusters'], pks)).stderr).toMatch(
      /^\nError: You are not currently authenticated\. Please log in to continue: the session has ended\nHint: /,
    );
  });

  test('is replaced by the next login', async () => {
    await cody.changeSession(context, { expiresAt: past, refreshRejectedAt: past });
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 4 });
    await front.login(cody, 'cody');
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0 });
  });
});

describe('a renewal that fails', () => {
  const faults: [string, Behaviour][] = [
    ['the connection is reset', resetBeforeHeaders],
    ['the UAA does not respond', neverRespond],
    ['the UAA responds with 500', respond({ status: 500, body: { error: 'server_error' } })],
    ['the UAA responds with a web page', webPage],
    ['the UAA redirects to another host', redirectTo('https://127.0.0.1:1/')],
  ];

  test.each(faults)(
    'because %s: the old token is used if it is still valid',
    async (_name, fault) => {
      await cody.changeSession(context, { expiresAt: soon() });
      const before = cody.read(cody.sessionFile());
      front.uaa.setBehaviour(fault);
      const { code, stderr } = await cody.tpks(['clusters', '--timeout', '1']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Warning: the token was not renewed \(.+\); it expires in \d+ s\n$/);
      expect(cody.read(cody.sessionFile())).toEqual(before);
      expect(tokenRequests()).toBe(1);
    },
  );

  test.each(faults)(
    'because %s: an expired token is not used, and the session is unchanged',
    async (why, fault) => {
      await cody.changeSession(context, { expiresAt: past });
      const before = cody.read(cody.sessionFile());
      front.uaa.setBehaviour(fault);
      const { code, stdout, stderr } = await cody.tpks(['clusters', '--timeout', '1']);
      expect({ code, stdout }).toEqual({
        code: why === 'the UAA redirects to another host' ? 6 : 5,
        stdout: '',
      });
      expect(stderr).toMatch(/^\nError: .+\nHint: .+\n$/);
      expect(cody.read(cody.sessionFile())).toEqual(before);
      expect(front.api.requests).toEqual([]);
      front.reset();
      expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

test('token --min-ttl renews a token if its remaining lifetime is shorter', async () => {
  expect(await cody.tpks(['token', '--min-ttl', '5m'])).toMatchObject({ code: 0 });
  expect(sandbox.refreshRequests()).toEqual([]);
  expect(await cody.tpks(['token', '--min-ttl', '11m'])).toMatchObject({ code: 0 });
  expect(sandbox.refreshRequests()).toHaveLength(1);
});

describe.each([-86_400, 86_400])('a server whose clock is %i s ahead', (clockOffsetSeconds) => {
  let other: TestSandbox;
  beforeAll(async () => {
    other = await startTestSandbox({ clockOffsetSeconds });
  });
  afterAll(() => other.close());

  test('does not affect token lifetimes, which are measured with its own clock', async () => {
    const user = createUser();
    await other.login(user, 'cody');
    other.clearRequests();
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(other.requests()).toEqual(['api GET /v1/clusters']);
    expect((await user.tpks(['status', '--offline'])).stdout).toMatch(
      /Access token expires: +\S+ \(in (10 min|9 min \d+ s)\)/,
    );
    const direction = clockOffsetSeconds > 0 ? 'behind' : 'ahead of';
    expect((await user.tpks(['status'])).stdout).toMatch(
      new RegExp(`\\nClock: +this machine's clock is .+ ${direction} the server's: correct it\\n`),
    );

    const { expiresAt } = await user.readSession('cody@localhost');
    const expiredAt = new Date(Date.parse(expiresAt) - 600_000).toISOString();
    await user.changeSession('cody@localhost', { expiresAt: expiredAt });
    other.clearRequests();
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(other.refreshRequests()).toHaveLength(1);
  });
});
