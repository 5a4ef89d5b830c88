/**
 * Measures a sandbox that runs as a separate process: the time until it is ready, the duration of
 * single requests, and the memory that remains after tokens have expired. `npm run bench` includes
 * it; to run only this: `node test/bench/sandbox-load.mjs`. It fails only if a request fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanEnv, program, readReadyLine } from './command.mjs';

const tokenRequests = 1000;
const users = 10_000;
const tokenSeconds = 2;

/** Starts a sandbox and prints the measurements. */
export async function benchSandboxLoad() {
  const startedAt = performance.now();
  const options = ['--api-port', '0', '--uaa-port', '0', '--token-seconds', `${tokenSeconds}`];
  const sandbox = spawn(process.execPath, [program, 'sandbox', '--json', ...options], {
    env: cleanEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { uaa, caCert } = /** @type {{ uaa: string, caCert: string }} */ (
    await readReadyLine(sandbox)
  );
  process.stdout.write('\nsandbox in a separate process, one request at a time\n');
  print('ready after', `${(performance.now() - startedAt).toFixed(0)} ms`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(caCert) });
  const send = createSend(uaa, agent);
  const readMemory = () => readMebibytes(sandbox.pid ?? 0);
  try {
    await measure(`${tokenRequests} tokens of a user`, tokenRequests, () =>
      send('/oauth/token', { form: passwordForm }),
    );
    await measure(`${tokenRequests} tokens of a client`, tokenRequests, () =>
      send('/oauth/token', { form: clientForm }),
    );
    const before = readMemory();
    await measure(`${users} opaque tokens, which are stored`, users, () =>
      send('/oauth/token', { form: { ...clientForm, token_format: 'opaque' } }),
    );
    // The next request deletes the expired tokens.
    await sleep((tokenSeconds + 1) * 1000);
    await send('/oauth/token', { form: { ...clientForm, token_format: 'opaque' } });
    print('memory before, and after they expired', `${before} and ${readMemory()} MiB`);
    let token = '';
    await measure(`${users} new users`, users, async (index) => {
      if (index % 100 === 0)
        token = (await send('/oauth/token', { form: clientForm })).access_token;
      await send('/Users', { token, json: createUser(index) });
    });
    print('memory with these users', `${readMemory()} MiB`);
    await measure(`${tokenRequests} tokens with ${users} users`, tokenRequests, () =>
      send('/oauth/token', { form: passwordForm }),
    );
  } finally {
    agent.destroy();
    sandbox.kill('SIGINT');
    await once(sandbox, 'exit');
  }
}

const passwordForm = {
  ...{ grant_type: 'password', client_id: 'cf', client_secret: '' },
  ...{ username: 'cody', password: 'cody-password' },
};
const clientForm = {
  grant_type: 'client_credentials',
  client_id: 'admin',
  client_secret: 'adminsecret',
};

/** @param {number} index */
function createUser(index) {
  return {
    userName: `user-${index}`,
    name: { givenName: 'User', familyName: `${index}` },
    emails: [{ value: `user-${index}@example.com` }],
    password: 'user-password',
  };
}

/**
 * Prints the median and the 99th percentile of the durations.
 *
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => Promise<unknown>} run
 */
async function measure(name, count, run) {
  /** @type {number[]} */
  const durations = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await run(index);
    durations.push(performance.now() - startedAt);
  }
  durations.sort((a, b) => a - b);
  const quantile = (/** @type {number} */ share) =>
    (durations[Math.floor(count * share)] ?? 0).toFixed(2);
  print(name, `median ${quantile(0.5)} ms`, `99 % ${quantile(0.99)} ms`);
}

/**
 * @param {string} name
 * @param {...string} cells
 */
function print(name, ...cells) {
  process.stdout.write(`  ${name.padEnd(40)}${cells.map((cell) => cell.padStart(20)).join('')}\n`);
}

/**
 * Reads the resident memory of a process. Only Linux has this file.
 *
 * @param {number} pid
 */
function readMebibytes(pid) {
  const [, kibibytes = '0'] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

/**
 * @param {string} base
 * @param {Agent} agent
 * @returns {(path: string, body: { form?: Record<string, string>, json?: object, token?: string })
 *   => Promise<{ access_token: string }>}
 */
function createSend(base, agent) {
  return (path, { form, json, token }) =>
    new Promise((resolve, reject) => {
      const body = form ? new URLSearchParams(form).toString() : JSON.stringify(json);
      const headers = {
        accept: 'application/json',
        'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(token && { authorization: `Bearer ${token}` }),
      };
      request(`${base}${path}`, { agent, method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode < 300) resolve(JSON.parse(text));
          else reject(new Error(`POST ${path}: ${statusCode} ${text}`));
        });
      })
        .on('error', reject)
        .end(body);
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchSandboxLoad();
