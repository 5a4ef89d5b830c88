/**
 * `npm run test:real [-- JEST OPTIONS]`: runs the contract tests and the tests in this folder
 * against a real UAA. Example: `npm run test:real -- -t members`
 *
 * Recordings that change what all clients see use a second UAA.
 */
import { once } from 'node:events';
import { reportMissingCommands } from '../support/missing-commands.mjs';
import { runJest } from '../support/run-jest.mjs';
import { requiredCommands, withRealUaa } from './start.mjs';

/** @typedef {import('./start.mjs').Uaa} Uaa */

if (!reportMissingCommands(requiredCommands.names, requiredCommands.installation)) {
  process.exitCode = await withTwoUaas((uaa, exclusiveUaa) =>
    runJest({
      projects: ['contract', 'real-uaa'],
      args: process.argv.slice(2),
      env: {
        TPKS_CONTRACT_UAA: uaa.url,
        TPKS_CONTRACT_UAA_CA: uaa.caCert,
        TPKS_CONTRACT_EXCLUSIVE_UAA: exclusiveUaa.url,
        TPKS_CONTRACT_EXCLUSIVE_UAA_CA: exclusiveUaa.caCert,
      },
    }),
  );
}

/**
 * Runs a function with two UAAs, which start at the same time.
 *
 * @template T
 * @param {(uaa: Uaa, exclusiveUaa: Uaa) => Promise<T>} body
 * @returns {Promise<T>} the result of the function.
 */
async function withTwoUaas(body) {
  const finished = new AbortController();
  /** @type {(uaa: Uaa) => void} */
  let setFirst = () => undefined;
  /** @type {Promise<Uaa>} */
  const first = new Promise((resolve) => (setFirst = resolve));
  const firstRun = withRealUaa(async (uaa, signal) => {
    setFirst(uaa);
    const isOver = AbortSignal.any([signal, finished.signal]);
    if (!isOver.aborted) await once(isOver, 'abort');
  });
  try {
    return await withRealUaa(async (exclusiveUaa) => {
      const uaa = await Promise.race([first, firstRun.then(failWithoutServer)]);
      return body(uaa, exclusiveUaa);
    });
  } finally {
    finished.abort();
    await firstRun;
  }
}

/** @returns {never} */
function failWithoutServer() {
  throw new Error('The first UAA has stopped');
}
