// How the sandbox scales with the number of users: seconds to create them over HTTP with 16 requests
// in flight, in memory and with --dir, then lookups, lists, members and tokens. Nothing here passes or fails.
// The requests per CPU second count the client's share too and do not depend on a busy machine.
// `npm run bench` runs it; alone: node test/bench/sandbox-scale.mjs [USERS …]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inFlight = 16;
const work = mkdtempSync(join(tmpdir(), 'tpks-bench-sandbox-'));

export async function sandboxScale(counts = [1000, 4000, 10_000]) {
  try {
    const startSandbox = await loadSandbox();
    process.stdout.write(
      `\nsandbox, ${inFlight} requests in flight (client in the same process)\n`,
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
  return (await import(outfile)).startSandbox;
}

async function measure(startSandbox, count, dir) {
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, ...(dir && { dir }) });
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight, ca: sandbox.caPem });
  const call = createCall(sandbox.uaa, agent);
  const ids = [];
  try {
    const { access_token: token } = await call('POST', '/oauth/token', {
      form: { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'adminsecret' },
    });
    process.stdout.write(`  ${count} users, ${dir ? 'with --dir' : 'in memory'}\n`);
    await timed('create users', count, async (at) => {
      const { id } = await call('POST', '/Users', { token, json: user(at) });
      ids.push(id);
    });
    const { id: group } = await call('POST', '/Groups', { token, json: { displayName: 'team' } });
    await timed('add members to one group', count, (at) =>
      call('POST', `/Groups/${group}/members`, { token, json: { value: ids[at] } }),
    );
    await timed('list users, pages of 500', Math.ceil(count / 500), (at) =>
      call('GET', `/Users?count=500&startIndex=${at * 500 + 1}`, { token }),
    );
    await timed('look up 50 names at once', Math.ceil(count / 50), (at) =>
      call('GET', `/Users?count=500&filter=${encodeURIComponent(names(at * 50, 50))}`, { token }),
    );
    await timed('log in', 500, (at) =>
      call('POST', '/oauth/token', {
        form: {
          ...{ grant_type: 'password', client_id: 'cf', client_secret: '' },
          ...{ username: `user-${at}`, password: 'user-password' },
        },
      }),
    );
    if (dir) print('size of the journal', [`${size(join(dir, 'uaa', 'journal.ndjson'))} MiB`]);
    await timed('delete users', count, (at) => call('DELETE', `/Users/${ids[at]}`, { token }));
  } finally {
    agent.destroy();
    await sandbox.close();
  }
}

const user = (at) => ({
  userName: `user-${at}`,
  name: { givenName: 'User', familyName: String(at) },
  emails: [{ value: `user-${at}@example.com` }],
  password: 'user-password',
});

const names = (start, count) =>
  Array.from({ length: count }, (_, at) => `userName eq "user-${start + at}"`).join(' or ');

const size = (path) => (statSync(path).size / 1024 / 1024).toFixed(1);

async function timed(name, count, each) {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  const lane = async () => {
    while (next < count) await each(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuSeconds = (user + system) / 1e6;
  print(name, [
    `${seconds.toFixed(2)} s`,
    `${(count / seconds).toFixed(0)} / s`,
    `${(count / cpuSeconds).toFixed(0)} / CPU s`,
  ]);
}

function print(name, cells) {
  process.stdout.write(
    `    ${name.padEnd(32)}${cells.map((cell) => cell.padStart(14)).join('')}\n`,
  );
}

function createCall(base, agent) {
  return (method, path, { token, json, form } = {}) =>
    new Promise((done, fail) => {
      const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
      const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
      const headers = {
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      };
      const sent = request(`${base}${path}`, { agent, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('error', fail);
        response.on('end', () => {
          if (response.statusCode < 300) done(JSON.parse(text));
          else fail(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('error', fail);
      sent.end(body);
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const counts = process.argv.slice(2).map(Number);
  await sandboxScale(counts.length > 0 ? counts : undefined);
}
