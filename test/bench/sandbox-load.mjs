/**
 * Measures a sandbox that runs as a separate process: the time until it is ready, the duration of
 * single requests, and the memory that remains after tokens have expired. `npm run bench` includes
 * it; to run only this: `node test/bench/sandbox-load.mjs`. It fails only if a request fails.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSandbox } from './command.mjs';
import { clientForm, createSend, createUser, passwordForm, print } from './sandbox-requests.mjs';

const tokenRequests = 1000;
const users = 10_000;
const tokenSeconds = 2;

/** Starts a sandbox and prints the measurements. */
export async function benchSandboxLoad() {
  const startedAt = performance.now();
  const sandbox = await startSandbox(['--token-seconds', `${tokenSeconds}`]);
  process.stdout.write('\nsandbox in a separate process, one request at a time\n');
  print('ready after', `${(performance.now() - startedAt).toFixed(0)} ms`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(sandbox.caCert) });
  const send = createSend(sandbox.uaa, agent);
  const readMemory = () => readMebibytes(sandbox.process.pid ?? 0);
  try {
    await measure(`${tokenRequests} tokens of a user`, tokenRequests, () =>
      send('POST', '/oauth/token', { form: passwordForm('cody', 'cody-password') }),
    );
    await measure(`${tokenRequests} tokens of a client`, tokenRequests, () =>
      send('POST', '/oauth/token', { form: clientForm }),
    );
    const before = readMemory();
    await measure(`${users} opaque tokens, which are stored`, users, () =>
      send('POST', '/oauth/token', { form: { ...clientForm, token_format: 'opaque' } }),
    );
    // The next request deletes the expired tokens.
    await sleep((tokenSeconds + 1) * 1000);
    await send('POST', '/oauth/token', { form: { ...clientForm, token_format: 'opaque' } });
    print('memory before, and after they expired', `${before} and ${readMemory()} MiB`);
    /** @type {string | undefined} */
    let token;
    await measure(`${users} new users`, users, async (index) => {
      if (index % 100 === 0)
        token = (await send('POST', '/oauth/token', { form: clientForm })).access_token;
      await send('POST', '/Users', { token, json: createUser(index) });
    });
    print('memory with these users', `${readMemory()} MiB`);
    await measure(`${tokenRequests} tokens with ${users} users`, tokenRequests, () =>
      send('POST', '/oauth/token', { form: passwordForm('cody', 'cody-password') }),
    );
  } finally {
    agent.destroy();
    sandbox.process.kill('SIGINT');
    await once(sandbox.process, 'exit');
  }
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
 * Reads the resident memory of a process. Only Linux has this file.
 *
 * @param {number} pid
 */
function readMebibytes(pid) {
  const [, kibibytes = '0'] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchSandboxLoad();
