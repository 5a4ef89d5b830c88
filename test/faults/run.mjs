/**
 * `npm run test:faults [-- --seed N] [JEST OPTIONS]`: the fault campaign. Without `--seed` each run
 * uses new random inputs; the seed is printed, so that a failure can be repeated.
 */
import { runJest } from '../support/run-jest.mjs';

const { seed, rest } = readArguments(process.argv.slice(2));
console.log(`fault campaign, seed ${seed}: repeat with npm run test:faults -- --seed ${seed}`);

const code = await runJest({
  projects: ['faults'],
  words: rest,
  env: { TPKS_FAULTS_SEED: String(seed) },
});
process.exitCode = code;
console.log(`fault campaign, seed ${seed}: ${code === 0 ? 'passed' : 'failed'}`);

function readArguments(words) {
  const index = words.findIndex((word) => word === '--seed' || word.startsWith('--seed='));
  if (index === -1) return { seed: Math.floor(Math.random() * 2 ** 31), rest: words };
  const [, attached] = words[index].split('=');
  const seed = Number(attached ?? words[index + 1]);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    console.error('usage: npm run test:faults -- --seed NUMBER');
    process.exit(2);
  }
  return { seed, rest: words.toSpliced(index, attached === undefined ? 2 : 1) };
}
