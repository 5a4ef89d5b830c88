import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TpksError } from '../../../../src/base/errors.js';
import { applyPlan } from '../../../../src/domain/access-as-code/apply.js';
import { compareAccess, type Change } from '../../../../src/domain/access-as-code/difference.js';
import {
  externalGroupKey,
  memberKey,
  userKey,
  type Access,
} from '../../../../src/domain/access-as-code/model.js';
import { isNightly } from '../../../support/runner/nightly.js';
import { randomPair } from './random-access.js';
import { simulatedPlan, simulatedServices, type Write } from './simulated-services.js';
import { applyAll } from './simulated-uaa.js';

const empty: Access = { users: [], groups: [], clients: [] };
/** Number of random plans. */
const numRuns = isNightly ? 200 : 30;
const rejection = () => new TpksError('failed', 'rejected');

/** Sorts all lists, because parallel writes may arrive in any order. */
function normalize({ users, groups, clients }: Access): unknown {
  const sorted = <T>(items: readonly T[] = [], key: (item: T) => string) =>
    [...items].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  return {
    // A new user without a list gets an empty one.
    users: sorted(users, userKey).map((user) => ({
      emails: [],
      phones: [],
      ...withoutUndefined(user),
    })),
    groups: sorted(groups, ({ name }) => name).map((group) => ({
      ...group,
      members: sorted(group.members, memberKey).map(memberKey),
      external: sorted(group.external, externalGroupKey).map(externalGroupKey),
    })),
    clients: sorted(clients, ({ id }) => id),
  };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

describe('applyPlan with writes that arrive in any order', () => {
  test('reaches the same state as with sequential writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), fc.scheduler(), async (seed, prune, scheduler) => {
        const { actual, wanted } = randomPair(seed);
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
        expect(normalize(state())).toEqual(normalize(applyAll(actual, changes)));
      }),
      { numRuns },
    );
  });

  test('leaves a state that a second apply completes, no matter which write fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.boolean(),
        fc.nat(30),
        fc.boolean(),
        fc.scheduler(),
        async (seed, prune, failing, isEffective, scheduler) => {
          const { actual, wanted } = randomPair(seed);
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
            // If the connection breaks before the response, the server may have made the change.
            if (isEffective) effect();
            throw rejection();
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
          expect(normalize(second.state())).toEqual(normalize(applyAll(actual, changes)));
        },
      ),
      { numRuns },
    );
  });
});

/** Waits until the handlers of all settled promises have run. */
const flushPromises = () => new Promise((resolve) => setImmediate(resolve));

/** Writes that finish when the test calls `finish`. */
function controlWrites() {
  const started: Change[] = [];
  const pending: (() => void)[] = [];
  const write: Write = (change, effect) =>
    new Promise((resolve) => {
      started.push(change);
      pending.push(() => {
        effect();
        resolve();
      });
    });
  return {
    started,
    write,
    finish: async (count: number) => {
      for (const complete of pending.splice(0, count)) complete();
      await flushPromises();
    },
  };
}

const users = Array.from({ length: 40 }, (_, index) => ({
  user: `user-${String(index)}`,
  origin: 'uaa',
}));

test('sends 16 independent writes at a time', async () => {
  const { started, write, finish } = controlWrites();
  const changes = compareAccess({ ...empty, users }, empty, { prune: false });
  const applying = applyPlan(simulatedPlan(changes, empty), simulatedServices(empty, write).deps);
  await flushPromises();
  expect(started).toHaveLength(16);
  await finish(1);
  expect(started).toHaveLength(17);
  await finish(16);
  await finish(16);
  await finish(16);
  expect((await applying).outcomes).toEqual(changes.map(() => 'done'));
});

test('writes users and groups first, then members, then clients, and removes members last', async () => {
  const { started, write, finish } = controlWrites();
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
  const applying = applyPlan(simulatedPlan(changes, actual), simulatedServices(actual, write).deps);
  const stages: string[][] = [];
  for (let stage = 0; stage < 4; stage += 1) {
    await flushPromises();
    stages.push(started.splice(0).map(({ action, kind }) => `${action} ${kind}`));
    await finish(Number.POSITIVE_INFINITY);
  }
  await applying;
  expect(stages).toEqual([
    ['add user', 'add user', 'add group'],
    ['add member', 'add member', 'add external'],
    ['add client'],
    ['remove member'],
  ]);
});

test('waits for the writes in flight after Ctrl-C and starts no others', async () => {
  const { started, write, finish } = controlWrites();
  let interrupt = (): void => undefined;
  const untilInterrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
  const changes = compareAccess({ ...empty, users }, empty, { prune: false });
  const { deps } = simulatedServices(empty, write, untilInterrupted);
  const inFlightAtInterrupt: number[] = [];
  const applying = applyPlan(simulatedPlan(changes, empty), deps, (inFlight) =>
    inFlightAtInterrupt.push(inFlight),
  );
  await flushPromises();
  await finish(3);
  interrupt();
  await flushPromises();
  await finish(16);
  const { outcomes, isInterrupted } = await applying;
  expect({ inFlightAtInterrupt, isInterrupted, started: started.length }).toEqual({
    inFlightAtInterrupt: [16],
    isInterrupted: true,
    started: 19,
  });
  expect(outcomes).toEqual(changes.map((_, index) => (index < 19 ? 'done' : 'notStarted')));
});

test('does not count Ctrl-C as an interruption after the last write has started', async () => {
  const { write, finish } = controlWrites();
  let interrupt = (): void => undefined;
  const untilInterrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
  const changes = compareAccess({ ...empty, users: users.slice(0, 2) }, empty, { prune: false });
  const { deps } = simulatedServices(empty, write, untilInterrupted);
  const applying = applyPlan(simulatedPlan(changes, empty), deps);
  await flushPromises();
  interrupt();
  await finish(2);
  expect(await applying).toMatchObject({ outcomes: ['done', 'done'], isInterrupted: false });
});

test('reports all failures in the order of the plan', async () => {
  const changes = compareAccess({ ...empty, users: users.slice(0, 3) }, empty, { prune: false });
  const write: Write = async (change, effect) => {
    const name = change.kind === 'user' ? change.user.user : '';
    if (name === 'user-1') {
      effect();
      return;
    }
    // The first change of the plan fails last.
    await (name === 'user-0' ? flushPromises() : Promise.resolve());
    throw new TpksError('failed', `rejected ${name}`);
  };
  const { deps } = simulatedServices(empty, write);
  const { outcomes, failures } = await applyPlan(simulatedPlan(changes, empty), deps);
  expect(outcomes).toEqual(['failed', 'done', 'failed']);
  expect(failures.map(({ message }) => message)).toEqual(['rejected user-0', 'rejected user-2']);
});
