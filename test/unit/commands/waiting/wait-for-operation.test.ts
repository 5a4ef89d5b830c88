import { describe, expect, test } from '@jest/globals';
import {
  waitForOperation,
  type Operation,
} from '../../../../src/commands/waiting/wait-for-operation.js';
import { TpksError } from '../../../../src/errors.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { virtualClock } from '../../../support/virtual-clock.js';

const never = new Promise<never>(() => undefined);

/** Looks that answer one after the other; the last one for all that follow. */
function answering(...answers: (string | Error | Promise<never>)[]): () => Promise<string> {
  return async () => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return next ?? '';
  };
}

function started(
  look: () => Promise<string>,
  options: Partial<Operation<string>> = {},
  clock = virtualClock(),
) {
  const terminal = recordedTerminal();
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
      read: look,
      formatLines: (seen) => [{ text: `c1: ${seen}`, isFinished: seen === 'done' }],
      isFinished: (seen) => seen === 'done',
      ...options,
    },
    { clock, terminal, untilInterrupted },
  );
  return { terminal, waiting, interrupt: () => interrupt() };
}

const away = new TpksError('unavailable', 'the connection was refused');
const goOn = 'check the state: tpks cluster c1\nresume waiting: tpks wait c1';

test('of what is not there it does not say that it goes on', async () => {
  const missing = new TpksError('notFound', 'Cluster c1 not found', { hint: 'tpks clusters' });
  await expect(started(answering(missing)).waiting).rejects.toBe(missing);
});

describe('off a terminal', () => {
  test('each change is one line, with the time since the beginning', async () => {
    const { waiting, terminal } = started(answering('a', 'a', 'a', 'b', 'done'));
    expect(await waiting).toBe('done');
    // Pauses of 1, 1.5, 2.25 and 3.375 seconds.
    expect(terminal.notes).toEqual(['c1: a (0 s)', 'c1: b (4 s)', 'c1: done (8 s)']);
  });

  test('a break is one line, however long, and its end is told', async () => {
    const { waiting, terminal } = started(answering('a', away, away, away, 'a', 'done'));
    await waiting;
    expect(terminal.notes).toEqual([
      'c1: a (0 s)',
      'the connection was refused; trying again (1 s)',
      'c1: a (8 s)',
      'c1: done (13 s)',
    ]);
  });

  test('it lasts as long as the thing itself, through any number of breaks', async () => {
    let looks = 0;
    const { waiting } = started(async () => {
      looks += 1;
      if (looks % 2 === 0) throw away;
      return looks > 2000 ? 'done' : 'a';
    });
    expect(await waiting).toBe('done');
  });
});

test('on a terminal the line changes in place each second, and goes at the end', async () => {
  const terminal = { ...recordedTerminal(), canRepaint: () => true };
  const look = answering('a', 'a', away, 'done');
  await waitForOperation(
    {
      label: 'x',
      statusCommand: '',
      waitCommand: '',
      read: look,
      formatLines: (seen) => [{ text: seen, isFinished: seen === 'done' }],
      isFinished: (seen) => seen === 'done',
    },
    { clock: virtualClock(), terminal, untilInterrupted: () => never },
  );
  const trouble = 'the connection was refused; trying again';
  expect(terminal.lives).toEqual([
    ['a (0 s)'],
    ['a (1 s)'],
    ['a (1 s)'],
    ['a (2 s)'],
    ['a (2 s)', trouble],
    ['a (3 s)', trouble],
    ['a (4 s)', trouble],
    ['done (4 s)'],
    [],
  ]);
  expect(terminal.notes).toEqual([]);
});

test('what is over keeps its own time while the others go on', async () => {
  const terminal = { ...recordedTerminal(), canRepaint: () => true };
  await waitForOperation(
    {
      label: 'x',
      statusCommand: '',
      waitCommand: '',
      read: answering('a', 'b', away, 'b', 'done'),
      formatLines: (seen) => [
        { text: seen === 'a' ? 'c1: a' : 'c1: done', isFinished: seen !== 'a' },
        { text: `c2: ${seen}`, isFinished: seen === 'done' },
      ],
      isFinished: (seen) => seen === 'done',
    },
    { clock: virtualClock(), terminal, untilInterrupted: () => never },
  );
  const firstLines = terminal.lives.map(([line]) => line);
  expect([...new Set(firstLines)]).toEqual([
    'c1: a (0 s)',
    'c1: a (1 s)',
    'c1: done (1 s)',
    undefined,
  ]);
  expect(terminal.lives.at(-2)).toEqual(['c1: done (1 s)', 'c2: done (8 s)']);
});

describe('the time that somebody is willing to wait', () => {
  test('ends it with 5, and says how to go on', async () => {
    const { waiting, terminal } = started(answering('a'), { timeoutSeconds: 30 });
    await expect(waiting).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'Stopped waiting for cluster c1 after 30 s: the operation continues',
      hint: goOn,
    });
    expect(terminal.lives.at(-1)).toEqual([]);
  });

  test('is kept to while a look hangs, too', async () => {
    const { waiting } = started(answering(never), { timeoutSeconds: 5 });
    await expect(waiting).rejects.toMatchObject({
      message: 'Stopped waiting for cluster c1 after 5 s: the operation continues',
    });
  });

  test('does not depend on the time of day, which may be set back', async () => {
    const clock = virtualClock();
    let looks = 0;
    const setBack = { ...clock, now: () => new Date(clock.now().getTime() - looks * 3_600_000) };
    const look = async () => ((looks += 1) < 5000 ? 'a' : 'done');
    const { waiting } = started(look, { timeoutSeconds: 30 }, setBack);
    await expect(waiting).rejects.toMatchObject({
      message: 'Stopped waiting for cluster c1 after 30 s: the operation continues',
    });
  });

  test('is none if nobody says', async () => {
    let looks = 0;
    const { waiting } = started(async () => (++looks > 5000 ? 'done' : 'a'));
    expect(await waiting).toBe('done');
  });
});

test('Ctrl-C ends the waiting alone', async () => {
  const { waiting, interrupt, terminal } = started(answering(never));
  await Promise.resolve();
  interrupt();
  await expect(waiting).rejects.toMatchObject({
    kind: 'cancelled',
    message: 'Interrupted: the operation on cluster c1 continues',
    hint: goOn,
  });
  expect(terminal.lives.at(-1)).toEqual([]);
});

test('whatever else ends it keeps its own hint, and says how to go on', async () => {
  const dead = new TpksError('unauthenticated', 'log in', {
    hint: 'tpks login',
    status: 401,
    oauthError: 'invalid_token',
  });
  const { waiting } = started(answering('a', dead));
  await expect(waiting).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: 'log in',
    hint: `tpks login\n${goOn}`,
    status: 401,
    oauthError: 'invalid_token',
  });
});

test('after the end nobody looks any more', async () => {
  let looks = 0;
  const clock = virtualClock();
  const { waiting, interrupt } = started(async () => {
    looks += 1;
    return 'a';
  });
  await clock.sleep(10);
  interrupt();
  await waiting.catch(() => undefined);
  const then = looks;
  await clock.sleep(100_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(looks).toBe(then);
});
