/**
 * Measures how the sandbox scales with the number of users, in memory and with --dir: seconds to
 * create users over HTTP with 16 concurrent requests, and then lookups, lists, members and tokens.
 * No result passes or fails. The requests per CPU second include the client's CPU time, and do
 * not depend on the load of the machine. `npm run bench` includes it; to run only this:
 * `node test/bench/sandbox-scale.mjs [USERS...]`
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { clientForm, createSend, createUser, passwordForm, print } from './sandbox-requests.mjs';

/** @typedef {typeof import('../../src/sandbox/sandbox.js').startSandbox} StartSandbox */

const concurrency = 16;
const work = mkdtempSync(join(tmpdir(), 'tpks-bench-sandbox-'));

/** @param {number[]} counts - numbers of users. */
export async function benchSandbox(counts = [1000, 4000, 10_000]) {
  try {
    const startSandbox = await loadSandbox();
    process.stdout.write(
      `\nsandbox, ${concurrency} concurrent requests (client in the same process)\n`,
    );
    for (const dir of [undefined, work]) {
      for (const count of counts) await measure(startSandbox, count, dir && join(dir, `${count}`));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function loadSandbox() {
  const outfile = join(work, 'sandbox.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/sandbox/sandbox.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  const bundle = /** @type {{ startSandbox: StartSandbox }} */ (await import(outfile));
  return bundle.startSandbox;
}

/**
 * @param {StartSandbox} startSandbox
 * @param {number} count - number of users.
 * @param {string} [dir] - where the sandbox stores its data; in memory if undefined.
 */
async function measure(startSandbox, count, dir) {
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, ...(dir && { dir }) });
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, ca: sandbox.caPem });
  const send = createSend(sandbox.uaa, agent);
  /** @type {(string | undefined)[]} */
  const ids = [];
  try {
    const { access_token: token } = await send('POST', '/oauth/token', { form: clientForm });
    process.stdout.write(`  ${count} users, ${dir ? 'with --dir' : 'in memory'}\n`);
    await timed('create users', count, async (index) => {
      const { id } = await send('POST', '/Users', { token, json: createUser(index) });
      ids.push(id);
    });
    const { id: group } = await send('POST', '/Groups', { token, json: { displayName: 'team' } });
    await timed('add members to one group', count, (index) =>
      send('POST', `/Groups/${String(group)}/members`, { token, json: { value: ids[index] } }),
    );
    await timed('list users, pages of 500', Math.ceil(count / 500), (page) =>
      send('GET', `/Users?count=500&startIndex=${page * 500 + 1}`, { token }),
    );
    await timed('look up 50 names per request', Math.ceil(count / 50), (page) =>
      send('GET', `/Users?count=500&filter=${encodeURIComponent(nameFilter(page * 50, 50))}`, {
        token,
      }),
    );
    await timed('log in', Math.min(count, 500), (index) =>
      send('POST', '/oauth/token', { form: passwordForm(`user-${index}`) }),
    );
    if (dir) print('size of the data', `${readMebibytes(join(dir, 'state.json'))} MiB`);
    await timed('delete users', count, (index) =>
      send('DELETE', `/Users/${String(ids[index])}`, { token }),
    );
  } finally {
    agent.destroy();
    await sandbox.close();
  }
}

/**
 * @param {number} start
 * @param {number} count
 */
function nameFilter(start, count) {
  const clauses = Array.from(
    { length: count },
    (_, index) => `userName eq "user-${start + index}"`,
  );
  return clauses.join(' or ');
}

/** @param {string} path */
function readMebibytes(path) {
  return (statSync(path).size / 1024 / 1024).toFixed(1);
}

/**
 * Runs a function for the numbers from 0 to `count` - 1, up to 16 at the same time, and prints the
 * duration.
 *
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => Promise<unknown>} run
 */
async function timed(name, count, run) {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  const runAll = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, runAll));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuSeconds = (user + system) / 1e6;
  print(
    name,
    `${seconds.toFixed(2)} s`,
    `${(count / seconds).toFixed(0)} / s`,
    `${(count / cpuSeconds).toFixed(0)} / CPU s`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const counts = process.argv.slice(2).map(Number);
  await benchSandbox(counts.length > 0 ? counts : undefined);
}
