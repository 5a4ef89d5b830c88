import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordedServers, type ContractServer } from '../servers.js';
import { sendExchange, type Exchange, type Run } from './exchange.js';
import { normalize, type Recording } from './normalize.js';

/**
 * Sends the requests to each server, and compares its responses with those of the real UAA of its
 * release, in `RELEASE/NAME.jsonl`. The servers are the sandbox as UAA 77 and as UAA 4.30 or, if
 * there is one, only the real UAA. With `TPKS_RECORD=1`, the responses of the real UAA are recorded.
 */
export function compareWithRecordings(name: string, exchanges: readonly Exchange[]): void {
  const titles = exchanges.map(({ title }) => title);
  const repeated = titles.filter((title, index) => titles.indexOf(title) !== index);
  if (repeated.length > 0) throw new Error(`Repeated titles: ${repeated.join(', ')}`);
  for (const [serverName, start, release] of recordedServers) {
    const isRecording = process.env['TPKS_RECORD'] === '1' && serverName === 'the real UAA';
    const file = join(import.meta.dirname, release, `${name}.jsonl`);
    const recordings = readRecordings(file);
    describe(`${name}: ${serverName} returns what the real UAA ${release} returned`, () => {
      let server: ContractServer;
      const responses = new Map<string, Promise<Recording>>();
      beforeAll(async () => {
        server = await start();
      }, 60_000);
      afterAll(async () => {
        if (isRecording) await record(file, responses);
        await server.stop();
      });

      const respond = createResponder(exchanges, () => server, responses);
      test.each(titles.map((title, index) => [title, index] as const))(
        '%s',
        async (title, index) => {
          const response = await respond(index);
          if (isRecording) return;
          const recording = recordings.get(title);
          if (!recording) throw new Error(howToRecord);
          expect(response).toEqual(recording);
        },
      );
    });
  }
}

/**
 * Returns a function that sends a request after all earlier ones, so that each test can also run
 * alone.
 */
function createResponder(
  exchanges: readonly Exchange[],
  server: () => ContractServer,
  responses: Map<string, Promise<Recording>>,
): (index: number) => Promise<Recording> {
  let run: Run | undefined;
  return async (index) => {
    const { uaa, caCert, respond } = server();
    run ??= {
      uaa,
      caCert,
      respond,
      saved: new Map([['run', createRunNumber()]]),
      sessions: new Map(),
    };
    for (const exchange of exchanges.slice(0, index + 1)) {
      const known = responses.get(exchange.title);
      if (known) {
        await known.catch(() => undefined);
        continue;
      }
      const current = run;
      const response = sendExchange(exchange, current).then((received) =>
        normalize(received, current),
      );
      responses.set(exchange.title, response);
      await response.catch(() => undefined);
    }
    return responses.get(exchanges[index]?.title ?? '') ?? Promise.reject(new Error('not sent'));
  };
}

const howToRecord = 'no recording: run TPKS_RECORD=1 npm run test:real -- NAME';

function createRunNumber(): string {
  return String(Math.floor(Math.random() * 9e7) + 1e7);
}

function readRecordings(file: string): ReadonlyMap<string, Recording> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as [title: string, Recording]));
}

/** Writes one line per response, so that a change is a changed line. */
async function record(file: string, responses: Map<string, Promise<Recording>>): Promise<void> {
  const lines: string[] = [];
  for (const entry of responses) lines.push(JSON.stringify([entry[0], await entry[1]]));
  writeFileSync(file, `${lines.join('\n')}\n`);
}
