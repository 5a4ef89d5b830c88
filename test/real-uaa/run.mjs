/**
 * `npm run test:real [-- [--cluster] [PATHS] [JEST OPTIONS]]`: runs the contract tests and the tests in
 * this folder against a real UAA. Example: `npm run test:real -- -t members`. With `--cluster`, the
 * same UAA and the same run of jest are also used for the tests of `npm run test:cluster`.
 */
import {
  clusterFiles,
  requiredCommands as clusterCommands,
  runJestWithClusters,
} from '../real-cluster/servers.mjs';
import { reportMissingCommands } from '../support/runner/missing-commands.mjs';
import { runJest } from '../support/runner/run-jest.mjs';
import { createUaaVariables, requiredCommands as uaaCommands, withRealUaa } from './start.mjs';

const [first, ...rest] = process.argv.slice(2);
const withClusters = first === '--cluster';
const { names, installation } = withClusters ? clusterCommands : uaaCommands;
if (!reportMissingCommands(names, installation)) {
  process.exitCode = await (withClusters
    ? runJestWithClusters({
        projects: ['contract', 'e2e', 'real-uaa', 'real-cluster'],
        args: rest,
        defaultFiles: ['test/contract/', 'test/real-uaa/', ...clusterFiles],
      })
    : withRealUaa((uaa) =>
        runJest({
          projects: ['contract', 'real-uaa'],
          args: process.argv.slice(2),
          env: createUaaVariables(uaa),
        }),
      ));
}
