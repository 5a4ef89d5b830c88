/**
 * Runs `tpks clusters --watch` in this process, with a fake network and a clock that does not wait.
 * Prints the size of the heap after 100, 1,000 and 10,000 requests as JSON. Needs --expose-gc.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { run } from '../../src/run.ts';
import { toResponse } from '../support/fakes/fake-send.ts';
import { jwt } from '../support/fixtures/jwt.ts';

/** @typedef {{ polls: number, mebibytes: number }} HeapSize */

const lastPoll = 10_000;
const milestones = [100, 1000, lastPoll];
const home = mkdtempSync(join(tmpdir(), 'tpks-watch-'));
/** @type {HeapSize[]} */
const heaps = [];
let now = Date.now();
let polls = 0;
let interrupt = () => {};

/** @type {import('../../src/http/send.js').Send} */
async function send({ url }) {
  if (url.endsWith('/oauth/token')) {
    const exp = Math.floor(now / 1000) + 43_200;
    const access_token = jwt({ exp, client_id: 'bench' });
    return toResponse({ body: { access_token, token_type: 'bearer', expires_in: 43_200 } });
  }
  polls += 1;
  if (milestones.includes(polls)) {
    await new Promise(setImmediate);
    globalThis.gc?.();
    heaps.push({ polls, mebibytes: process.memoryUsage().heapUsed / 1024 / 1024 });
  }
  if (polls === lastPoll) interrupt();
  return toResponse({
    body: Array.from({ length: 500 }, (_, index) => ({
      name: `cluster-${index}`,
      uuid: `e032c190-4170-4851-bba4-${String(index).padStart(12, '0')}`,
      last_action: 'CREATE',
      last_action_state: 'succeeded',
    })),
  });
}

function createSink() {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}

const finished = run(
  ['clusters', '--watch'],
  {
    stdin: new PassThrough().end(),
    stdout: createSink(),
    stderr: Object.assign(createSink(), { isTTY: true, columns: 120, rows: 40 }),
    platform: process.platform,
    env: {
      HOME: home,
      TPKS_HOME: home,
      TPKS_API: 'https://api.example.com:9021',
      TPKS_CLIENT_NAME: 'bench',
      TPKS_CLIENT_SECRET: 'secret',
    },
  },
  {
    send,
    onInterrupt: (listener) => {
      interrupt = listener;
    },
    clock: {
      now: () => new Date(now),
      monotonic: () => now,
      sleep: (milliseconds) => {
        now += milliseconds;
        return new Promise(setImmediate);
      },
    },
  },
);
// Without top-level await, because this file is bundled as CommonJS.
void finished.then((code) => {
  rmSync(home, { recursive: true, force: true });
  if (polls < lastPoll) process.exitCode = code || 1;
  process.stdout.write(JSON.stringify(heaps));
});
