import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { formatTimeOfDay } from '../../../../src/commands/format-time.js';
import {
  waitForOperation,
  type Operation,
} from '../../../../src/commands/waiting/wait-for-operation.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { virtualClock } from '../../../support/fakes/virtual-clock.js';

const never = new Promise<never>(() => undefined);

/** Creates a `read` that returns or throws these results in order, and then repeats the last one. */
function readInOrder(...results: (string | Error | Promise<never>)[]): () => Promise<string> {
  return async () => {
    const next = results.length > 1 ? results.shift() : results[0];
    if (next instanceof Error) throw next;
    return next ?? '';
  };
}

function startWaiting(
  read: () => Promise<string>,
  options: Partial<Operation<string>> = {},
  { clock = virtualClock(), canRepaint = false } = {},
) {
  const terminal = {
    ...recordedTerminal(),
    canRepaint: () => canRepaint,
  };
  let interrupt: () => void = () => undefined;
  const untilInterrupted = () =>
    new Promise<void>((resolve) => {
      interrupt = resolve;
    });
  const waiting = waitForOperation(
    {
      label: 'cluster c1',
      statusCommand: 'tpks cluster c1',
      waitCommand: 'tpks wait c1',
      read,
      formatLines: (state) => [{ name: 'c1', state, isFinished: state === 'done' }],
      isFinished: (state) => state === 'done',
      ...options,
    },
    { clock, terminal, untilInterrupted },
  );
  return { terminal, waiting, interrupt: () => interrupt() };
}

const unavailable = new TpksError('unavailable', 'the connection was refused', {
  hint: 'check the network',
});
/** The local time of day at this time after the start. */
const timeOfDay = (seconds: number) =>
  formatTimeOfDay(new Date(virtualClock().now().getTime() + seconds * 1000));
const resumeHint = 'check the state: tpks cluster c1\nresume waiting: tpks wait c1';

describe('waitForOperation without a terminal', () => {
  test('prints one line per change, with the elapsed time', async () => {
    const { waiting, terminal } = startWaiting(readInOrder('a', 'a', 'a', 'b', 'done'));
    expect(await waiting).toBe('done');
    // The pauses are 1, 1.5, 2.25 and 3.375 seconds long.
    expect(terminal.notes).toEqual(['c1: a (0 s)', 'c1: b (4 s)', 'c1: done (8 s)']);
  });

  test('explains an outage at its start, and reports its end', async () => {
    const { waiting, terminal } = startWaiting(
      readInOrder('a', unavailable, unavailable, unavailable, 'a', 'done'),
    );
    await waiting;
    expect(terminal.notes).toEqual([
      'c1: a (0 s)',
      'the connection was refused; trying again (1 s)',
      `  Trying again since ${timeOfDay(1)}, no time limit without --wait-timeout`,
      '  The operation continues if you press Ctrl-C',
      '  To resume: tpks wait c1',
      '  Hint: check the network',
      'The state of cluster c1 is available again after 7 s',
      'c1: a (8 s)',
      'c1: done (13 s)',
    ]);
  });

  test('names the host of each error, and the host that is available again', async () => {
    const failure = (host: string) =>
      new TpksError('unavailable', 'The server returned HTTP 503', { status: 503, host });
    const { waiting, terminal } = startWaiting(
      readInOrder('a', failure('api:9021'), failure('uaa:8443'), failure('uaa:8443'), 'done'),
      { timeoutSeconds: 3600 },
    );
    await waiting;
    expect(terminal.notes).toEqual([
      'c1: a (0 s)',
      'api:9021: The server returned HTTP 503; trying again (1 s)',
      `  Trying again since ${timeOfDay(1)}, until ${timeOfDay(3600)} (--wait-timeout)`,
      '  The operation continues if you press Ctrl-C',
      '  To resume: tpks wait c1',
      'uaa:8443: The server returned HTTP 503; trying again (2 s)',
      'uaa:8443 is available again after 7 s',
      'c1: done (8 s)',
    ]);
  });

  test('repeats the state every 30 s', async () => {
    let reads = 0;
    const { waiting, terminal } = startWaiting(async () => ((reads += 1) < 16 ? 'a' : 'done'));
    await waiting;
    expect(terminal.notes).toEqual([
      'c1: a (0 s)',
      'c1: a (30 s)',
      'c1: a (1 min)',
      'c1: a (1 min 30 s)',
      'c1: done (1 min 50 s)',
    ]);
  });

  test('reports every 30 s what it is waiting for while the first request hangs', async () => {
    const { waiting, terminal } = startWaiting(readInOrder(never), { timeoutSeconds: 70 });
    await expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
    expect(terminal.notes).toEqual([
      'Waiting for cluster c1 (30 s)',
      'Waiting for cluster c1 (1 min)',
    ]);
  });

  test('repeats the error every 30 s during an outage', async () => {
    const { waiting, terminal } = startWaiting(readInOrder('a', unavailable), {
      timeoutSeconds: 70,
    });
    await expect(waiting).rejects.toMatchObject({
      message:
        'Stopped waiting for cluster c1 after 1 min 10 s: the operation continues ' +
        '(last request failed: the connection was refused)',
      hint: resumeHint,
    });
    expect(terminal.notes.filter((note) => note.startsWith('the connection'))).toEqual([
      'the connection was refused; trying again (1 s)',
      'the connection was refused; trying again (31 s)',
      'the connection was refused; trying again (1 min 1 s)',
    ]);
  });

  test('repeats at most five lines of an operation that prints its own events', async () => {
    const names = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];
    const { waiting, terminal } = startWaiting(readInOrder('queued'), {
      timeoutSeconds: 40,
      hasOwnEvents: true,
      formatLines: (state) => names.map((name) => ({ name, state, isFinished: name === 'c1' })),
    });
    await expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
    const states = names.slice(1, 6).map((name) => `${name}: queued (30 s)`);
    expect(terminal.notes).toEqual([...states, '... and 2 more']);
  });
});

test('waitForOperation redraws the line and an outage, and removes them at the end', async () => {
  const read = readInOrder('a', 'a', unavailable, 'done');
  const { waiting, terminal } = startWaiting(read, {}, { canRepaint: true });
  await waiting;
  const [first, ...updates] = terminal.liveUpdates;
  expect(first).toEqual(['| c1: a (waiting for 0 s)']);
  expect(updates).toContainEqual([
    '- c1: a (waiting for 3 s)',
    'the connection was refused',
    `Trying again since ${timeOfDay(2.5)} (1 s), no time limit without --wait-timeout`,
    'The operation continues if you press Ctrl-C',
    'To resume: tpks wait c1',
    'Hint: check the network',
  ]);
  expect(updates.slice(-2)).toEqual([['  c1: done'], []]);
  expect(terminal.notes).toEqual(['The state of cluster c1 is available again after 2 s']);
});

describe('waitForOperation with a timeout', () => {
  test('stops with a hint that contains the commands to resume', async () => {
    const { waiting, terminal } = startWaiting(readInOrder('a'), { timeoutSeconds: 30 });
    await expect(waiting).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'Stopped waiting for cluster c1 after 30 s: the operation continues',
      hint: resumeHint,
    });
    expect(terminal.liveUpdates.at(-1)).toEqual([]);
  });
});

test('waitForOperation stops at Ctrl-C while the operation continues', async () => {
  const { waiting, interrupt, terminal } = startWaiting(readInOrder(never));
  await Promise.resolve();
  interrupt();
  await expect(waiting).rejects.toMatchObject({
    kind: 'cancelled',
    message: 'Interrupted: the operation on cluster c1 continues',
    hint: resumeHint,
  });
  expect(terminal.liveUpdates.at(-1)).toEqual([]);
});

test('waitForOperation adds the commands to resume to the hint of any other error', async () => {
  const expired = new TpksError('unauthenticated', 'log in', {
    hint: 'tpks login',
    status: 401,
    oauthError: 'invalid_token',
  });
  const { waiting } = startWaiting(readInOrder('a', expired));
  await expect(waiting).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: 'log in',
    hint: `tpks login\n${resumeHint}`,
    status: 401,
    oauthError: 'invalid_token',
  });
});
