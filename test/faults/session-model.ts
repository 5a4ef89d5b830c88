import {
  places,
  placesOfName,
  type Operation,
  type OperationResult,
  type Place,
} from '../support/fixtures/session-operations.js';

/** The token at each place; `none` without a session. */
export type Sessions = Readonly<Record<Place, string>>;

/** The operations of one process, in order. */
export interface ProcessRun {
  readonly operations: readonly Operation[];
  /** Shorter than the operations if the process was killed: the next operation may be half done. */
  readonly results: readonly OperationResult[];
}

export const noSessions: Sessions = {
  one: 'none',
  'one later': 'none',
  two: 'none',
  'two later': 'none',
};

/**
 * Finds all states that parallel processes can leave if each operation takes effect at one moment, and if each
 * load returns what is stored at that moment.
 * @returns the states as JSON; none if no order of the operations explains the results.
 */
export function findPossibleStates(start: Sessions, runs: readonly ProcessRun[]): Set<string> {
  const mayDelete = runs.some(({ operations }) =>
    operations.some(({ kind }) => kind !== 'load' && kind !== 'save' && kind !== 'renew'),
  );
  const ends = new Set<string>();
  const visited = new Set<string>();
  const visit = (state: Sessions, positions: readonly number[]): void => {
    const key = JSON.stringify([state, positions]);
    if (visited.has(key)) return;
    visited.add(key);
    const isEnd = runs.every(({ results }, index) => (positions[index] ?? 0) >= results.length);
    // A killed operation may have no effect at all.
    if (isEnd) ends.add(formatState(state));
    runs.forEach(({ operations, results }, index) => {
      const position = positions[index] ?? 0;
      const operation = operations[position];
      if (operation === undefined || position > results.length) return;
      const next = positions.map((each, other) => (other === index ? each + 1 : each));
      const result = results[position];
      const outcomes =
        result === undefined
          ? listPartialOutcomes(operation, state)
          : listOutcomes(operation, result, state, findLoaded(runs[index]!, position), mayDelete);
      for (const outcome of outcomes) visit(outcome, next);
    });
  };
  visit(
    start,
    runs.map(() => 0),
  );
  return ends;
}

/** The states after a completed operation; none if its result does not fit the state. */
function listOutcomes(
  operation: Operation,
  { token, error }: OperationResult,
  state: Sessions,
  loaded: string | undefined,
  mayDelete: boolean,
): readonly Sessions[] {
  const { kind, place } = operation;
  if (error !== undefined) {
    // A session that is deleted while it is read may already have lost its key.
    return kind === 'load' && error === 'unauthenticated' && mayDelete ? [state] : [];
  }
  if (kind === 'load') return token === state[place] ? [state] : [];
  if (kind === 'renew') {
    const isUsable = state[place] !== 'none' && state[place] !== loaded;
    if (isUsable) return token === state[place] ? [state] : [];
    return token === operation.token ? [{ ...state, [place]: operation.token }] : [];
  }
  return [listSteps(operation, state).at(-1) ?? state];
}

/** The states that an operation may leave if it is killed. */
function listPartialOutcomes(operation: Operation, state: Sessions): readonly Sessions[] {
  if (operation.kind === 'renew') return [state, { ...state, [operation.place]: operation.token }];
  return [state, ...listSteps(operation, state)];
}

/** The states after each step of an operation that changes sessions. */
function listSteps(operation: Operation, state: Sessions): readonly Sessions[] {
  const { kind, place } = operation;
  switch (kind) {
    case 'load':
      return [];
    case 'save':
    case 'renew':
      return [{ ...state, [place]: operation.token }];
    case 'delete':
      return listDeletions(placesOfName(place), state);
    case 'delete others':
      return listDeletions(
        placesOfName(place).filter((each) => each !== place),
        state,
      );
    case 'move': {
      const moved = { ...state, [operation.to]: state[place] };
      const copied = state[place] === 'none' ? state : moved;
      return [copied, ...listDeletions(placesOfName(place), copied)];
    }
  }
}

/** The states after deletions in any order; the last one is without all of them. */
function listDeletions(deleted: readonly Place[], state: Sessions): readonly Sessions[] {
  const single = deleted.map((place) => ({ ...state, [place]: 'none' }));
  const all = Object.fromEntries(deleted.map((place) => [place, 'none']));
  return [...single, { ...state, ...all }];
}

/** What the process has loaded last from the place of an operation. */
function findLoaded({ operations, results }: ProcessRun, position: number): string | undefined {
  const { place } = operations[position]!;
  const index = operations.findLastIndex(
    (each, other) =>
      other < position &&
      each.kind === 'load' &&
      each.place === place &&
      results[other]?.token !== undefined,
  );
  return results[index]?.token;
}

export function formatState(state: Sessions): string {
  return places.map((place) => `${place}: ${state[place]}`).join(', ');
}
