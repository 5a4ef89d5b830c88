import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toStoreName } from '../../src/domain/contexts/context-names.js';
import { findLeaks } from '../support/checks/leaks.js';
import {
  scenarios,
  environment,
  inputs,
  secrets,
  type Scenario,
  type Line,
} from '../support/commands/secret-lines.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import type { Behaviour } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

/**
 * With `--trace`, no command prints a secret or writes one to a file: raw, encoded for a URL, a form,
 * JSON or HTML, in base64 or base64url, or as a part of a JWT.
 */

let sandbox: TestSandbox;
let front: FaultyInstallation;
beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox({ uaaBehaviour: '77', provisionSeconds: 0 });
}, 60_000);
afterAll(() => front.close());

interface Server {
  readonly api: string;
  readonly uaa: string;
  readonly caCert: string;
}

/** Home directories with contexts, to be copied. */
type Homes = Readonly<Record<Scenario['as'], TestUser>>;

async function createHomes({ api, uaa, caCert }: Server): Promise<Homes> {
  const [anonymous, admin, alana] = [createUser(), createUser(), createUser()];
  const target = ['--uaa-url', uaa, '--ca-cert', caCert, '--store', 'file'];
  const results = [
    await admin.tpks(['uaa', 'target', uaa, '--ca-cert', caCert]),
    await admin.tpks(['uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret'], {
      env: environment,
    }),
    await alana.tpks(['login', '-a', api, ...target, '-u', 'alana', '-p', 'alana-password']),
    await alana.tpks(['get-credentials', 'dev-1'], {
      env: { ...environment, ...kubeconfigOf(alana) },
    }),
  ];
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  return { anonymous, admin, alana };
}

/** In the home directory, so that it is copied and searched for secrets. */
function kubeconfigOf({ home }: TestUser) {
  return { KUBECONFIG: join(home, 'kubeconfig') };
}

function copyUser({ files, home }: TestUser): TestUser {
  const copy = createUser();
  if (files().length > 0) cpSync(home, copy.home, { recursive: true });
  for (const [name, text] of Object.entries(inputs)) {
    writeFileSync(join(dirname(copy.home), name), text);
  }
  return copy;
}

/** Tokens and saved secrets of all contexts. */
async function readStoredSecrets(user: TestUser): Promise<Record<string, string>> {
  if (!user.files().includes('config.json')) return {};
  const { contexts, kubernetesSessions = {} } = JSON.parse(user.read('config.json').toString()) as {
    readonly contexts: object;
    readonly kubernetesSessions?: object;
  };
  const found: Record<string, string> = {};
  const kubernetesNames = Object.keys(kubernetesSessions).map(toStoreName);
  for (const context of [...Object.keys(contexts), ...kubernetesNames]) {
    const session = await user.readSession(context).catch(() => undefined);
    const { accessToken, refreshToken, idToken } = session ?? {};
    for (const [kind, token] of Object.entries({ accessToken, refreshToken, idToken })) {
      if (token !== undefined) found[`${kind} of ${context}, ...${token.slice(-6)}`] = token;
    }
  }
  return found;
}

interface Run {
  readonly line: Line;
  readonly result: TpksResult;
  /** All output and all files, except encrypted sessions and their keys. */
  readonly output: string;
}

/** Runs the lines of an act and collects the results. */
class ActRun {
  readonly runs: Run[] = [];
  readonly secrets: Record<string, string> = { ...secrets };
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  async run(line: Line, user: TestUser, flags: readonly string[] = []): Promise<TpksResult> {
    const words = (await this.#fillIn(line.line, user)).split(' ');
    const result = await user.tpks([...words, '--trace', ...flags], {
      env: { ...environment, ...kubeconfigOf(user) },
      stdin: line.stdin ?? '',
    });
    Object.assign(this.secrets, await readStoredSecrets(user));
    if (line.product && result.code === 0) {
      for (const [word] of result.stdout.matchAll(/[\w.-]{30,}/g)) {
        this.secrets[`output of ${line.line}`] = word;
      }
    }
    const files = user.files().filter((file) => !/\.(session|key)$/.test(file));
    const texts = files.map((file) => user.read(file).toString('latin1'));
    const output = [line.product ? '' : result.stdout, result.stderr];
    this.runs.push({ line, result, output: [...output, ...texts].join('\n') });
    return result;
  }

  /** Lines that leak a secret, with the secrets. */
  leaks(): unknown[] {
    // Most lines occur many times, and the search is slow.
    const all = new Set(this.runs.flatMap(({ output }) => output.split('\n')));
    if (findLeaks([...all].join('\n'), this.secrets).length === 0) return [];
    return this.runs
      .map(({ line, output }) => [line.line, findLeaks(output, this.secrets)])
      .filter(([, found]) => found?.length !== 0);
  }

  async #fillIn(line: string, user: TestUser): Promise<string> {
    const tokens = Object.entries(await readStoredSecrets(user));
    const tokenOf = (kind: string) =>
      tokens.findLast(([name]) => name.startsWith(kind))?.[1] ?? 'none';
    const username = /\$PASSCODE\((\w+)\)/.exec(line)?.[1];
    if (username !== undefined) this.secrets['passcode'] ??= await sandbox.passcode(username);
    const upgrade = this.runs.find((run) => run.line.line.startsWith('upgrade-clusters'));
    const task = /"uuid": *"([^"]+)/.exec(upgrade?.result.stdout ?? '')?.[1] ?? 'none';
    return line
      .replace('$UAA', this.#server.uaa)
      .replace('$API', this.#server.api)
      .replace('$CA', this.#server.caCert)
      .replace(`$PASSCODE(${username ?? ''})`, this.secrets['passcode'] ?? '')
      .replace('$TOKEN', tokenOf('accessToken'))
      .replace('$REFRESH', tokenOf('refreshToken'))
      .replace('$TASK', task);
  }
}

/** Runs all acts one after the other. */
async function runAll(runAct: (act: Scenario) => Promise<ActRun>): Promise<ActRun[]> {
  const actRuns: ActRun[] = [];
  for (const act of scenarios) actRuns.push(await runAct(act));
  return actRuns;
}

const requestsOf = (actRuns: readonly ActRun[]) =>
  actRuns
    .flatMap(({ runs }) => runs.map(({ result }) => result.stderr))
    .flatMap((stderr) => stderr.match(/^> [A-Z]+ https/gm) ?? []);

test('no command prints or stores a secret when it succeeds', async () => {
  const homes = await createHomes(sandbox);
  const actRuns = await runAll(async (act) => {
    const all = new ActRun(sandbox);
    const user = copyUser(homes[act.as]);
    for (const line of act.lines) await all.run(line, user);
    return all;
  });
  const unexpected = actRuns
    .flatMap(({ runs }) => runs)
    .filter(({ line, result }) => line.code !== result.code)
    .map(({ line, result: { code, stderr } }) => [line.line, code, /^Error.*/m.exec(stderr)?.[0]]);
  expect(unexpected).toEqual([]);
  expect(actRuns.flatMap((each) => each.leaks())).toEqual([]);
  // Without traced requests, the test would check nothing.
  expect(requestsOf(actRuns).length).toBeGreaterThan(100);
}, 300_000);

test('a secret in an error response does not appear in error messages, with or without --json', async () => {
  const server = { api: front.api.origin, uaa: front.uaa.origin, caCert: front.caCert };
  front.reset();
  const homes = await createHomes(server);
  for (const each of [front.api, front.uaa]) each.setBehaviour(echoRequest);
  const actRuns = await runAll(async (act) => {
    const all = new ActRun(server);
    const home = homes[act.as === 'anonymous' ? 'admin' : act.as];
    // No command succeeds, so each one starts from the same state.
    for (const [index, line] of act.lines.entries()) {
      // `curl` is meant to print the server's response.
      const product = line.product || /^(uaa )?curl /.test(line.line);
      for (const flags of isNightly ? outputFlags : outputFlags.slice(index % 2, (index % 2) + 1)) {
        await all.run({ ...line, product }, copyUser(home), flags);
      }
    }
    return all;
  });
  expect(actRuns.flatMap((each) => each.leaks())).toEqual([]);
  expect(requestsOf(actRuns).length).toBeGreaterThan(100);
  const lines = actRuns.flatMap(({ runs }) => runs.map(({ result }) => result.stderr)).join('\n');
  expect(lines).toMatch(/^\{"error":/m);
  expect(lines).toMatch(/^Error: /m);
}, 300_000);

const outputFlags = [[], ['--json']];

/** An error that contains the request. */
const echoRequest: Behaviour = ({ headers, body }, response) => {
  const text = `No: ${headers['authorization'] ?? ''} ${body}`;
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: 'x', error_description: text, body: text, message: text }));
};
