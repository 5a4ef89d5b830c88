import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Send } from '../../src/platform/http/send.js';
import { toResponse } from '../support/fakes/fake-send.js';
import { runHeadless, type HeadlessResult } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import { crash } from './crash.js';
import { mutations, type Mutation } from './mutations.js';
import {
  createReplay,
  recordCommands,
  type Exchange,
  type RecordedCommand,
  type Recordings,
} from './recorded-commands.js';
import { seed } from './seed.js';

/** A command that sends more requests than this is in an endless loop. */
const maximumRequests = 300;
/** The same for the pages of a list. */
const maximumPages = 10_100;

let recordings: Recordings | undefined;
beforeAll(async () => {
  recordings = await recordCommands();
}, 120_000);
afterAll(() => {
  recordings?.remove();
});

test('every command handles every damaged response', async () => {
  // By label, so that a counterexample is short.
  const commands = new Map(
    recordings?.commands
      .filter(({ exchanges }) => exchanges.length > 0)
      .map((command, index) => [`${String(index)} ${command.name}`, command]),
  );
  const label = fc.constantFrom(...commands.keys());
  await fc.assert(
    fc.asyncProperty(label, fc.nat(), mutations, async (name, index, mutation) => {
      const command = commands.get(name)!;
      const target = index % command.exchanges.length;
      const problem = await run(command, target, mutation);
      if (problem === undefined) return;
      const { method, url } = command.exchanges[target]!;
      throw new Error(`${name}: ${mutation.name} in ${method} ${url}: ${problem}`);
    }),
    { seed, numRuns: isNightly ? 10_000 : 400 },
  );
}, 600_000);

test('every command stops reading a list that never ends', async () => {
  const lists = recordings?.commands.flatMap((command, index) =>
    command.exchanges.flatMap((exchange): [string, ListRun][] => {
      const [item] = parseList(exchange.body);
      if (item === undefined) return [];
      return [[`${String(index)} ${command.name} ${exchange.url}`, { command, exchange, item }]];
    }),
  );
  const runs = new Map(lists);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...runs.keys()),
      // A list that grows slowly ends only after 10,000 pages, so there are few of these.
      fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 10_000, max: 2_000_000 }) },
        fc.integer({ min: 1, max: 100 }),
      ),
      async (name, growth) => {
        const { command, exchange, item } = runs.get(name)!;
        const replay = createReplay(command.exchanges);
        const { pathname } = new URL(exchange.url);
        let requests = 0;
        const result = await command.run(async (request) => {
          if (request.method !== 'GET' || new URL(request.url).pathname !== pathname) {
            return toResponse(replay(request));
          }
          requests += 1;
          if (requests > maximumPages) throw new Error('the command sends requests without end');
          const resources = [
            JSON.parse(item, (key, value: unknown) =>
              ['id', 'client_id', 'externalGroup'].includes(key) ? `${String(requests)}-x` : value,
            ) as object,
          ];
          const body = { resources, totalResults: 1 + requests * growth };
          return toResponse({ ...exchange, body: Buffer.from(JSON.stringify(body)) });
        });
        expect([name, growth, problemOf(result)]).toEqual([name, growth, undefined]);
      },
    ),
    { seed, numRuns: isNightly ? 200 : 20 },
  );
}, 120_000);

test('every prompt of a UAA is one line that names the UAA', async () => {
  const parts = fc.oneof(
    fc.constantFrom(' ', '\u00a0', '\t', '\n', '\r', '\u001b[2K', '\u0008', '\u202e', 'Done.'),
    fc.constantFrom('[sudo] password for root: ', 'root@uaa.test:8443', '\ud83d\ude00'),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const labels = fc.array(parts, { maxLength: 200 }).map((texts) => texts.join(''));
  await fc.assert(
    fc.asyncProperty(labels, fc.constantFrom('text', 'password'), async (label, type) => {
      const body = { app: { version: '77.0.0' }, prompts: { username: [type, label] } };
      const { code, stderr } = await runHeadless(['uaa', 'token', 'get'], {
        env: { TPKS_UAA_URL: 'https://uaa.test:8443', TPKS_STORE: 'file', TPKS_HOME: '/nowhere' },
        send: () => Promise.resolve(toResponse({ body })),
        terminalColumns: 80,
      });
      // Between the sequences that clear the line and that place the cursor.
      const prompt = stderr.split('\u001b[0J')[1]?.split('\u001b[')[0] ?? '';
      expect({ code, prompt }).toEqual({
        code: 130,
        // Node adds a space if the prompt fills the last line.
        prompt: expect.stringMatching(/^(?:\S+ )*\(uaa\.test:8443\): {1,2}$/),
      });
      // A character takes up to 8 columns if it is escaped.
      expect(prompt.length).toBeLessThan(100 * 8 + 30);
    }),
    { seed, numRuns: isNightly ? 100 : 20 },
  );
}, 60_000);

interface ListRun {
  readonly command: RecordedCommand;
  readonly exchange: Exchange;
  /** JSON of an object of the list. */
  readonly item: string;
}

/** @returns the JSON of each object of a list of the UAA; nothing for other bodies. */
function parseList(body: Buffer): string[] {
  if (!isJson(body)) return [];
  const value = JSON.parse(body.toString()) as { readonly resources?: unknown } | null;
  const resources = value?.resources;
  return Array.isArray(resources) ? resources.map((each) => JSON.stringify(each)) : [];
}

/** @returns a description if the command reacted wrongly to the response, otherwise `undefined`. */
async function run(
  command: RecordedCommand,
  target: number,
  mutation: Mutation,
): Promise<string | undefined> {
  const original = command.exchanges[target]!;
  const changed = mutation.apply(original);
  const replay = createReplay(command.exchanges);
  let requests = 0;
  // A command that repeats the request gets the good response, and may then succeed.
  let served = 0;
  const send: Send = async (request) => {
    requests += 1;
    if (requests > maximumRequests) throw new Error('the command sends requests without end');
    const exchange = replay(request);
    if (exchange !== original) return toResponse(exchange);
    served += 1;
    return toResponse(served === 1 ? changed : exchange);
  };
  const result = await command.run(send);
  return (
    problemOf(result) ??
    (command.name.endsWith('curl') ? undefined : unescaped(result)) ??
    blamesUser(result) ??
    (served === 1 ? unnoticed(command, original, changed, result) : undefined)
  );
}

function problemOf({ code, stdout, stderr }: HeadlessResult): string | undefined {
  if (![0, 1, 2, 3, 4, 5, 6, 7].includes(code)) return `exit ${String(code)}`;
  if (stderr.includes('without end')) return stderr;
  if (crash.test(stdout + stderr)) return `a crash: ${stdout}${stderr}`;
  const errors = stderr.match(/^(?:Error: |\{"error":\{)/gm)?.length ?? 0;
  const expected = code === 0 || code === 3 ? 0 : 1;
  return errors === expected
    ? undefined
    : `exit ${String(code)} with ${String(errors)} errors: ${stderr}`;
}

/** Only `curl` prints control characters of a response as they are. */
function unescaped({ stdout, stderr }: HeadlessResult): string | undefined {
  const found = /[^\P{Cc}\n\t]|\p{Cf}/u.exec(stdout + stderr)?.[0];
  return found === undefined ? undefined : `the output contains ${JSON.stringify(found)}`;
}

/**
 * Exit code 2 is correct for these: the token belongs to a client, the access file names an object that the
 * UAA does not have, or the arguments do not match the prompts of the UAA.
 */
const userErrors =
  /no user_id in current context|not found in the UAA or in this file|for the prompts of the UAA/;

/** The command line is valid, so no other response may cause exit code 2. */
function blamesUser({ code, stderr }: HeadlessResult): string | undefined {
  if (code !== 2 || userErrors.test(stderr)) return undefined;
  return `exit 2 for a valid command line: ${stderr}`;
}

/** A write must not succeed after a response that does not report success. */
function unnoticed(
  { name }: RecordedCommand,
  original: Exchange,
  changed: Exchange,
  { code, stdout, stderr }: HeadlessResult,
): string | undefined {
  if (code !== 0 || !isWrite(original)) return undefined;
  const failed = changed.status < 200 || changed.status >= 300;
  const isWord = /^\s*[a-z]*\s*$/i.test(changed.body.toString());
  const garbled = !isWord && !isJson(changed.body);
  const { pathname } = new URL(original.url);
  // Routes of the PKS API that change something never respond with a list or a bare value; `curl`
  // prints any response.
  const unrelated =
    name !== 'curl' && pathname.startsWith('/v1/') && isJsonButNoObject(changed.body);
  if (!failed && !garbled && !unrelated) return undefined;
  // A logout succeeds if the stored session is deleted; it reports what was not revoked.
  if (name === 'logout' || name === 'context delete') return undefined;
  return `exit 0 though the response was not understood: ${stdout}${stderr}`;
}

function isWrite({ method, url }: Exchange): boolean {
  const { pathname } = new URL(url);
  if (pathname.includes('/oauth/token/revoke/')) return true;
  return method !== 'GET' && method !== 'HEAD' && !/\/(oauth\/token|check_token)$/.test(pathname);
}

function isJsonButNoObject(body: Buffer): boolean {
  if (!isJson(body)) return false;
  const value: unknown = JSON.parse(body.toString());
  return typeof value !== 'object' || value === null || Array.isArray(value);
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}
