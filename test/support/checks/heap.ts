import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Returns the bytes of the heap that are in use after garbage collection. */
async function heapInUse(): Promise<number> {
  // Objects that a microtask or a finalizer still references are freed in the next round.
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/**
 * Measures how much the heap grows per round, e.g. per request of a command that polls. The test
 * calls `onRound` in each round.
 *
 * @param from - the first round to measure, when caches are filled and the code is compiled.
 * @param to - the last round to measure.
 */
export function measureGrowth(from: number, to: number) {
  let rounds = 0;
  let before = 0;
  let perRound: number | undefined;
  return {
    onRound: async (): Promise<void> => {
      rounds += 1;
      if (rounds === from) before = await heapInUse();
      if (rounds === to) perRound = ((await heapInUse()) - before) / (to - from);
    },
    rounds: () => rounds,
    /** @throws Error if the round `to` was not reached. */
    bytesPerRound: (): number => {
      if (perRound === undefined) throw new Error(`only ${String(rounds)} rounds were run`);
      return perRound;
    },
  };
}
