/**
 * `npm run test:real [-- JEST OPTIONS]`: runs the contract tests and the tests in this folder
 * against a real UAA. Example: `npm run test:real -- -t members`
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runJest } from '../support/run-jest.mjs';
import { withRealUaa } from './start.mjs';

const missing = ['mvn', 'java', 'jar', 'openssl', 'tar'].filter((command) => !isOnPath(command));
if (missing.length > 0) {
  console.error(
    `Missing commands: ${missing.join(', ')}. Install them: apt-get install maven default-jdk-headless openssl tar`,
  );
  process.exitCode = process.env.CI === 'true' ? 1 : 0;
} else {
  process.exitCode = await withRealUaa((uaa, signal) =>
    runJest({
      projects: ['contract', 'real-uaa'],
      args: process.argv.slice(2),
      env: { TPKS_CONTRACT_UAA: uaa.url, TPKS_CONTRACT_UAA_CA: uaa.caCert },
      signal,
    }),
  );
}

/** @param {string} command */
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
