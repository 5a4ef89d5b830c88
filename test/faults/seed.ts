/** Seed of the campaign's random inputs; `npm run test:faults -- --seed N` sets it. */
export const seed = Number(process.env['TPKS_FAULTS_SEED'] ?? 1);

/**
 * Random numbers that depend only on the campaign's seed and `name`, for tests that choose a moment
 * or a variant themselves. Tests that generate values use fast-check with {@link seed}.
 * @returns a function that returns a number from 0 (included) to 1 (excluded).
 */
export function createRandom(name: string): () => number {
  let state = Array.from(name).reduce(
    (sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16777619),
    seed,
  );
  // mulberry32, a public-domain generator.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
