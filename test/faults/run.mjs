/**
 * `npm run test:faults [-- --seed N] [JEST OPTIONS]`: the fault campaign. Without `--seed` each run
 * uses new random inputs; the seed is printed, so that a failure can be repeated.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const { seed, rest } = readArguments(process.argv.slice(2));
console.log(`fault campaign, seed ${seed}: repeat with npm run test:faults -- --seed ${seed}`);

// The tests trust only the CA that they name.
const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...env } = process.env;
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    createRequire(import.meta.url).resolve('jest/bin/jest'),
    ...rest,
    // Last, because jest reads every word up to the next option as a project name.
    ...['--selectProjects', 'faults'],
  ],
  { stdio: 'inherit', env: { ...env, TPKS_FAULTS_SEED: String(seed) } },
);
const [code] = await once(jest, 'exit');
process.exitCode = code ?? 1;
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
