/** Shared by the benchmarks: the program, a clean environment, starting a server, and the median. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../../tools/build-if-needed.mjs';

buildIfNeeded();
const node = process.execPath;
export const program = fileURLToPath(new URL('../../bin/tpks.js', import.meta.url));

// Node 20 parses NODE_EXTRA_CA_CERTS at every start, which would hide everything else.
const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...otherVariables } = process.env;
/** @type {NodeJS.ProcessEnv} */
export const cleanEnv = otherVariables;

/**
 * Reads the line that a server prints when it is ready.
 *
 * @param {{ stdout: import('node:stream').Readable } & NodeJS.EventEmitter} server
 * @returns {Promise<unknown>} the JSON value in the line.
 */
export async function readReadyLine(server) {
  const exited = once(server, 'exit').then(() => {
    throw new Error('the server exited before it was ready');
  });
  const ready = once(createInterface(server.stdout), 'line');
  const [line] = /** @type {[string]} */ (await Promise.race([ready, exited]));
  exited.catch(() => undefined);
  return JSON.parse(line);
}

/**
 * Starts a sandbox as a separate process on free ports.
 *
 * @param {string[]} options
 * @param {NodeJS.ProcessEnv} env
 */
export async function startSandbox(options, env = cleanEnv) {
  const ports = ['--api-port', '0', '--uaa-port', '0'];
  const process = spawn(node, [program, 'sandbox', '--json', ...ports, ...options], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const addresses = await readReadyLine(process);
  return {
    .../** @type {{ api: string, uaa: string, caCert: string }} */ (addresses),
    process,
  };
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
