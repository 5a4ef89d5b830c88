import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/platform/http/send.js';
import { createServerClock } from '../../../../src/platform/http/server-clock.js';
import { toResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { createUser, type TestUser } from '../../../support/program/cli.js';

const start = '2026-11-25T10:00:00Z';
const day = 86_400;
const dateAfter = (seconds: number) => new Date(Date.parse(start) + seconds * 1000).toUTCString();

describe('the clock of the server', () => {
  const trackResponse = async (headers: Readonly<Record<string, string>>, stored?: number) => {
    const clock = createServerClock(fixedClock(start));
    if (stored !== undefined) clock.setStoredOffset(stored);
    await clock.withDateTracking(() => Promise.resolve(toResponse({ headers })))({
      method: 'GET',
      url: '',
    });
    return { offset: clock.offsetSeconds(), skew: clock.findSkew() };
  };

  test.each([0, 299, -299])('is tolerated when it is %i s off', async (seconds) => {
    expect(await trackResponse({ date: dateAfter(seconds) })).toEqual({
      offset: seconds,
      skew: undefined,
    });
  });

  test.each([300, -300, day, -day])('is reported when it is %i s off', async (seconds) => {
    expect((await trackResponse({ date: dateAfter(seconds) })).skew).toEqual({
      seconds,
      isCurrent: true,
    });
  });

  test.each([
    '',
    'yesterday',
    '<date>',
    'Sat, 13 Sep 275760 00:00:00 GMT',
    '-271821-04-20T00:00:00Z',
  ])('is unknown after the Date header %j', async (date) => {
    expect(await trackResponse({ date })).toEqual({ offset: undefined, skew: undefined });
  });
});

describe('a machine whose clock is a day behind', () => {
  const rejected = { status: 401, body: { error: 'invalid_token', error_description: 'refused' } };
  /** A server whose `Date` header is this many seconds ahead of `start`. */
  const server = (secondsAhead: number, changes: Readonly<Record<string, object>> = {}): Send => {
    const answers = new Map<string, object>(
      Object.entries({
        '/oauth/token': { body: tokenBody },
        '/v1/clusters': { body: [] },
        ...changes,
      }),
    );
    return ({ url }) =>
      Promise.resolve(
        toResponse({
          headers: { date: dateAfter(secondsAhead) },
          ...answers.get(new URL(url).pathname),
        }),
      );
  };
  const logIn = async (secondsAhead: number): Promise<TestUser> => {
    const user = createUser();
    const words = ['-a', 'pks.test', '-u', 'cody', '-p', 'pw', '--store', 'file'];
    const clock = fixedClock(start);
    expect(
      await user.tpks(['login', ...words], { send: server(secondsAhead), clock }),
    ).toMatchObject({
      code: 0,
    });
    return user;
  };
  const behind = "this machine's clock is 1 d behind the server's";
  const wasBehind = "this machine's clock was 1 d behind the server's when the token was issued";

  test('is reported in status', async () => {
    const user = await logIn(day);
    const input = { send: server(day), clock: fixedClock(start) };
    const { stdout } = await user.tpks(['status'], input);
    expect(stdout).toContain(`\nClock:                  ${behind}: correct it\n`);
    const json = await user.tpks(['status', '--json'], input);
    expect(JSON.parse(json.stdout)).toMatchObject({ clockOffsetSeconds: day });
  });

  test('is reported in status --offline, as stored', async () => {
    const user = await logIn(day);
    const { stdout } = await user.tpks(['status', '--offline'], { clock: fixedClock(start) });
    expect(stdout).toContain(`\nClock:                  ${wasBehind}: correct it\n`);
  });

  test('is reported when the session has ended, immediately and in later commands', async () => {
    const user = await logIn(day);
    const clock = fixedClock(start);
    clock.pass(700);
    const send = server(day + 700, { '/oauth/token': rejected });
    const first = await user.tpks(['clusters'], { send, clock });
    expect(first).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`${behind}: correct it first\n`),
    });
    expect(first.stderr).toContain('The session of cody@pks.test has ended');
    const later = await user.tpks(['clusters'], { send, clock });
    expect(later.stderr).toContain(`${wasBehind}: correct it first\n`);
  });

  test('is reported when the API rejects even a new token', async () => {
    const user = await logIn(day);
    const send = server(day, { '/v1/clusters': rejected });
    const { code, stderr } = await user.tpks(['clusters', '--json'], {
      send,
      clock: fixedClock(start),
    });
    expect(code).toBe(4);
    const { error } = JSON.parse(stderr) as { error: { hint: string } };
    expect(error.hint).toContain(behind);
  });
});
