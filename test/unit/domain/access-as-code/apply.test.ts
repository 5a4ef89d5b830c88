import { expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { applyPlan, type ApplyDeps } from '../../../../src/domain/access-as-code/apply.js';
import { compareAccess } from '../../../../src/domain/access-as-code/difference.js';
import { memberKey, type Access } from '../../../../src/domain/access-as-code/model.js';
import type { Plan } from '../../../../src/domain/access-as-code/plan.js';

const empty: Access = { users: [], groups: [], clients: [] };

/** Sends one write; the caller decides when it finishes or fails. */
type Write = (description: string) => Promise<void>;

function servicesWith(
  write: Write,
  untilInterrupted: ApplyDeps['untilInterrupted'] = () => new Promise<never>(() => undefined),
): ApplyDeps {
  const services = {
    untilInterrupted,
    users: {
      add: async ({ userName }: { userName: string }) => {
        await write(`add user ${userName}`);
        return { id: userName };
      },
    },
    groups: {
      add: async ({ displayName }: { displayName: string }) => {
        await write(`add group ${displayName}`);
        return { id: displayName };
      },
    },
    members: { add: () => write('add member'), remove: () => write('remove member') },
    mappings: { map: () => write('add external') },
    clients: { add: () => write('add client') },
  };
  return services as unknown as ApplyDeps;
}

/** Plans the changes that turn `actual` into `wanted`. */
function planFor(wanted: Access, actual = empty): Plan {
  const { users, groups } = actual;
  return {
    path: 'access.yml',
    uaa: 'https://uaa.example.com',
    changes: compareAccess(wanted, actual, { prune: true }),
    ids: {
      members: new Map(users.map((user) => [memberKey(user), user.user])),
      groups: new Map(groups.map(({ name }) => [name, name])),
    },
    secrets: { users: new Map(), clients: new Map() },
    missingSecrets: [],
    unmanaged: { unknown: [], missing: [] },
  };
}

/** Waits until the handlers of all settled promises have run. */
const flushPromises = () => new Promise((resolve) => setImmediate(resolve));

/** Writes that finish when the test calls `finish`. */
function controlWrites() {
  const started: string[] = [];
  const pending: (() => void)[] = [];
  const write: Write = (description) =>
    new Promise((resolve) => {
      started.push(description);
      pending.push(resolve);
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
  const plan = planFor({ ...empty, users });
  const applying = applyPlan(plan, servicesWith(write));
  await flushPromises();
  expect(started).toHaveLength(16);
  await finish(1);
  expect(started).toHaveLength(17);
  await finish(16);
  await finish(16);
  await finish(16);
  expect((await applying).outcomes).toEqual(plan.changes.map(() => 'done'));
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
  const applying = applyPlan(planFor(wanted, actual), servicesWith(write));
  const stages: string[][] = [];
  for (let stage = 0; stage < 4; stage += 1) {
    await flushPromises();
    stages.push(started.splice(0));
    await finish(Number.POSITIVE_INFINITY);
  }
  await applying;
  expect(stages).toEqual([
    ['add user user-0', 'add user user-1', 'add group new'],
    ['add member', 'add member', 'add external'],
    ['add client'],
    ['remove member'],
  ]);
});

test('waits for the writes in flight after Ctrl-C and starts no others', async () => {
  const { started, write, finish } = controlWrites();
  let interrupt = (): void => undefined;
  const untilInterrupted = () => new Promise<void>((resolve) => (interrupt = resolve));
  const plan = planFor({ ...empty, users });
  const inFlightAtInterrupt: number[] = [];
  const applying = applyPlan(plan, servicesWith(write, untilInterrupted), (inFlight) =>
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
  expect(outcomes).toEqual(plan.changes.map((_, index) => (index < 19 ? 'done' : 'notStarted')));
});

test('reports all failures in the order of the plan', async () => {
  const write: Write = async (description) => {
    if (description === 'add user user-1') return;
    // The first change of the plan fails last.
    await (description === 'add user user-0' ? flushPromises() : Promise.resolve());
    throw new TpksError('failed', description);
  };
  const plan = planFor({ ...empty, users: users.slice(0, 3) });
  const { outcomes, failures } = await applyPlan(plan, servicesWith(write));
  expect(outcomes).toEqual(['failed', 'done', 'failed']);
  expect(failures.map(({ message }) => message)).toEqual(['add user user-0', 'add user user-2']);
});
