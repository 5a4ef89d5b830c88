/**
 * Runs a real UAA 4.30.0 on a loopback address. `node test/real-uaa/start.mjs` runs it until
 * Ctrl-C, and prints `{"url","caCert","pid"}` on one line when it is ready.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, realpath, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { findFreePort, hasExited } from '../support/runner/server-process.mjs';
import { createCertificates } from './certificates.mjs';
import { downloadUaa } from './download.mjs';
import { writeServerFiles } from './server-files.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {{ url: string, caCert: string, pid: number | undefined }} Uaa - `caCert` is the path of the CA. */

/** The commands that a UAA needs, and how to install them. */
export const requiredCommands = {
  names: ['mvn', 'java', 'jar', 'openssl', 'tar'],
  installation: 'apt-get install maven default-jdk-headless openssl tar',
};

const startTimeoutMilliseconds = 180_000;
const stopTimeoutMilliseconds = 10_000;
const logTailLines = 60;

/**
 * Runs a function with a UAA, and stops the UAA in every case: if the function fails, if the server
 * does not start, or if this process receives a signal to stop.
 *
 * @template T
 * @param {(uaa: Uaa, signal: AbortSignal) => Promise<T>} body - `signal` aborts if this process
 *   must stop.
 * @returns {Promise<T>} the result of the function.
 */
export async function withRealUaa(body) {
  const stop = new AbortController();
  /** @type {NodeJS.Signals[]} */
  const received = [];
  const onSignal = (/** @type {NodeJS.Signals} */ name) => {
    received.push(name);
    stop.abort();
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const name of signals) process.on(name, onSignal);
  const base = await realpath(await mkdtemp(join(tmpdir(), 'tpks-real-uaa-')));
  /** @type {ChildProcess | undefined} */
  let server;
  try {
    const { webapp, tomcat } = await downloadUaa({ signal: stop.signal });
    // The settings contain the port (in the issuer) before Tomcat starts.
    const port = await findFreePort();
    await createCertificates(base);
    await writeServerFiles({ base, port, webapp, tomcat });
    stop.signal.throwIfAborted();
    server = await startServer({ base, tomcat });
    const uaa = { url: `https://localhost:${port}`, caCert: join(base, 'ca.pem'), pid: server.pid };
    await waitUntilHealthy({ uaa, server, log: join(base, logFile), signal: stop.signal });
    return await body(uaa, stop.signal);
  } finally {
    if (server) await stopServer(server);
    await rm(base, { recursive: true, force: true });
    for (const name of signals) process.off(name, onSignal);
    // Exit because of the signal, as its sender expects. Everything is cleaned up.
    const [signal] = received;
    if (signal) process.kill(process.pid, signal);
  }
}

/**
 * Returns the environment variables with which tests use a UAA.
 *
 * @param {Uaa} uaa
 */
export function createUaaVariables({ url, caCert }) {
  return { TPKS_CONTRACT_UAA: url, TPKS_CONTRACT_UAA_CA: caCert };
}

const logFile = 'logs/uaa.log';

/** @param {{ base: string, tomcat: string }} folders */
async function startServer({ base, tomcat }) {
  const log = await open(join(base, logFile), 'w');
  const { PATH, HOME, JAVA_HOME, JRE_HOME } = process.env;
  const server = spawn(join(tomcat, 'bin/catalina.sh'), ['run'], {
    // Creates a process group, so that Ctrl-C stops only this process, and this process can stop
    // the group.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...{ PATH, HOME, JAVA_HOME, JRE_HOME },
      CATALINA_BASE: base,
      CATALINA_OPTS: javaOptions.join(' '),
      UAA_CONFIG_FILE: join(base, 'uaa.yml'),
      LOGIN_CONFIG_PATH: base,
    },
  });
  await Promise.race([
    once(server, 'spawn'),
    once(server, 'error').then(([error]) => {
      throw error;
    }),
  ]);
  await log.close();
  return server;
}

const javaOptions = [
  ...['-Xms512m', '-Xmx512m'],
  '-XX:+UseSerialGC',
  // The optimizing compiler would take more CPU time than it saves in a run of a few minutes.
  '-XX:TieredStopAtLevel=1',
  // Without the profile `default`, so that only the accounts in uaa.yml exist.
  '-Dspring.profiles.active=hsqldb',
  '-Duser.timezone=UTC',
  '-Dfile.encoding=UTF-8',
  '-Djava.security.egd=file:/dev/./urandom',
  // Java 25 cannot read some of the old jars without this.
  '-Djdk.util.zip.disableZip64ExtraFieldValidation=true',
];

/**
 * @param {{ uaa: Uaa, server: ChildProcess, log: string, signal: AbortSignal }} options
 * @throws if the server has not started after 3 minutes.
 */
async function waitUntilHealthy({ uaa, server, log, signal }) {
  const ca = await readFile(uaa.caCert);
  const deadline = Date.now() + startTimeoutMilliseconds;
  for (;;) {
    const response = await sendGet(`${uaa.url}/healthz`, ca);
    if (response?.status === 200 && response.text.trim() === 'ok') return;
    signal.throwIfAborted();
    // Tomcat responds only after the web application has started or failed.
    const failure =
      (response !== undefined && `The UAA failed to start (status ${response.status})`) ||
      (hasExited(server) && 'The UAA exited before it was ready') ||
      (Date.now() > deadline && `The UAA was not ready after ${startTimeoutMilliseconds / 1000} s`);
    if (failure) throw new Error(`${failure}. Its log ends with:\n${await readTail(log)}`);
    await sleep(200);
  }
}

/**
 * @param {string} url
 * @param {Buffer} ca
 * @returns {Promise<{ status: number, text: string } | undefined>} undefined if there was no
 *   response.
 */
function sendGet(url, ca) {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false, timeout: 2000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
      response.on('close', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
      response.on('error', () => undefined);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(undefined);
    });
  });
}

/** @param {ChildProcess} server */
async function stopServer(server) {
  const exited = hasExited(server) ? Promise.resolve() : once(server, 'exit');
  killGroup(server, 'SIGTERM');
  await Promise.race([exited, sleep(stopTimeoutMilliseconds, undefined, { ref: false })]);
  killGroup(server, 'SIGKILL');
  await exited;
}

/**
 * @param {ChildProcess} leader - leader of the process group.
 * @param {NodeJS.Signals} signal
 */
function killGroup({ pid }, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all processes of the group have exited.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Reads the end of a log without stack frames, which would fill it if Spring fails.
 *
 * @param {string} path
 */
async function readTail(path) {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() && !/^\s+at /.test(line));
  return lines.slice(-logTailLines).join('\n');
}

async function main() {
  await withRealUaa(async (uaa, signal) => {
    console.log(JSON.stringify(uaa));
    if (!signal.aborted) await once(signal, 'abort');
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
