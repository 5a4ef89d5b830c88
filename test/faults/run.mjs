/**
 * `npm run test:faults [-- --seed N] [JEST OPTIONS]`: runs the fault tests. Without `--seed`, each
 * run uses new random inputs. The seed is printed, so that a failure can be reproduced.
 */
import { runJest } from '../support/runner/run-jest.mjs';

const { seed, rest } = readArguments(process.argv.slice(2));
console.log(`Fault tests with seed ${seed}. To repeat: npm run test:faults -- --seed ${seed}`);

const code = await runJest({
  projects: ['faults'],
  args: rest,
  env: { TPKS_FAULTS_SEED: String(seed) },
});
process.exitCode = code;
console.log(`Fault tests with seed ${seed}: ${code === 0 ? 'passed' : 'failed'}`);

/** @param {string[]} args */
function readArguments(args) {
  const index = args.findIndex((arg) => arg === '--seed' || arg.startsWith('--seed='));
  if (index === -1) return { seed: Math.floor(Math.random() * 2 ** 31), rest: args };
  const [, attached] = args[index]?.split('=') ?? [];
  const seed = Number(attached ?? args[index + 1]);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    console.error('Usage: npm run test:faults -- --seed NUMBER');
    process.exit(2);
  }
  return { seed, rest: args.toSpliced(index, attached === undefined ? 2 : 1) };
}
