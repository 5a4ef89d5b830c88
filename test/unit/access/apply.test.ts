import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { externalKey, memberKey, userKey, type Access } from '../../../src/access/model.js';
import { applyPlan } from '../../../src/access/apply.js';
import { compareAccess, type Change } from '../../../src/access/difference.js';
import { TpksError } from '../../../src/errors.js';
import { dice, randomAccess } from './random-access.js';
import { simulatedPlan, simulatedServices, type Write } from './simulated-services.js';
import { afterAllOf } from './simulated-uaa.js';

const empty: Access = { users: [], groups: [], clients: [] };
const refusal = () => new TpksError('failed', 'refused');

function pair(seed: number): { readonly actual: Access; readonly wanted: Access } {
  const roll = dice(seed);
  const actual = randomAccess(roll, { whole: true });
  return { actual, wanted: randomAccess(roll, { whole: false, known: actual }) };
}

/** Parallel writes may arrive in any order, which is the only thing that may differ. */
function inOrder({ users, groups, clients }: Access): unknown {
  const sorted = <T>(items: readonly T[] = [], key: (item: T) => string) =>
    [...items].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  return {
    // A new user without a list gets an empty one.
    users: sorted(users, userKey).map((user) => ({ emails: [], phones: [], ...defined(user) })),
    groups: sorted(groups, ({ name }) => name).map((group) => ({
      ...group,
      members: sorted(group.members, memberKey).map(memberKey),
      external: sorted(group.external, externalKey).map(externalKey),
    })),
    clients: sorted(clients, ({ id }) => id),
  };
}

function defined<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

describe('writes that arrive in any order', () => {
  test('lead to the same state as one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), fc.scheduler(), async (seed, prune, scheduler) => {
        const { actual, wanted } = pair(seed);
        const changes = compareAccess(wanted, actual, { prune });
        const write: Write = (_change, effect) =>
          scheduler.schedule(Promise.resolve()).then(effect);
        const { deps, state } = simulatedServices(actual, write);
        const progress = await scheduler.waitFor(applyPlan(simulatedPlan(changes, actual), deps));
        expect(progress).toEqual({
          outcomes: changes.map(() => 'done'),
          failures: [],
          isInterrupted: false,
        });
        expect(inOrder(state())).toEqual(inOrder(afterAllOf(actual, changes)));
      }),
      { numRuns: 200 },
    );
  });

  test('leave a state that a second apply completes, whichever write fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.boolean(),
        fc.nat(30),
        fc.boolean(),
        fc.scheduler(),
        async (seed, prune, failing, isEffective, scheduler) => {
          const { actual, wanted } = pair(seed);
          const changes = compareAccess(wanted, actual, { prune });
          let started = 0;
          let startedAfterFailure = 0;
          let hasFailed = false;
          const write: Write = async (_change, effect) => {
            const number = started;
            started += 1;
            if (hasFailed) startedAfterFailure += 1;
            await scheduler.schedule(Promise.resolve());
            if (number !== failing) {
              effect();
              return;
            }
            hasFailed = true;
            // As when the connection breaks before the response: the write may have been made.
            if (isEffective) effect();
            throw refusal();
          };
          const first = simulatedServices(actual, write);
          const { outcomes, failures } = await scheduler.waitFor(
            applyPlan(simulatedPlan(changes, actual), first.deps),
          );
          const count = (wantedOutcome: string) =>
            outcomes.filter((outcome) => outcome === wantedOutcome).length;
          const failed = failing < started ? 1 : 0;
          expect(failures).toHaveLength(failed);
          expect(startedAfterFailure).toBe(0);
          expect({ done: count('done'), failed: count('failed') }).toEqual({
            done: started - failed,
            failed,
          });

          const rest = compareAccess(wanted, first.state(), { prune });
          const direct: Write = async (_change, effect) => effect();
          const second = simulatedServices(first.state(), direct);
          await applyPlan(simulatedPlan(rest, first.state()), second.deps);
          expect(inOrder(second.state())).toEqual(inOrder(afterAllOf(actual, changes)));
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Lets every promise that is settled call its handlers. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Writes that finish when the test says so. */
function controlled() {
  const started: Change[] = [];
  const waiting: (() => void)[] = [];
  const write: Write = (change, effect) =>
    new Promise((resolve) => {
      started.push(change);
      waiting.push(() => {
        effect();
        resolve();
      });
    });
  return {
    started,
    write,
    finish: async (count: number) => {
      for (const done of waiting.splice(0, count)) done();
      await settle();
    },
  };
}

const users = Array.from({ length: 40 }, (_, index) => ({
  user: `user-${String(index)}`,
  origin: 'uaa',
}));

test('16 writes are in flight when they do not depend on each other', async () => {
  const { started, write, finish } = controlled();
  const changes = compareAccess({ ...empty, users }, empty, { prune: false });
  const all = applyPlan(simulatedPlan(changes, empty), simulatedServices(empty, write).deps);
  await settle();
  expect(started).toHaveLength(16);
  await finish(1);
  expect(started).toHaveLength(17);
  await finish(16);
  await finish(16);
  await finish(16);
  expect((await all).outcomes).toEqual(changes.map(() => 'done'));
});

test('members wait for users and groups, clients for members, removals for everything', async () => {
  const { started, write, finish } = controlled();
  const wanted: Access = {
    users: users.slice(0, 2),
    groups: [
      { name: 'new', members: users.slice(0, 2), external: [{ origin: 'ldap', name: 'cn=x' }] },
      { name: 'old', members: [] },
    ],
    clients: [{ id: 'ci', attributes: {} }],
  };
  const dana = { user: 'dana', origin: 'uaa' };
  const actual: Access = {
    users: [dana],
    groups: [{ name: 'old', members: [dana], external: [] }],
    clients: [],
  };
  const changes = compareAccess(wanted, actual, { prune: true });
  const all = applyPlan(simulatedPlan(changes, actual), simulatedServices(actual, write).deps);
  const seen: string[][] = [];
  for (let stage = 0; stage < 4; stage += 1) {
    await settle();
    seen.push(started.splice(0).map(({ action, kind }) => `${action} ${kind}`));
    await finish(Number.POSITIVE_INFINITY);
  }
  await all;
  expect(seen).toEqual([
    ['add user', 'add user', 'add group'],
    ['add member', 'add member', 'add external'],
    ['add client'],
    ['remove member'],
  ]);
});

test('after Ctrl-C the writes in flight are waited for, and no other is started', async () => {
  const { started, write, finish } = controlled();
  let interrupt = (): void => undefined;
  const untilInterrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
  const changes = compareAccess({ ...empty, users }, empty, { prune: false });
  const { deps } = simulatedServices(empty, write, untilInterrupted);
  const inFlightAtInterrupt: number[] = [];
  const all = applyPlan(simulatedPlan(changes, empty), deps, (inFlight) =>
    inFlightAtInterrupt.push(inFlight),
  );
  await settle();
  await finish(3);
  interrupt();
  await settle();
  await finish(16);
  const { outcomes, isInterrupted } = await all;
  expect({ inFlightAtInterrupt, isInterrupted, started: started.length }).toEqual({
    inFlightAtInterrupt: [16],
    isInterrupted: true,
    started: 19,
  });
  expect(outcomes).toEqual(changes.map((_, index) => (index < 19 ? 'done' : 'notStarted')));
});

test('Ctrl-C after the last write was started does not count as an interruption', async () => {
  const { write, finish } = controlled();
  let interrupt = (): void => undefined;
  const untilInterrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
  const changes = compareAccess({ ...empty, users: users.slice(0, 2) }, empty, { prune: false });
  const { deps } = simulatedServices(empty, write, untilInterrupted);
  const all = applyPlan(simulatedPlan(changes, empty), deps);
  await settle();
  interrupt();
  await finish(2);
  expect(await all).toMatchObject({ outcomes: ['done', 'done'], isInterrupted: false });
});

test('several failures are all reported, in the order of the plan', async () => {
  const changes = compareAccess({ ...empty, users: users.slice(0, 3) }, empty, { prune: false });
  const write: Write = async (change, effect) => {
    const name = change.kind === 'user' ? change.user.user : '';
    if (name === 'user-1') {
      effect();
      return;
    }
    // The first change of the plan is the last to fail.
    await (name === 'user-0' ? settle() : Promise.resolve());
    throw new TpksError('failed', `refused ${name}`);
  };
  const { deps } = simulatedServices(empty, write);
  const { outcomes, failures } = await applyPlan(simulatedPlan(changes, empty), deps);
  expect(outcomes).toEqual(['failed', 'done', 'failed']);
  expect(failures.map(({ message }) => message)).toEqual(['refused user-0', 'refused user-2']);
});
