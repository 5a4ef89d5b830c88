/**
 * `npm run bench`: compares the duration of whole processes in one run on one machine, each command
 * with a baseline that no tool can be faster than. BENCH_ROUNDS is the number of runs of each
 * command (default: 20). No result passes or fails.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { cleanEnv, median, program, readReadyLine } from './command.mjs';
import { benchKubectl } from './kubectl.mjs';
import { benchLists } from './list-scale.mjs';
import { benchCommands } from './sandbox-commands.mjs';

/** @typedef {[name: string, command: string[], env: NodeJS.ProcessEnv]} Row */
/**
 * Runs a command.
 *
 * @typedef {(command: string[], env: NodeJS.ProcessEnv, options?: { measuresMemory?: boolean })
 *   => { milliseconds: number, kibibytes: number }} RunOnce
 */

const here = dirname(fileURLToPath(import.meta.url));
const memoryHook = resolve(here, '../support/preload/report-memory.mjs');
const node = process.execPath;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 20);

// Runs this script again in a new D-Bus session with an unlocked Secret Service, to measure the
// keychain.
const keychainVariable = 'TPKS_BENCH_KEYCHAIN';
const hasKeychain = process.env[keychainVariable] === '1';
if (!hasKeychain && isInstalled('dbus-run-session') && isInstalled('gnome-keyring-daemon')) {
  const home = mkdtempSync(join(tmpdir(), 'tpks-bench-home-'));
  const script =
    'eval "$(echo -n pw | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; "$@"; ' +
    'code=$?; kill "$GNOME_KEYRING_PID" 2>/dev/null; exit $code';
  const { status } = spawnSync(
    'dbus-run-session',
    ['--', 'bash', '-c', script, '_', node, fileURLToPath(import.meta.url)],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        [keychainVariable]: '1',
        HOME: home,
        XDG_RUNTIME_DIR: home,
        XDG_DATA_HOME: home,
      },
    },
  );
  rmSync(home, { recursive: true, force: true });
  process.exit(status ?? 1);
}

const work = mkdtempSync(join(tmpdir(), 'tpks-bench-'));
/** @param {string} store */
const createEnv = (store) => ({
  ...cleanEnv,
  TPKS_HOME: join(work, store),
  TPKS_PASSWORD: 'cody-password',
});
/**
 * Selects the UAA in the environment, because there is no target.
 *
 * @param {string} store
 */
const createUaaEnv = (store) => ({
  ...cleanEnv,
  TPKS_HOME: join(work, `uaa-${store}`),
  TPKS_UAA_URL: server.base,
  TPKS_CA_CERT: server.ca,
  TPKS_CLIENT_SECRET: 'adminsecret',
});

const server = await startServer();
try {
  await bench();
} finally {
  server.stop();
  rmSync(work, { recursive: true, force: true });
}
await import('./access-scale.mjs');

async function bench() {
  const { base, ca } = server;
  await configureServer('clusters=5&users=5');
  const stores = hasKeychain ? ['file', 'keychain'] : ['file'];
  const login = (/** @type {string} */ store) => [
    ...[node, program, 'login', '-a', base, '--uaa-url', base, '--ca-cert', ca],
    ...['-u', 'cody', '--store', store],
  ];
  const clientGet = (/** @type {string} */ store) => [
    ...[node, program, 'uaa', 'token', 'client', 'get', 'admin'],
    ...['--store', store],
  ];
  for (const store of stores) {
    runOnce(login(store), createEnv(store));
    runOnce(clientGet(store), createUaaEnv(store));
  }

  const minimalClient = (/** @type {string} */ name) => [
    ...[node, join(here, 'minimal-client.mjs'), name, base, ca],
  ];
  const minimalGet = minimalClient('clusters');
  const minimalLogin = minimalClient('login');
  const minimalUsers = minimalClient('users');
  const minimalToken = minimalClient('client token');
  const clusters = [node, program, 'clusters'];
  const users = [node, program, 'uaa', 'users'];

  process.stdout.write(`Node ${process.version}, ${rounds} rounds, medians of whole processes\n\n`);
  await benchCommands({ rounds, work, stores });
  compare('compared with a node:https script that sends the same GET', minimalGet, [
    ...stores.map((store) => row(`clusters (fresh token, ${store})`, clusters, createEnv(store))),
  ]);
  compare('compared with a node:https script that sends the same two requests', minimalLogin, [
    ...stores.map((store) => row(`login (${store})`, login(store), createEnv(store))),
  ]);
  compare('compared with a node:https script that requests the same page of users', minimalUsers, [
    ...stores.map((store) => row(`uaa users (fresh token, ${store})`, users, createUaaEnv(store))),
  ]);
  compare('compared with a node:https script that sends the same POST', minimalToken, [
    ...stores.map((store) =>
      row(`uaa token client get (${store})`, clientGet(store), createUaaEnv(store)),
    ),
  ]);
  if (!hasKeychain) {
    process.stdout.write('The keychain was not measured: apt-get install dbus gnome-keyring\n\n');
  }

  await benchKubectl({ compare, stores, work });

  await configureServer('users=1000');
  await countRequests([
    ['clusters, fresh token', clusters, createEnv('file')],
    ['login, with the check of the API', login('file'), createEnv('file')],
    ['uaa token client get', clientGet('file'), createUaaEnv('file')],
    ['uaa users, 1000 users', users, createUaaEnv('file')],
  ]);
  process.stdout.write(
    '--json: median time and memory (largest resident set), compared with the script\n',
  );
  await compareLists(
    'clusters',
    [10, 1000, 10_000],
    [[...clusters, '--json'], createEnv('file')],
    minimalGet,
  );
  await compareLists(
    'users',
    [1000, 10_000, 100_000],
    [[...users, '--json'], createUaaEnv('file')],
    minimalUsers,
  );
  await benchLists({
    ...{ runOnce, configureServer, printRow },
    command: [clusters, createEnv('file')],
  });
}

/**
 * @param {string} name
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Row}
 */
function row(name, command, env) {
  return [name, command, env];
}

/**
 * Prints the median duration of each command, and its ratio to the baseline.
 *
 * @param {string} title
 * @param {string[]} baseline
 * @param {Row[]} rows
 * @param {NodeJS.ProcessEnv} baselineEnv
 */
function compare(title, baseline, rows, baselineEnv = cleanEnv) {
  const measurements = [row('', baseline, baselineEnv), ...rows].map(([name, command, env]) => ({
    ...{ name, command, env },
    times: /** @type {number[]} */ ([]),
  }));
  // Alternates between the commands, so that a change in the load of the machine affects all of
  // them. The first two rounds warm up the caches.
  for (let round = 0; round < rounds + 2; round += 1) {
    for (const { command, env, times } of measurements) {
      const { milliseconds } = runOnce(command, env);
      if (round >= 2) times.push(milliseconds);
    }
  }
  const [base = NaN, ...medians] = measurements.map(({ times }) => median(times));
  process.stdout.write(`${title}: ${base.toFixed(1)} ms\n`);
  for (const [index, value] of medians.entries()) {
    const name = rows[index]?.[0] ?? '';
    printRow([name, `${value.toFixed(1)} ms`, `${(value / base).toFixed(2)} x`]);
  }
  process.stdout.write('\n');
}

/** @param {Row[]} rows */
async function countRequests(rows) {
  process.stdout.write('requests\n');
  for (const [name, command, env] of rows) {
    await configureServer('');
    runOnce(command, env);
    printRow([name, await configureServer('')]);
  }
  process.stdout.write('\n');
}

/**
 * Compares the time and memory of a list of each length with the baseline.
 *
 * @param {string} resource - `clusters` or `users`.
 * @param {number[]} counts
 * @param {[command: string[], env: NodeJS.ProcessEnv]} command
 * @param {string[]} baseline
 */
async function compareLists(resource, counts, [command, env], baseline) {
  const runCount = 5;
  const measure = (/** @type {string[]} */ words) => {
    const runs = Array.from({ length: runCount }, () =>
      runOnce(words, env, { measuresMemory: true }),
    );
    return {
      milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
      mebibytes: median(runs.map(({ kibibytes }) => kibibytes)) / 1024,
    };
  };
  for (const count of counts) {
    await configureServer(`${resource}=${count}`);
    const [result, minimal] = [measure(command), measure(baseline)];
    printRow([
      `${count} ${resource}`,
      `${result.milliseconds.toFixed(0)} ms`,
      `${(result.milliseconds / minimal.milliseconds).toFixed(2)} x script`,
      `${result.mebibytes.toFixed(0)} MiB (script ${minimal.mebibytes.toFixed(0)})`,
    ]);
  }
}

/**
 * Runs a command and measures its duration.
 *
 * @type {RunOnce}
 * @throws if the command fails.
 */
function runOnce(command, env, { measuresMemory = false } = {}) {
  const [file = '', ...args] = command;
  const report = join(work, 'memory');
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    file,
    measuresMemory ? ['--import', memoryHook, ...args] : args,
    {
      env: { ...env, MEMORY_REPORT: report },
      stdio: ['ignore', measuresMemory ? 'ignore' : 'pipe', 'pipe'],
    },
  );
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${String(stderr)}`);
  return { milliseconds, kibibytes: measuresMemory ? Number(readFileSync(report, 'utf8')) : 0 };
}

/** @param {[string, ...string[]]} cells */
function printRow([name, ...cells]) {
  process.stdout.write(
    `  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('  ')}\n`,
  );
}

/** @param {string} command */
function isInstalled(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

async function startServer() {
  const options = /** @type {const} */ ({ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' });
  const authority = await generate([{ name: 'commonName', value: 'bench CA' }], {
    ...options,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...options,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const files = { ca: authority.cert, cert: leaf.cert, key: leaf.private };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
  const child = spawn(node, [join(here, 'server.mjs'), join(work, 'cert'), join(work, 'key')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: cleanEnv,
  });
  const { port } = /** @type {{ port: number }} */ (await readReadyLine(child));
  return { base: `https://127.0.0.1:${port}`, ca: join(work, 'ca'), stop: () => child.kill() };
}

/**
 * Changes the length of the lists of the server, and resets its request counter.
 *
 * @param {string} query - `clusters=` or `users=` with the number, or both; empty for no change.
 * @returns {Promise<string>} the number of requests since the last call.
 */
async function configureServer(query) {
  return new Promise((resolve, reject) => {
    request(
      `${server.base}/bench?${query}`,
      { ca: readFileSync(server.ca), agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => {
          resolve(text);
        });
      },
    )
      .on('error', reject)
      .end();
  });
}
