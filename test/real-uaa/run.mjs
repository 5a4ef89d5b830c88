/**
 * `npm run test:real [-- JEST OPTIONS]`: runs the contract tests and the tests in this folder
 * against a real UAA. Example: `npm run test:real -- -t members`
 */
import { reportMissingCommands } from '../support/runner/missing-commands.mjs';
import { runJest } from '../support/runner/run-jest.mjs';
import { requiredCommands, withRealUaa } from './start.mjs';

if (!reportMissingCommands(requiredCommands.names, requiredCommands.installation)) {
  process.exitCode = await withRealUaa((uaa) =>
    runJest({
      projects: ['contract', 'real-uaa'],
      args: process.argv.slice(2),
      env: { TPKS_CONTRACT_UAA: uaa.url, TPKS_CONTRACT_UAA_CA: uaa.caCert },
    }),
  );
}
