// Seconds that `uaa plan`, `apply` and `export` take for many users on the sandbox: against an empty
// UAA, against one with all users, and with the UAA's own export; and for 401 writes to a UAA that
// takes 50 ms to respond. Part of `npm run bench`; by itself: node test/bench/access-scale.mjs [USERS…]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const tpks = resolve(dirname(fileURLToPath(import.meta.url)), '../../bin/tpks.js');
const given = process.argv.slice(2).map(Number);
const counts = given.length > 0 ? given : [1000, 4000, 10_000];
/** Node 20 parses NODE_EXTRA_CA_CERTS at every start, which would hide everything else. */
const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...clean } = process.env;

process.stdout.write('access as code on the sandbox, seconds\n');
print(['users', 'plan, empty', 'apply', 'plan, full', 'apply, full', 'export', 'plan export']);
for (const count of counts) {
  await withSandbox(async ({ work, env }) => {
    const run = (...words) => timed(words, { env, cwd: work });
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
    process.stdout.write(`${' '.repeat(12)}the export has ${megabytes.toFixed(1)} MB\n`);
  });
}
await withSandbox(
  async ({ work, env }) => {
    writeFileSync(join(work, 'access.yml'), accessFile(400, 1));
    const words = ['uaa', 'apply', '-f', 'access.yml', '--yes'];
    const seconds = await timed(words, { env, cwd: work });
    process.stdout.write(`  apply, 401 writes of 50 ms each: ${seconds.toFixed(1)}\n`);
  },
  { delayMilliseconds: 50 },
);

/** A sandbox with a session of its admin client in a home of its own. */
async function withSandbox(run, { delayMilliseconds = 0 } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'tpks-access-'));
  const sandbox = await startSandbox(work);
  const slow = delayMilliseconds > 0 && (await startSlowProxy(sandbox.uaa, delayMilliseconds));
  try {
    const env = {
      ...clean,
      TPKS_UAA_URL: slow ? slow.url : sandbox.uaa,
      TPKS_CA_CERT: sandbox.caCert,
      TPKS_HOME: join(work, 'home'),
      USER_PASSWORD: 'pw&7',
    };
    const login = ['uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret'];
    await timed([...login, '--store', 'file'], { env, cwd: work });
    await run({ work, env });
  } finally {
    if (slow) slow.stop();
    sandbox.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Passes bytes on, those of the server after a delay. */
async function startSlowProxy(address, milliseconds) {
  const { hostname, port } = new URL(address);
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
  return {
    url: `https://${hostname}:${server.address().port}`,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Users, each in one of the groups. */
function accessFile(count, groupCount) {
  const users = Array.from({ length: count }, (_, number) => `user-${number}`);
  const groups = Array.from({ length: groupCount }, (_, number) => [
    `team-${number}`,
    { members: users.filter((_, at) => at % groupCount === number) },
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

/** The last two words may be `>` and a file for the output. */
async function timed(words, options) {
  const at = words.indexOf('>');
  const args = at === -1 ? words : words.slice(0, at);
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [tpks, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ]);
  if (status !== 0)
    throw new Error(`${args.join(' ')}: exit ${status}: ${String(stderr.at(-1)).slice(-2000)}`);
  if (at !== -1) writeFileSync(join(options.cwd, words[at + 1]), Buffer.concat(stdout));
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** A separate process, so that it does not slow down the client on a machine with two cores. */
async function startSandbox(work) {
  const child = spawn(
    process.execPath,
    [
      tpks,
      'sandbox',
      '--json',
      '--api-port',
      '0',
      '--uaa-port',
      '0',
      '--dir',
      join(work, 'sandbox'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...clean, TPKS_HOME: join(work, 'none') } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const { uaa, caCert } = JSON.parse(line);
    return { uaa, caCert, stop: () => child.kill() };
  }
  throw new Error('the sandbox did not start');
}

function print(cells) {
  process.stdout.write(`  ${cells.map((cell) => cell.padStart(11)).join(' ')}\n`);
}
