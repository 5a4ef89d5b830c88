import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/base/clock.js';
import { createLock } from '../../src/platform/disk/lock.js';
import { toFileName } from '../../src/platform/disk/private-files.js';
import { openSessionFiles } from '../support/fixtures/session-files.js';
import {
  places,
  toLocation,
  type Operation,
  type OperationResult,
  type Place,
} from '../support/fixtures/session-operations.js';
import { bundle } from '../support/program/bundle.js';
import { spawnProgram } from '../support/program/program.js';
import { preloadVariables } from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import { withFolder } from '../support/runner/temporary-folder.js';
import { seed } from './seed.js';
import {
  findPossibleStates,
  formatState,
  noSessions,
  type ProcessRun,
  type Sessions,
} from './session-model.js';

/** What one process does, and when it is killed, if at all. */
interface Plan {
  readonly operations: readonly Operation[];
  readonly kill: Kill | undefined;
}

/** Kills a process before one of its calls that change a file. */
interface Kill {
  readonly call: number;
  /** Counts only calls whose name and path match; all calls if it is empty. */
  readonly countedCalls: string;
}

const preload = fileURLToPath(new URL('../support/preload/kill-at.cjs', import.meta.url));
const parallel = 3;
/** Calls that replace or remove a session or a key. */
const decisiveCalls = '^(rename|rm) .*[.](session|key)$';

const place = fc.constantFrom(...places);
/** Tokens are numbered later, so that each operation has its own. */
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('load' as const), place }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('save' as const, 'renew' as const),
      place,
      token: fc.constant(''),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'delete others' as const),
      place,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ place, to: place }).map(({ place: from, to }) => ({
      kind: 'move' as const,
      place: from,
      to: otherName(from, to),
    })),
  },
);
/** Three operations make about 50 calls, a few of which are decisive. */
const kill: fc.Arbitrary<Kill> = fc.oneof(
  fc.record({ call: fc.integer({ min: 1, max: 50 }), countedCalls: fc.constant('') }),
  fc.record({ call: fc.integer({ min: 1, max: 5 }), countedCalls: fc.constant(decisiveCalls) }),
);
const plan: fc.Arbitrary<Plan> = fc.record({
  operations: fc.array(operation, { minLength: 2, maxLength: 4 }),
  kill: fc.option(kill, { nil: undefined, freq: 3 }),
});
const rounds = fc.array(fc.array(plan, { minLength: parallel, maxLength: parallel }), {
  minLength: 3,
  maxLength: 5,
});

/** A session is moved only to another name. */
function otherName(from: Place, to: Place): Place {
  if (from.slice(0, 3) !== to.slice(0, 3)) return to;
  return to.startsWith('one') ? 'two' : 'one';
}

let program = '';
beforeAll(async () => {
  program = await bundle('test/support/programs/repository-program.ts');
});
afterAll(() => {
  rmSync(dirname(program), { recursive: true });
});

/** Runs a process until it ends or is killed. */
async function runProcess(home: string, { operations, kill }: Plan): Promise<ProcessRun> {
  const env: Record<string, string> =
    kill === undefined
      ? {}
      : {
          ...preloadVariables(preload),
          TPKS_KILL_AT: String(kill.call),
          TPKS_KILL_CALLS: kill.countedCalls,
        };
  const args = [home, JSON.stringify(operations)];
  const { code, lines } = await spawnProgram(program, args, env).end();
  const results = lines.map((line) => JSON.parse(line) as OperationResult);
  const wasKilled = code === null && kill !== undefined;
  if (!wasKilled && (code !== 0 || results.length < operations.length)) {
    throw new Error(`the program failed with ${String(code)}`);
  }
  return { operations, results };
}

/** Reads all sessions. @throws if one of them cannot be read. */
async function readSessions(home: string): Promise<Sessions> {
  const sessions = openSessionFiles(home);
  const entries = await Promise.all(
    places.map(async (each) => {
      const stored = await sessions.load(toLocation(each));
      return [each, stored?.accessToken.reveal() ?? 'none'] as const;
    }),
  );
  return { ...noSessions, ...Object.fromEntries(entries) };
}

/** @throws {TpksError} if a killed process still holds a lock. */
async function takeLocks(home: string): Promise<void> {
  for (const name of ['one', 'two']) {
    const path = join(home, 'sessions', `${toFileName(name)}.lock`);
    await createLock(path, { clock: systemClock, waitSeconds: 5 }).runExclusively(async () => {});
  }
}

function numberTokens(plans: readonly Plan[], round: number): readonly Plan[] {
  return plans.map((each, process) => ({
    ...each,
    operations: each.operations.map((one, index) =>
      'token' in one
        ? { ...one, token: `token-${[round, process, index].map(String).join('-')}` }
        : one,
    ),
  }));
}

const counts = { rounds: 0, kills: 0, operations: 0 };

async function checkRounds(plans: readonly (readonly Plan[])[]): Promise<void> {
  await withFolder(async (home) => {
    let state = noSessions;
    for (const [round, unnumbered] of plans.entries()) {
      const numbered = numberTokens(unnumbered, round);
      const runs = await Promise.all(numbered.map((each) => runProcess(home, each)));
      const next = await readSessions(home);
      const possible = findPossibleStates(state, runs);
      if (!possible.has(formatState(next))) {
        throw new Error(
          [
            `before: ${formatState(state)}`,
            ...runs.map((run) => JSON.stringify(run)),
            `after: ${formatState(next)}`,
            `possible: ${[...possible].join(' | ')}`,
          ].join('\n'),
        );
      }
      await takeLocks(home);
      state = next;
      counts.rounds += 1;
      counts.operations += runs.reduce((sum, { results }) => sum + results.length, 0);
      counts.kills += runs.filter((run) => run.results.length < run.operations.length).length;
    }
    await Promise.all(
      ['one', 'two'].map((each) => openSessionFiles(home).delete(toLocation(each as Place))),
    );
    const files = [
      ...(await readdir(join(home, 'sessions'))),
      ...(await readdir(join(home, 'keys'))),
    ];
    expect(files.filter((file) => /\.(session|key)/.test(file))).toEqual([]);
  });
}

test('three processes that are killed at random leave the old or the new session, and no lock', async () => {
  await fc.assert(fc.asyncProperty(rounds, checkRounds), {
    seed,
    numRuns: isNightly ? 60 : 3,
    endOnFailure: true,
  });
  const { rounds: ended, operations, kills } = counts;
  process.stdout.write(
    `${String(ended)} rounds, ${String(operations)} operations, ${String(kills)} kills\n`,
  );
  expect(kills).toBeGreaterThan(0);
}, 300_000);
