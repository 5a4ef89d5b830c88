import { beforeAll, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import type { Send } from '../../../src/http/send.js';
import { createUser } from '../../support/program/cli.js';
import { probeResponse, toResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { loginCommand, type HeadlessOptions } from '../../support/program/headless.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { manualSchedule } from '../../support/fakes/manual-schedule.js';

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
  expect(stderr).toBe(`${line(5)}\u001b[1A${line(6)}\u001b[1A\u001b[J`);
});

test('prints a slow server once on a terminal for screen readers', async () => {
  const env = { ACCESSIBLE: '1' };
  const result = await runSlowly(['clusters', '--json'], 60, { terminalColumns: 80, env });
  expect(result.stderr).toBe('Waiting for a response from pks.test:9021\n');
});

test('prints nothing about a slow server without a terminal', async () => {
  expect(await runSlowly(['clusters', '--json'], 60)).toMatchObject({ code: 0, stderr: '' });
});

test('prints nothing about a server that responds within 5 s', async () => {
  const result = await runSlowly(['clusters', '--json'], 4, { terminalColumns: 80 });
  expect(result).toMatchObject({ code: 0, stderr: '' });
});

test('removes the line before the error', async () => {
  const fail: Send = () => Promise.reject(new TpksError('unavailable', 'no response'));
  const { stderr } = await runSlowly(['clusters'], 5, { terminalColumns: 80 }, fail);
  expect(stderr).toBe(`${line(5)}\u001b[1A\u001b[J\n\u001b[31mError:\u001b[39m no response\n`);
});

test.each(['tpks uaa users', 'uaac users'])('removes the line of %s after Ctrl-C', async (line) => {
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
  expect(stderr).toMatch(/^Waiting for a response from .*\n\u001b\[J\u001b\[1A\u001b\[J\n.*Error:/);
  expect(stderr).toMatch(/Interrupted\n$/);
});
