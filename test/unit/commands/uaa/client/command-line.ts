import { Command } from 'commander';
import { createSecretSource } from '../../../../../src/auth/secret-source.js';
import { addContents } from '../../../../../src/commands/contents.js';
import { contents } from '../../../../../src/commands/uaa/index.js';
import type { HttpRequest } from '../../../../../src/http/send.js';
import { withStatusErrors } from '../../../../../src/http/status-error.js';
import type { Services } from '../../../../../src/services.js';
import { fixedClock } from '../../../../support/fixed-clock.js';
import { recordedTerminal, type RecordedTerminal } from '../../../../support/recorded-terminal.js';
import { ok } from '../../../uaa/fake-send.js';

const uaa = 'https://uaa.example.com:8443';

/** What a UAA answers, by method and path: a body, or a status without one. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Setup {
  /** By prompt. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whose token is in use. */
  readonly context?: {
    readonly identity: string;
    readonly clientId: string;
    readonly grant: string;
  };
}

export interface Run {
  /** Method, path and query, and the body as JSON. */
  readonly requests: readonly (readonly [line: string, body?: unknown])[];
  readonly terminal: RecordedTerminal;
}

/**
 * Runs a line of the uaa commands as argv would, with everything below it but the network.
 * @throws what the command throws; the requests until then are in `sent`.
 */
export async function run(
  words: readonly string[],
  answers: Answers,
  { typed = {}, stdin = '', env = {}, context = admin }: Setup = {},
  sent: [line: string, body?: unknown][] = [],
): Promise<Run> {
  const terminal = recordedTerminal(typed, stdin);
  const send = withStatusErrors(async (request) => {
    const { pathname, search } = new URL(request.url);
    sent.push(asLine(request));
    const key = `${request.method} ${pathname}`;
    const answer = answers[`${key}${search}`] ?? answers[key];
    if (answer === undefined) throw new Error(`no answer to ${key}${search}`);
    return typeof answer === 'number' ? { ...ok(''), status: answer } : ok(JSON.stringify(answer));
  });
  const resource: Services['uaaResource'] = async (load) => (await load())(send, uaa, fixedClock());
  const services = {
    terminal,
    env,
    secrets: async () => createSecretSource({ terminal, env }),
    uaaResource: resource,
    uaaContext: async () => context,
  };
  const program = new Command('uaa').exitOverride().configureOutput({ writeErr: () => undefined });
  addContents(program, contents, services as unknown as Services);
  await program.parseAsync([...words], { from: 'user' });
  return { requests: sent, terminal };
}

const admin = { identity: 'admin', clientId: 'admin', grant: 'client_credentials' };

function asLine({ method, url, body }: HttpRequest): [line: string, body?: unknown] {
  const line = `${method} ${url.slice(uaa.length)}`;
  return body === undefined ? [line] : [line, JSON.parse(String(body)) as unknown];
}
