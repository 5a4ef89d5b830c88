// Seconds that `uaa plan`, `apply` and `export` take for many users on the sandbox: against an empty
// UAA, against one that has them all, and of its own export. Part of `npm run bench`; by itself:
// node test/bench/access-scale.mjs [USERS…]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
for (const count of counts) await measure(count);

async function measure(count) {
  const work = mkdtempSync(join(tmpdir(), 'tpks-access-'));
  const sandbox = await startSandbox(work);
  try {
    const env = { ...clean, ...sandbox.env, TPKS_HOME: join(work, 'home'), USER_PASSWORD: 'pw&7' };
    const run = (...words) => timed(words, { env, cwd: work });
    run('uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret', '--store', 'file');
    writeFileSync(join(work, 'access.yml'), accessFile(count));
    const file = ['-f', 'access.yml'];
    const seconds = [
      run('uaa', 'plan', ...file),
      run('uaa', 'apply', ...file, '--yes'),
      run('uaa', 'plan', ...file),
      run('uaa', 'apply', ...file, '--yes'),
      run('uaa', 'export', '>', 'exported.yml'),
      run('uaa', 'plan', '-f', 'exported.yml', '--exit-code'),
    ];
    print([String(count), ...seconds.map((value) => value.toFixed(1))]);
    const megabytes = statSync(join(work, 'exported.yml')).size / 1e6;
    process.stdout.write(`${' '.repeat(12)}the export has ${megabytes.toFixed(1)} MB\n`);
  } finally {
    sandbox.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Users in ten groups. */
function accessFile(count) {
  const users = Array.from({ length: count }, (_, number) => `user-${number}`);
  const groups = Array.from({ length: 10 }, (_, number) => [
    `team-${number}`,
    { members: users.filter((_, at) => at % 10 === number) },
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

/** The last words may be `>` and a file for the result. */
function timed(words, options) {
  const at = words.indexOf('>');
  const args = at === -1 ? words : words.slice(0, at);
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [tpks, ...args], {
    ...options,
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${args.join(' ')}: exit ${status}: ${String(stderr).slice(-2000)}`);
  if (at !== -1) writeFileSync(join(options.cwd, words[at + 1]), stdout);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** A process of its own, so that it takes no time from the client on a machine with two cores. */
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
    return { env: { TPKS_UAA_URL: uaa, TPKS_CA_CERT: caCert }, stop: () => child.kill() };
  }
  throw new Error('the sandbox did not start');
}

function print(cells) {
  process.stdout.write(`  ${cells.map((cell) => cell.padStart(11)).join(' ')}\n`);
}
