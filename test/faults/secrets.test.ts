import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { contents } from '../../src/commands/index.js';
import { createUser, type TestUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import type { Behaviour } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { leaks } from '../support/leaks.js';
import { leaves } from '../support/leaves.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import {
  acts,
  environment,
  inputs,
  typed,
  without,
  type Act,
  type Line,
} from '../support/secret-lines.js';

/**
 * With `--trace`, no command shows a secret on stdout or stderr, or leaves one in a file: raw, encoded
 * for a URL, a form, JSON or HTML, in base64 or base64url, or as a part of a JWT.
 */

let sandbox: TestSandbox;
let front: Front;
beforeAll(async () => {
  sandbox = await startTestSandbox({ uaaBehaviour: '77', provisionSeconds: 0 });
  front = await startFront(sandbox);
}, 60_000);
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

test('every command has a line', async () => {
  const commands = (await leaves(contents)).map(({ words }) => words);
  const lines = acts.flatMap((act) => act.lines.map(({ line }) => line));
  const covered = lines.map((line) =>
    commands
      .filter((words) => `${line} `.startsWith(`${words} `))
      .reduce((longest, words) => (words.length > longest.length ? words : longest), ''),
  );
  expect([...new Set([...covered, ...Object.keys(without)])].sort()).toEqual(commands.sort());
});

interface Server {
  readonly api: string;
  readonly uaa: string;
  readonly caCert: string;
}

/** Homes with a context in them, to copy. */
type Homes = Readonly<Record<Act['as'], TestUser>>;

async function homesAt({ api, uaa, caCert }: Server): Promise<Homes> {
  const [nobody, admin, alana] = [createUser(), createUser(), createUser()];
  const at = ['--uaa-url', uaa, '--ca-cert', caCert, '--store', 'file'];
  const done = [
    await admin.tpks(['uaa', 'target', uaa, '--ca-cert', caCert]),
    await admin.tpks(['uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret'], {
      env: environment,
    }),
    await alana.tpks(['login', '-a', api, ...at, '-u', 'alana', '-p', 'alana-password']),
  ];
  expect(done.map(({ code }) => code)).toEqual([0, 0, 0]);
  return { nobody, admin, alana };
}

function copyOf({ files, home }: TestUser): TestUser {
  const copy = createUser();
  if (files().length > 0) cpSync(home, copy.home, { recursive: true });
  for (const [name, text] of Object.entries(inputs)) {
    writeFileSync(join(dirname(copy.home), name), text);
  }
  return copy;
}

/** Tokens and saved secrets of all contexts. */
async function stored(person: TestUser): Promise<Record<string, string>> {
  if (!person.files().includes('config.json')) return {};
  const { contexts } = JSON.parse(person.read('config.json').toString()) as { contexts: object };
  const found: Record<string, string> = {};
  for (const context of Object.keys(contexts)) {
    const session = await person.session(context).catch(() => undefined);
    const { accessToken, refreshToken, idToken } = session ?? {};
    for (const [kind, token] of Object.entries({ accessToken, refreshToken, idToken })) {
      if (token !== undefined) found[`${kind} of ${context}, …${token.slice(-6)}`] = token;
    }
  }
  return found;
}

interface Run {
  readonly line: Line;
  readonly result: TpksResult;
  /** All output and all files, except encrypted sessions and their keys. */
  readonly remains: string;
}

/** Results of the lines of an act. */
class Played {
  readonly runs: Run[] = [];
  readonly secrets: Record<string, string> = { ...typed };
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  async run(line: Line, person: TestUser, flags: readonly string[] = []): Promise<TpksResult> {
    const words = (await this.#filled(line.line, person)).split(' ');
    const result = await person.tpks([...words, '--trace', ...flags], {
      env: environment,
      stdin: line.stdin ?? '',
    });
    Object.assign(this.secrets, await stored(person));
    if (line.product && result.code === 0) {
      for (const [word] of result.stdout.matchAll(/[\w.-]{20,}/g)) {
        this.secrets[`what ${line.line} gives`] = word;
      }
    }
    const files = person.files().filter((file) => !/\.(session|key)$/.test(file));
    const texts = files.map((file) => person.read(file).toString('latin1'));
    const shown = [line.product ? '' : result.stdout, result.stderr];
    this.runs.push({ line, result, remains: [...shown, ...texts].join('\n') });
    return result;
  }

  /** Lines that show a secret, with what they show. */
  leaks(): unknown[] {
    // Most lines occur many times, and searching is slow.
    const all = new Set(this.runs.flatMap(({ remains }) => remains.split('\n')));
    if (leaks([...all].join('\n'), this.secrets).length === 0) return [];
    return this.runs
      .map(({ line, remains }) => [line.line, leaks(remains, this.secrets)])
      .filter(([, found]) => found?.length !== 0);
  }

  async #filled(line: string, person: TestUser): Promise<string> {
    const tokens = Object.entries(await stored(person));
    const tokenOf = (kind: string) =>
      tokens.findLast(([name]) => name.startsWith(kind))?.[1] ?? 'none';
    const user = /\$PASSCODE\((\w+)\)/.exec(line)?.[1];
    if (user !== undefined) this.secrets['a code'] ??= await sandbox.passcode(user);
    const begun = this.runs.find((run) => run.line.line.startsWith('upgrade-clusters'));
    const task = /"uuid": *"([^"]+)/.exec(begun?.result.stdout ?? '')?.[1] ?? 'none';
    return line
      .replace('$UAA', this.#server.uaa)
      .replace('$API', this.#server.api)
      .replace('$CA', this.#server.caCert)
      .replace(`$PASSCODE(${user ?? ''})`, this.secrets['a code'] ?? '')
      .replace('$TOKEN', tokenOf('accessToken'))
      .replace('$REFRESH', tokenOf('refreshToken'))
      .replace('$TASK', task);
  }
}

/** Plays all acts, one after the other. */
async function playAll(play: (act: Act) => Promise<Played>): Promise<Played[]> {
  const played: Played[] = [];
  for (const act of acts) played.push(await play(act));
  return played;
}

const requestsOf = (played: readonly Played[]) =>
  played
    .flatMap(({ runs }) => runs.map(({ result }) => result.stderr))
    .flatMap((stderr) => stderr.match(/^> [A-Z]+ https/gm) ?? []);

test('no command shows a secret when it succeeds', async () => {
  const homes = await homesAt(sandbox);
  const played = await playAll(async (act) => {
    const all = new Played(sandbox);
    const person = copyOf(homes[act.as]);
    for (const line of act.lines) await all.run(line, person);
    return all;
  });
  const odd = played
    .flatMap(({ runs }) => runs)
    .filter(({ line, result }) => line.code !== result.code)
    .map(({ line, result: { code, stderr } }) => [line.line, code, /^Error.*/m.exec(stderr)?.[0]]);
  expect(odd).toEqual([]);
  expect(played.flatMap((each) => each.leaks())).toEqual([]);
  // Without traces, the test would prove nothing.
  expect(requestsOf(played).length).toBeGreaterThan(100);
}, 300_000);

test.each([
  ['errors', []],
  ['errors under --json', ['--json']],
])(
  'no secret that a failing server sends back is in %s',
  async (_name, flags) => {
    const server = { api: front.api.origin, uaa: front.uaa.origin, caCert: front.caCert };
    front.mend();
    const homes = await homesAt(server);
    for (const each of [front.api, front.uaa]) each.behave(sendsBack);
    const played = await playAll(async (act) => {
      const all = new Played(server);
      const home = homes[act.as === 'nobody' ? 'admin' : act.as];
      // No command succeeds, so each one starts from the same state.
      for (const line of act.lines) {
        // `curl` is meant to print the server's response.
        const product = line.product || /^(uaa )?curl /.test(line.line);
        await all.run({ ...line, product }, copyOf(home), flags);
      }
      return all;
    });
    expect(played.flatMap((each) => each.leaks())).toEqual([]);
    expect(requestsOf(played).length).toBeGreaterThan(100);
    const lines = played.flatMap(({ runs }) => runs.map(({ result }) => result.stderr)).join('\n');
    expect(lines).toMatch(flags.length > 0 ? /^\{"error":/m : /^Error: /m);
  },
  300_000,
);

/** An error that contains the request. */
const sendsBack: Behaviour = ({ headers, body }, response) => {
  const said = `No: ${headers['authorization'] ?? ''} ${body}`;
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: 'x', error_description: said, body: said, message: said }));
};
