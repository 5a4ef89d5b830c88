import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLock } from '../../src/disk/lock.js';
import type { StoredSession } from '../../src/auth/session-file.js';
import { toFileName } from '../../src/disk/file-name.js';
import { systemClock } from '../../src/clock.js';
import { createUser, type TestUser } from '../support/cli.js';
import {
  answers,
  brokenJson,
  byPath,
  inTurn,
  neverAnswers,
  redirectsTo,
  resetsBeforeHeaders,
  resetsInBody,
  webPage,
  type Behaviour,
} from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import type { Plain } from '../support/plain-tokens.js';

const context = 'cody@127.0.0.1';
const past = '2020-01-01T00:00:00.000Z';
/** Alive, but within the margin in which it is renewed. */
const soon = () => new Date(Date.now() + 40_000).toISOString();

let sandbox: TestSandbox;
let front: Front;
const cody = createUser();
let begun: Plain<StoredSession>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
  await login(cody, front.target);
  begun = await cody.session(context);
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});
/** As after a login. */
beforeEach(async () => {
  await cody.alter(context, { ...begun, refreshRejectedAt: undefined });
  front.mend();
  sandbox.forget();
});

async function login(person: TestUser, target: readonly string[]): Promise<void> {
  const words = ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
  expect(await person.tpks(words, { stdin: 'cody-password' })).toMatchObject({ code: 0 });
}

const tokenRequests = () => front.uaa.requests.filter(({ path }) => path === '/oauth/token').length;

describe('a fresh token', () => {
  test('needs one request', async () => {
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.asked()).toEqual(['api GET /v1/clusters']);
  });

  test('needs no lock: it is used while another process holds that', async () => {
    const path = join(cody.home, 'sessions', `${toFileName(context)}.lock`);
    await createLock(path, { clock: systemClock }).runExclusively(async () => {
      expect(await cody.tpks(['clusters', '--timeout', '3'])).toMatchObject({
        code: 0,
        stderr: '',
      });
    });
  });

  test('leaves the session file as it is', async () => {
    const before = cody.read(cody.sessionFile());
    await cody.tpks(['clusters']);
    expect(cody.read(cody.sessionFile())).toEqual(before);
  });
});

describe('a token that has ended', () => {
  test('is refreshed unasked, by one request, and the new one is kept', async () => {
    const { accessToken } = await cody.session(context);
    await cody.alter(context, { expiresAt: past });
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.asked()).toEqual(['uaa POST /oauth/token', 'api GET /v1/clusters']);
    expect(sandbox.refreshes()).toHaveLength(1);
    const renewed = await cody.session(context);
    expect(renewed.accessToken).not.toBe(accessToken);
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.now() + 500_000);
    sandbox.forget();
    await cody.tpks(['clusters']);
    expect(sandbox.refreshes()).toEqual([]);
  });

  test('that only the server knows about is refreshed after its refusal, once', async () => {
    const { accessToken } = await cody.session(context);
    const [head, payload] = accessToken.split('.');
    await cody.alter(context, { accessToken: `${head ?? ''}.${payload ?? ''}.AAAA` });
    for (const words of [['clusters'], ['status']]) {
      await cody.alter(context, { accessToken: `${head ?? ''}.${payload ?? ''}.AAAA` });
      sandbox.forget();
      expect(await cody.tpks(words)).toMatchObject({ code: 0, stderr: '' });
      expect(sandbox.refreshes()).toHaveLength(1);
      expect(sandbox.asked()).toHaveLength(3);
    }
  });

  test('that the API refuses also when it is new ends with exit 4, after one refresh', async () => {
    front.api.behave(
      answers({ status: 401, body: { error: 'invalid_token', error_description: 'no' } }),
    );
    expect(await cody.tpks(['clusters'])).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /^\nError: You are not currently authenticated\. Please log in to continue\nHint: tpks login -a .* -u cody --store file \(the server also rejected a new token\)\n$/,
      ),
    });
    expect(sandbox.refreshes()).toHaveLength(1);
    expect(front.api.requests).toHaveLength(2);
  });
});

describe.each([
  { processes: 50, rotateRefresh: true },
  { processes: 10, rotateRefresh: false },
])(
  '$processes processes at once, refresh tokens rotated: $rotateRefresh',
  ({ processes, rotateRefresh }) => {
    let own: TestSandbox;
    beforeAll(async () => {
      own = await startTestSandbox({ rotateRefresh });
    });
    afterAll(() => own.close());

    test('send one refresh, and all succeed', async () => {
      const many = createUser();
      await login(many, own.target);
      await many.alter('cody@localhost', { expiresAt: past });
      own.forget();
      const results = await Promise.all(
        Array.from({ length: processes }, () => many.spawn(['clusters', '--json'])),
      );
      expect(results.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
      expect(own.refreshes()).toHaveLength(1);
      expect(own.asked().filter((line) => line === 'api GET /v1/clusters')).toHaveLength(processes);
      expect(many.files().filter((file) => /\.(lock|tmp|break)$/.test(file))).toEqual([]);
    });
  },
);

test('kill -9 of the process that refreshes: the next one is done within 5 s', async () => {
  await cody.alter(context, { expiresAt: past });
  const before = cody.read(cody.sessionFile());
  front.uaa.behave(neverAnswers);
  let killed: Promise<unknown> = Promise.resolve();
  const first = cody.spawn(['clusters'], {
    started: (child) => {
      killed = until(() => tokenRequests() === 1).then(() => child.kill('SIGKILL'));
    },
  });
  await killed;
  expect(await first).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(cody.files().some((file) => file.endsWith('.lock'))).toBe(true);
  expect(cody.read(cody.sessionFile())).toEqual(before);

  front.mend();
  const next = await cody.spawn(['clusters']);
  expect(next).toMatchObject({ code: 0, stderr: '' });
  expect(next.milliseconds).toBeLessThan(5000);
  expect(cody.files().filter((file) => /\.(lock|tmp|break)$/.test(file))).toEqual([]);
});

describe('a refusal of the refresh token', () => {
  test('is exit 4, and the next ten runs send no refresh', async () => {
    await cody.alter(context, { expiresAt: past, refreshToken: 'unknown-r' });
    const refused = await cody.tpks(['clusters']);
    expect(refused).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /^\nError: You are not currently authenticated\. Please log in to continue: the session has ended \(.*\)\nHint: tpks login -a .* -u cody --store file\n$/,
      ),
    });
    expect(tokenRequests()).toBe(1);
    const marked = cody.read(cody.sessionFile());
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await cody.tpks([turn % 2 === 0 ? 'clusters' : 'token'])).toMatchObject({ code: 4 });
    }
    expect(tokenRequests()).toBe(1);
    expect(cody.read(cody.sessionFile())).toEqual(marked);
    expect((await cody.tpks(['status', '--offline'])).stdout).toContain(
      'rejected by the UAA: log in again',
    );
  });

  test('is forgotten by the next login', async () => {
    await cody.alter(context, { expiresAt: past, refreshRejectedAt: past });
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 4 });
    await login(cody, front.target);
    expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0 });
  });
});

describe('a refresh that comes to nothing', () => {
  const faults: [string, Behaviour][] = [
    ['is reset', resetsBeforeHeaders],
    ['is reset within the answer', resetsInBody],
    ['has no answer', neverAnswers],
    ['is answered with 500', answers({ status: 500, body: { error: 'server_error' } })],
    ['is answered with HTML and 502', answers({ status: 502, body: '<html>Bad gateway</html>' })],
    ['is answered with a web page', webPage],
    ['is answered with broken JSON', brokenJson],
    ['is answered with nothing', answers({ body: '' })],
    ['is answered with 429', answers({ status: 429, body: { error: 'slow_down' } })],
    ['is led to a login page', redirectsTo('/login')],
    ['is led elsewhere', redirectsTo('https://127.0.0.1:1/')],
  ];

  test.each(faults)('because it %s: the old token is used while it lives', async (_name, fault) => {
    await cody.alter(context, { expiresAt: soon() });
    const before = cody.read(cody.sessionFile());
    front.uaa.behave(fault);
    const { code, stderr } = await cody.tpks(['clusters', '--timeout', '1']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: the token was not renewed \(.+\); it expires in \d+ s\n$/);
    expect(cody.read(cody.sessionFile())).toEqual(before);
    expect(tokenRequests()).toBe(1);
  });

  test.each(faults)(
    'because it %s: a dead token is not used, and nothing is lost',
    async (why, fault) => {
      await cody.alter(context, { expiresAt: past });
      const before = cody.read(cody.sessionFile());
      front.uaa.behave(fault);
      const { code, stdout, stderr } = await cody.tpks(['clusters', '--timeout', '1']);
      expect({ code, stdout }).toEqual({ code: why === 'is led elsewhere' ? 6 : 5, stdout: '' });
      expect(stderr).toMatch(/^\nError: .+\nHint: .+\n$/);
      expect(cody.read(cody.sessionFile())).toEqual(before);
      expect(front.api.requests).toEqual([]);
      front.mend();
      expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

test('a token that lives long enough for tpks may be too short for who asks', async () => {
  expect(await cody.tpks(['token', '--min-ttl', '5m'])).toMatchObject({ code: 0 });
  expect(sandbox.refreshes()).toEqual([]);
  expect(await cody.tpks(['token', '--min-ttl', '11m'])).toMatchObject({ code: 0 });
  expect(sandbox.refreshes()).toHaveLength(1);
});

describe.each([-86_400, 86_400])('a server whose clock is %i s ahead', (clockOffsetSeconds) => {
  let other: TestSandbox;
  beforeAll(async () => {
    other = await startTestSandbox({ clockOffsetSeconds });
  });
  afterAll(() => other.close());

  test('is no trouble: its tokens are judged by its own clock', async () => {
    const person = createUser();
    await login(person, other.target);
    other.forget();
    expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(other.asked()).toEqual(['api GET /v1/clusters']);
    expect((await person.tpks(['status', '--offline'])).stdout).toMatch(
      /Access token expires: +\S+ \(in (10 min|9 min \d+ s)\)/,
    );
    const direction = clockOffsetSeconds > 0 ? 'behind' : 'ahead of';
    expect((await person.tpks(['status'])).stdout).toMatch(
      new RegExp(`\\nClock: +this machine's clock is .+ ${direction} the server's: correct it\\n`),
    );

    const { expiresAt } = await person.session('cody@localhost');
    const ended = new Date(Date.parse(expiresAt) - 600_000).toISOString();
    await person.alter('cody@localhost', { expiresAt: ended });
    other.forget();
    expect(await person.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect(other.refreshes()).toHaveLength(1);
  });
});

test('the clock of this machine that was set after the login is found out by the server’s refusal', async () => {
  // As if the machine had been a day behind then: the token seems to live a day longer.
  const { expiresAt, accessToken } = await cody.session(context);
  const [head, payload] = accessToken.split('.');
  await cody.alter(context, {
    expiresAt: new Date(Date.parse(expiresAt) + 86_400_000).toISOString(),
    accessToken: `${head ?? ''}.${payload ?? ''}.AAAA`,
  });
  expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
  expect(sandbox.refreshes()).toHaveLength(1);
});

test('a refresh in turn with a good one: the second run mends what the first could not', async () => {
  await cody.alter(context, { expiresAt: past });
  front.uaa.behave(inTurn(answers({ status: 503, body: '' }), front.toUaa));
  expect(await cody.tpks(['clusters'])).toMatchObject({ code: 5 });
  expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
});

test('trouble at the API does not spend a refresh', async () => {
  front.api.behave(byPath({ '/': answers({ status: 500, body: 'down' }) }));
  expect(await cody.tpks(['clusters'])).toMatchObject({ code: 5 });
  expect(tokenRequests()).toBe(0);
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition();) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await sleep(10);
  }
}
