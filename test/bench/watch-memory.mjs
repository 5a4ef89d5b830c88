// Runs `tpks clusters --watch` in this process, with a network and a clock that answer at once.
// Prints the heap in use after some numbers of requests, as JSON. Needs --expose-gc.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { run } from '../../src/run.ts';
import { toResponse } from '../support/fake-send.ts';
import { jwt } from '../support/jwt.ts';

const milestones = [100, 1000, 10_000];
const last = milestones.at(-1);
const home = mkdtempSync(join(tmpdir(), 'tpks-watch-'));
const measured = [];
let now = Date.now();
let polls = 0;
let interrupt;

async function send({ url }) {
  if (url.endsWith('/oauth/token')) {
    const exp = Math.floor(now / 1000) + 43_200;
    const access_token = jwt({ exp, client_id: 'bench' });
    return toResponse({ body: { access_token, token_type: 'bearer', expires_in: 43_200 } });
  }
  polls += 1;
  if (milestones.includes(polls)) {
    await new Promise(setImmediate);
    globalThis.gc();
    measured.push({ polls, mebibytes: process.memoryUsage().heapUsed / 1024 / 1024 });
  }
  if (polls === last) interrupt();
  return toResponse({
    body: Array.from({ length: 500 }, (_, at) => ({
      name: `cluster-${at}`,
      uuid: `e032c190-4170-4851-bba4-${String(at).padStart(12, '0')}`,
      last_action: 'CREATE',
      last_action_state: 'succeeded',
    })),
  });
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const finished = run(
  ['clusters', '--watch'],
  {
    stdin: new PassThrough().end(),
    stdout: nowhere(),
    stderr: Object.assign(nowhere(), { isTTY: true, columns: 120, rows: 40 }),
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
    onInterrupt: (listener) => (interrupt = listener),
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
// Not top-level await: the program is bundled as CommonJS.
void finished.then((code) => {
  rmSync(home, { recursive: true, force: true });
  if (polls < last) process.exitCode = code || 1;
  process.stdout.write(JSON.stringify(measured));
});
