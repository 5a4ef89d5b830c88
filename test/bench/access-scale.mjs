/**
 * Measures how many seconds `uaa plan`, `apply` and `export` take for many users on the sandbox, if
 * the UAA is empty and if it has all users, and a plan of the exported file. Also measures 401
 * writes to a UAA that takes 50 ms to respond. `npm run bench` includes it; to run only this:
 * `node test/bench/access-scale.mjs [USERS...]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, program, startSandbox } from './command.mjs';

/** @typedef {{ env: NodeJS.ProcessEnv, cwd: string }} RunOptions */

const requestedCounts = process.argv.slice(2).map(Number);
const counts = requestedCounts.length > 0 ? requestedCounts : [1000, 4000, 10_000];

process.stdout.write('access as code on the sandbox, in seconds\n');
print(['users', 'plan, empty', 'apply', 'plan, full', 'apply, full', 'export', 'plan export']);
for (const count of counts) {
  await withSandbox(async ({ work, env }) => {
    const run = (/** @type {string[]} */ ...args) => measure(args, { env, cwd: work });
    writeFileSync(join(work, 'access.yml'), accessFile(count, 10));
    const file = ['-f', 'access.yml'];
    const seconds = [
      await run('uaa', 'plan', ...file),
      await run('uaa', 'apply', ...file, '--yes'),
      await run('uaa', 'plan', ...file),
      await run('uaa', 'apply', ...file, '--yes'),
      await run('uaa', 'export', '>', 'exported.yml'),
      await run('uaa', 'plan', '-f', 'exported.yml', '--exit-code'),
    ];
    print([String(count), ...seconds.map((value) => value.toFixed(1))]);
    const megabytes = statSync(join(work, 'exported.yml')).size / 1e6;
    process.stdout.write(`${' '.repeat(12)}size of the export: ${megabytes.toFixed(1)} MB\n`);
  });
}
await withSandbox(
  async ({ work, env }) => {
    writeFileSync(join(work, 'access.yml'), accessFile(400, 1));
    const args = ['uaa', 'apply', '-f', 'access.yml', '--yes'];
    const seconds = await measure(args, { env, cwd: work });
    process.stdout.write(`  apply, 401 writes of 50 ms each: ${seconds.toFixed(1)}\n`);
  },
  { delayMilliseconds: 50 },
);

/**
 * Runs a function with a sandbox and a home directory in which the admin client is logged in.
 *
 * @param {(options: { work: string, env: NodeJS.ProcessEnv }) => Promise<void>} run
 * @param {{ delayMilliseconds?: number }} options - delay of each response of the UAA.
 */
async function withSandbox(run, { delayMilliseconds = 0 } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'tpks-access-'));
  // A separate process does not slow down the client on a machine with two cores.
  const sandbox = await startSandbox(['--dir', join(work, 'sandbox')], {
    ...cleanEnv,
    TPKS_HOME: join(work, 'none'),
  });
  const proxy =
    delayMilliseconds > 0 ? await startSlowProxy(sandbox.uaa, delayMilliseconds) : undefined;
  try {
    const env = {
      ...cleanEnv,
      TPKS_UAA_URL: proxy?.url ?? sandbox.uaa,
      TPKS_CA_CERT: sandbox.caCert,
      TPKS_HOME: join(work, 'home'),
      USER_PASSWORD: 'pw&7',
    };
    const login = ['uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret'];
    await measure([...login, '--store', 'file'], { env, cwd: work });
    await run({ work, env });
  } finally {
    proxy?.stop();
    sandbox.process.kill();
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Starts a TCP proxy that delays all data from the server.
 *
 * @param {string} address - the URL of the server.
 * @param {number} milliseconds
 */
async function startSlowProxy(address, milliseconds) {
  const { hostname, port } = new URL(address);
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(upstream);
    upstream.on('data', (bytes) => setTimeout(() => client.write(bytes), milliseconds));
    upstream.on('end', () => setTimeout(() => client.end(), milliseconds));
  });
  server.listen(0, hostname);
  await once(server, 'listening');
  const { port: proxyPort } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `https://${hostname}:${proxyPort}`,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Creates an access file in which each user is in one of the groups.
 *
 * @param {number} count - number of users.
 * @param {number} groupCount
 */
function accessFile(count, groupCount) {
  const users = Array.from({ length: count }, (_, number) => `user-${number}`);
  const groups = Array.from({ length: groupCount }, (_, number) => [
    `team-${number}`,
    { members: users.filter((_, index) => index % groupCount === number) },
  ]);
  return JSON.stringify({
    groups: Object.fromEntries(groups),
    users: Object.fromEntries(
      users.map((name) => [
        name,
        { emails: [`${name}@example.com`], password_from: 'env:USER_PASSWORD' },
      ]),
    ),
  });
}

/**
 * Runs tpks. The last two arguments may be `>` and a file for the output.
 *
 * @param {string[]} commandLine
 * @param {RunOptions} options
 * @returns the seconds that it took.
 */
async function measure(commandLine, options) {
  const redirect = commandLine.indexOf('>');
  const args = redirect === -1 ? commandLine : commandLine.slice(0, redirect);
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [program, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = /** @type {[Buffer[], Buffer[], [number | null]]} */ (
    await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')])
  );
  if (status !== 0) {
    const message = Buffer.concat(stderr).toString().slice(-2000);
    throw new Error(`tpks ${args.join(' ')} exited with code ${String(status)}: ${message}`);
  }
  const file = redirect === -1 ? undefined : commandLine[redirect + 1];
  if (file !== undefined) writeFileSync(join(options.cwd, file), Buffer.concat(stdout));
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** @param {string[]} cells */
function print(cells) {
  process.stdout.write(`  ${cells.map((cell) => cell.padStart(11)).join(' ')}\n`);
}
