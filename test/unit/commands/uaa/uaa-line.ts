import { Command } from 'commander';
import { createSecretSource } from '../../../../src/auth/secret-source.js';
import { addContents } from '../../../../src/commands/contents.js';
import { contents } from '../../../../src/commands/uaa/index.js';
import type { HttpRequest, Send } from '../../../../src/http/send.js';
import { withStatusErrors } from '../../../../src/http/status-error.js';
import type { GlobalOptions, Services } from '../../../../src/services.js';
import { fixedClock } from '../../../support/fixed-clock.js';
import { jwt } from '../../../support/jwt.js';
import { memorySettings } from '../../../support/memory-settings.js';
import { recordedTerminal, type RecordedTerminal } from '../../../support/recorded-terminal.js';
import { ok } from '../../uaa/fake-send.js';
import { Secret } from '../../../../src/secret.js';

export const uaa = 'https://uaa.example.com:8443';

/** What a UAA answers, by method and path: a body, or a status without one. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Setup {
  /** By prompt. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly zone?: GlobalOptions['zone'];
  /** Claims of the token in use; none: it is opaque. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly context?: {
    readonly identity: string;
    readonly clientId: string;
    readonly grant: string;
  };
}

export interface Line {
  /** Method, path and query, and the body: parsed where it is JSON. */
  readonly requests: readonly (readonly [line: string, body?: unknown])[];
  readonly headers: readonly HttpRequest['headers'][];
  readonly terminal: RecordedTerminal;
}

/**
 * Runs a line of the uaa commands as argv would, with everything below it but the network.
 * @throws what the command throws; {@link prepare} shows what was sent until then.
 */
export async function run(
  words: readonly string[],
  answers: Answers,
  setup: Setup = {},
): Promise<Line> {
  const line = prepare(answers, setup);
  await line.run(words);
  return line;
}

/** The same with the token of the client `admin`. @param sent - receives the requests, also if it throws. */
export async function runAsAdmin(
  words: readonly string[],
  answers: Answers,
  setup: Setup = {},
  sent: Line['requests'][number][] = [],
): Promise<Line> {
  const context = { identity: 'admin', clientId: 'admin', grant: 'client_credentials' };
  const line = prepare(answers, { context, ...setup });
  try {
    await line.run(words);
  } finally {
    sent.push(...line.requests);
  }
  return line;
}

/** A command line that has not run yet. */
export function prepare(
  answers: Answers,
  { typed = {}, stdin = '', env: given = {}, zone, claims, context = alana }: Setup = {},
): Line & { readonly run: (words: readonly string[]) => Promise<void> } {
  const terminal = recordedTerminal(typed, stdin);
  const requests: (readonly [line: string, body?: unknown])[] = [];
  const headers: HttpRequest['headers'][] = [];
  const bare: Send = async (request) => {
    requests.push(asLine(request));
    headers.push(request.headers);
    const { pathname, search } = new URL(request.url);
    const key = `${request.method} ${pathname}`;
    const answer = answers[`${key}${search}`] ?? answers[key];
    if (answer === undefined) throw new Error(`no answer to ${key}${search}`);
    return typeof answer === 'number' ? { ...ok(''), status: answer } : ok(JSON.stringify(answer));
  };
  const send = withStatusErrors(bare);
  const env = { TPKS_UAA_URL: uaa, ...given };
  const resource: Services['uaaResource'] = async (load) => (await load())(send, uaa, fixedClock());
  const services = {
    terminal,
    env,
    options: () => ({ zone }),
    settings: async () => memorySettings({}),
    secrets: async () => createSecretSource({ terminal, env }),
    uaaContext: async () => ({ ...context, uaa }),
    session: async () => ({
      accessToken: async () => new Secret(claims === undefined ? 'opaque' : jwt(claims)),
    }),
    bearerSend: async () => bare,
    uaaResource: resource,
    publicUaaResource: resource,
  };
  return {
    requests,
    headers,
    terminal,
    run: async (words) => {
      const program = new Command('uaa')
        .exitOverride()
        .configureOutput({ writeErr: () => undefined });
      addContents(program, contents, services as unknown as Services);
      await program.parseAsync([...words], { from: 'user' });
    },
  };
}

const alana = { identity: 'alana', clientId: 'pks_cli', grant: 'password' };

function asLine({ method, url, body }: HttpRequest): readonly [line: string, body?: unknown] {
  const line = `${method} ${url.slice(uaa.length)}`;
  if (body === undefined) return [line];
  const text = String(body);
  return [line, /^[{[]/.test(text) ? (JSON.parse(text) as unknown) : text];
}
