import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that are still in use after garbage collection. */
async function heapInUse(): Promise<number> {
  // Objects that a running microtask or a finalizer still holds are freed in the next round.
  for (let round = 0; round < 3; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/**
 * How much the heap grows per round between two rounds, e.g. per poll of a command that polls.
 * Pass the returned function as the work that each round does.
 *
 * @param from - the round at which caches and compiled code are warm.
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
    /** Bytes per round. */
    bytesPerRound: (): number => {
      if (perRound === undefined) throw new Error(`only ${String(rounds)} rounds were run`);
      return perRound;
    },
  };
}
