/**
 * `npm run test:real`: the contract suites and the suites of this folder, against a real UAA.
 * Further words go to jest (`npm run test:real -- -t members`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { withRealUaa } from './start.mjs';

const missing = ['mvn', 'java', 'jar', 'openssl', 'tar'].filter((command) => !isOnPath(command));
if (missing.length > 0) {
  console.error(
    `test:real needs ${missing.join(', ')}: apt-get install maven default-jdk-headless openssl tar`,
  );
  process.exitCode = process.env.CI === 'true' ? 1 : 0;
} else {
  process.exitCode = await withRealUaa(runJest);
}

async function runJest(uaa, signal) {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...env } = process.env;
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      createRequire(import.meta.url).resolve('jest/bin/jest'),
      ...process.argv.slice(2),
      // Last, since jest takes every word up to the next option for the name of a project.
      ...['--selectProjects', 'contract', 'real-uaa'],
    ],
    {
      stdio: 'inherit',
      env: { ...env, TPKS_CONTRACT_UAA: uaa.url, TPKS_CONTRACT_UAA_CA: uaa.caCert },
    },
  );
  signal.addEventListener('abort', () => jest.kill('SIGTERM'));
  const [code] = await once(jest, 'exit');
  return code ?? 1;
}

function isOnPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
