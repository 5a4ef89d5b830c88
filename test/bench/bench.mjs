// Ratios of whole processes, in one run on one machine: each command beside what no tool can be
// faster than. `npm run bench`; BENCH_ROUNDS (20) chooses how often. Nothing here passes or fails.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { listScale } from './list-scale.mjs';
import { sandboxScale } from './sandbox-scale.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const tpks = resolve(here, '../../bin/tpks.js');
const tellMemory = resolve(here, '../support/tell-memory.mjs');
const node = process.execPath;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 20);

// The keychain's rows need a Secret Service that is open: a session bus of our own with one.
const inside = 'TPKS_BENCH_INSIDE';
if (process.env[inside] === undefined && has('dbus-run-session') && has('gnome-keyring-daemon')) {
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
        [inside]: 'keychain',
        HOME: home,
        XDG_RUNTIME_DIR: home,
        XDG_DATA_HOME: home,
      },
    },
  );
  rmSync(home, { recursive: true, force: true });
  process.exit(status ?? 1);
}
const withKeychain = process.env[inside] === 'keychain';

const work = mkdtempSync(join(tmpdir(), 'tpks-bench-'));
const home = (name) => join(work, name);
/** Node 20 parses NODE_EXTRA_CA_CERTS at every start, which would hide everything else. */
const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...clean } = process.env;
const env = (store) => ({ ...clean, TPKS_HOME: home(store), TPKS_PASSWORD: 'cody-password' });
/** Names the UAA, for a user without a target. */
const uaaEnv = (store) => ({
  ...clean,
  TPKS_HOME: home(`uaa-${store}`),
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
  await fetchBench('clusters=5&users=5');
  const stores = withKeychain ? ['file', 'keychain'] : ['file'];
  const login = (store) => [
    node,
    tpks,
    'login',
    '-a',
    base,
    '--uaa-url',
    base,
    '--ca-cert',
    ca,
    '-u',
    'cody',
    '--store',
    store,
  ];
  const clientGet = (store) => [
    ...[node, tpks, 'uaa', 'token', 'client', 'get', 'admin'],
    ...['--store', store],
  ];
  for (const store of stores) {
    once(login(store), env(store));
    once(clientGet(store), uaaEnv(store));
  }

  const start = [node, '-e', '0'];
  const bareGet = [node, join(here, 'bare.mjs'), 'clusters', base, ca];
  const bareLogin = [node, join(here, 'bare.mjs'), 'login', base, ca];
  const bareUsers = [node, join(here, 'bare.mjs'), 'users', base, ca];
  const bareToken = [node, join(here, 'bare.mjs'), 'client token', base, ca];
  const clusters = [node, tpks, 'clusters'];
  const users = [node, tpks, 'uaa', 'users'];

  process.stdout.write(`Node ${process.version}, ${rounds} rounds, medians of whole processes\n\n`);
  compare('beside node -e 0', start, [
    ['--version', [node, tpks, '--version'], env('file')],
    ['--help', [node, tpks, '--help'], env('file')],
    ['clusters --help', [node, tpks, 'clusters', '--help'], env('file')],
    ['completion of a command', [node, tpks, '__complete', '--', 'clu'], env('file')],
    ['completion of a cluster', [node, tpks, '__complete', '--', 'cluster', ''], env('file')],
  ]);
  const curl = has('curl')
    ? [['curl', ['curl', '-s', '--cacert', ca, `${base}/v1/clusters`], clean]]
    : [];
  compare('beside a bare node:https script that sends the same GET', bareGet, [
    ...curl,
    ...stores.map((store) => [`clusters (fresh token, ${store})`, clusters, env(store)]),
    ['token (fresh, file)', [node, tpks, 'token'], env('file')],
  ]);
  compare('beside a bare node:https script that sends the same two requests', bareLogin, [
    ...stores.map((store) => [`login (${store})`, login(store), env(store)]),
  ]);
  compare('beside a bare node:https script that asks for the same page of users', bareUsers, [
    ...stores.map((store) => [`uaa users (fresh token, ${store})`, users, uaaEnv(store)]),
  ]);
  compare('beside a bare node:https script that sends the same POST', bareToken, [
    ...stores.map((store) => [`uaa token client get (${store})`, clientGet(store), uaaEnv(store)]),
  ]);
  if (!withKeychain)
    process.stdout.write('no keychain here: apt-get install dbus gnome-keyring\n\n');

  await fetchBench('users=1000');
  await countRequests([
    ['clusters, fresh token', clusters, env('file')],
    ['login: UAA and the probe', login('file'), env('file')],
    ['uaa token client get', clientGet('file'), uaaEnv('file')],
    ['uaa users, 1000 of them', users, uaaEnv('file')],
  ]);
  process.stdout.write('--json: median time and memory (largest resident set)\n');
  await lists('clusters', [10, 1000, 10_000], [[...clusters, '--json'], env('file')], bareGet);
  await lists('users', [1000, 10_000, 100_000], [[...users, '--json'], uaaEnv('file')], bareUsers);
  await listScale({ once, fetchBench, print, command: [clusters, env('file')], work });
  await sandboxScale();
}

function compare(title, baseline, rows) {
  const all = [['', baseline, clean], ...rows];
  const times = all.map(() => []);
  // In turn, so that a machine that slows down slows all of them down.
  for (let round = 0; round < rounds + 2; round += 1) {
    for (const [index, [, command, environment]] of all.entries()) {
      const milliseconds = once(command, environment).milliseconds;
      if (round >= 2) times[index].push(milliseconds);
    }
  }
  const [base, ...others] = times.map(median);
  process.stdout.write(`${title}: ${base.toFixed(1)} ms\n`);
  for (const [index, [name]] of rows.entries()) {
    const value = others[index];
    print([name, `${value.toFixed(1)} ms`, `${(value / base).toFixed(2)} x`]);
  }
  process.stdout.write('\n');
}

async function countRequests(rows) {
  process.stdout.write('requests\n');
  for (const [name, command, environment] of rows) {
    await fetchBench('');
    once(command, environment);
    print([name, await fetchBench('')]);
  }
  process.stdout.write('\n');
}

async function lists(what, counts, [command, environment], bareCommand) {
  const few = 5;
  const several = (words) => Array.from({ length: few }, () => once(words, environment, true));
  const time = (runs) => median(runs.map(({ milliseconds }) => milliseconds));
  const memory = (runs) => median(runs.map(({ kibibytes }) => kibibytes)) / 1024;
  for (const count of counts) {
    await fetchBench(`${what}=${count}`);
    const [ours, bare] = [several(command), several(bareCommand)];
    print([
      `${count} ${what}`,
      `${time(ours).toFixed(0)} ms`,
      `${(time(ours) / time(bare)).toFixed(2)} x bare`,
      `${memory(ours).toFixed(0)} MiB (bare ${memory(bare).toFixed(0)})`,
    ]);
  }
}

/** Runs a command to its end; with `measured`, also reports its largest resident set. */
function once(command, environment, measured = false) {
  const [file, ...args] = command;
  const report = join(work, 'memory');
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, measured ? ['--import', tellMemory, ...args] : args, {
    env: { ...environment, MEMORY_REPORT: report },
    stdio: ['ignore', measured ? 'ignore' : 'pipe', 'pipe'],
  });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${String(stderr)}`);
  return { milliseconds, kibibytes: measured ? Number(readFileSync(report, 'utf8')) : 0 };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function print([name, ...cells]) {
  process.stdout.write(
    `  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('  ')}\n`,
  );
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

async function startServer() {
  const options = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' };
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
    env: clean,
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = JSON.parse(line);
    return { base: `https://127.0.0.1:${port}`, ca: join(work, 'ca'), stop: () => child.kill() };
  }
  throw new Error('the bench server did not start');
}

async function fetchBench(query) {
  return new Promise((done, fail) => {
    request(
      `${server.base}/bench?${query}`,
      { ca: readFileSync(server.ca), agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => done(text));
      },
    )
      .on('error', fail)
      .end();
  });
}
