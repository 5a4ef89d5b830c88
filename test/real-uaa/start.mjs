/**
 * Runs a real UAA 4.30.0 on loopback. As a program, until Ctrl-C:
 *
 *     node test/real-uaa/start.mjs
 *
 * prints `{"url","caCert","pid"}` on one line as soon as the server answers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, realpath, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { makeCertificates } from './certificates.mjs';
import { layOut } from './layout.mjs';
import { realUaaParts } from './parts.mjs';

const startMilliseconds = 180_000;
const stopMilliseconds = 10_000;
const logTailLines = 60;

/**
 * Runs `body` while a UAA is up, and ends the UAA whatever happens: `body` fails, the server
 * does not come up, or this process is told to stop (`signal` aborts then).
 *
 * @template T
 * @param {(uaa: { url: string, caCert: string, pid: number }, signal: AbortSignal) => Promise<T>}
 *   body - gets the base URL, the path of the CA's PEM file, and the server's process id.
 * @returns {Promise<T>} what `body` returns.
 */
export async function withRealUaa(body) {
  const stop = new AbortController();
  let caught;
  const onSignal = (name) => {
    caught = name;
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of signals) process.on(name, onSignal);
  const base = await realpath(await mkdtemp(join(tmpdir(), 'tpks-real-uaa-')));
  let server;
  try {
    const parts = await realUaaParts({ signal: stop.signal });
    const port = await freePort();
    await makeCertificates(base);
    await layOut({ base, port, parts });
    stop.signal.throwIfAborted();
    server = await launch({ base, tomcat: parts.tomcat });
    const uaa = { url: `https://localhost:${port}`, caCert: join(base, 'ca.pem'), pid: server.pid };
    await untilHealthy({ uaa, server, log: join(base, logFile), signal: stop.signal });
    return await body(uaa, stop.signal);
  } finally {
    if (server) await end(server);
    await rm(base, { recursive: true, force: true });
    for (const name of signals) process.off(name, onSignal);
    // All is tidy: die of the signal, as who sent it expects.
    if (caught) process.kill(process.pid, caught);
  }
}

const logFile = 'logs/uaa.log';

async function launch({ base, tomcat }) {
  const log = await open(join(base, logFile), 'w');
  const { PATH, HOME, JAVA_HOME, JRE_HOME } = process.env;
  const server = spawn(join(tomcat, 'bin/catalina.sh'), ['run'], {
    // A group of its own: Ctrl-C reaches us alone, and we reach it with all its children.
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
    once(server, 'error').then(([e]) => Promise.reject(e)),
  ]);
  await log.close();
  return server;
}

const javaOptions = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  // Without `default`: only the accounts of our own yml exist.
  '-Dspring.profiles.active=hsqldb',
  '-Duser.timezone=UTC',
  '-Dfile.encoding=UTF-8',
  '-Djava.security.egd=file:/dev/./urandom',
  // Java 25 refuses some of the old jars otherwise.
  '-Djdk.util.zip.disableZip64ExtraFieldValidation=true',
];

async function untilHealthy({ uaa, server, log, signal }) {
  const ca = await readFile(uaa.caCert);
  const deadline = Date.now() + startMilliseconds;
  for (;;) {
    const answer = await ask(`${uaa.url}/healthz`, ca);
    if (answer.status === 200 && answer.text.trim() === 'ok') return;
    signal.throwIfAborted();
    // Tomcat answers nobody before the web application is up, or has failed to come up.
    const failure =
      (answer.status !== undefined && `The UAA failed to start (status ${answer.status})`) ||
      (hasEnded(server) && 'The UAA ended before it was ready') ||
      (Date.now() > deadline && `The UAA was not ready after ${startMilliseconds / 1000} s`);
    if (failure) throw new Error(`${failure}. Its log ends:\n${await tail(log)}`);
    await sleep(200);
  }
}

/** @returns {Promise<{ status?: number, text?: string }>} nothing when no answer came. */
function ask(url, ca) {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false, timeout: 2000 }, async (response) => {
      const chunks = await response.toArray().catch(() => []);
      resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve({});
    });
  });
}

async function end(server) {
  const gone = hasEnded(server) ? Promise.resolve() : once(server, 'exit');
  killGroup(server.pid, 'SIGTERM');
  await Promise.race([gone, sleep(stopMilliseconds, undefined, { ref: false })]);
  killGroup(server.pid, 'SIGKILL');
  await gone;
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Without stack frames: sixty lines of a Spring failure hold nothing else. */
async function tail(path) {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() && !/^\s+at /.test(line));
  return lines.slice(-logTailLines).join('\n');
}

/** Tomcat could choose itself, but the issuer in the settings needs the number before. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function main() {
  await withRealUaa(async (uaa, signal) => {
    console.log(JSON.stringify(uaa));
    if (!signal.aborted) await once(signal, 'abort');
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
