import { Command } from 'commander';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import type { GlobalOptions } from '../../../../src/app/runtime.js';
import type { Services } from '../../../../src/app/services.js';
import { findLink } from '../../../../src/base/link.js';
import { Secret } from '../../../../src/base/secret.js';
import { addContents } from '../../../../src/commands/command-table.js';
import { contents } from '../../../../src/commands/uaa/index.js';
import { createSecretSource } from '../../../../src/domain/auth/secrets.js';
import { withDryRun } from '../../../../src/platform/http/dry-run.js';
import type { HttpRequest, Send } from '../../../../src/platform/http/send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { memorySettings } from '../../../support/fakes/memory-settings.js';
import {
  recordedTerminal,
  type RecordedTerminal,
  withScreen,
} from '../../../support/fakes/recorded-terminal.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { ok } from '../../api/uaa/fake-send.js';

export const uaa = 'https://uaa.example.com:8443';

/** Responses of the UAA, by method and path: a body, or a status without a body. */
export type Responses = Readonly<Record<string, unknown>>;

export interface Setup {
  /** What the user types, by prompt. */
  readonly terminalInput?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly zone?: GlobalOptions['zone'];
  /** Whether the result is JSON or YAML. */
  readonly json?: boolean;
  /** `false` with `--non-interactive`. */
  readonly interactive?: boolean;
  /** Whether `--yes` was given. */
  readonly yes?: boolean;
  /** The width of the terminal; `undefined` for a pipe. */
  readonly terminalColumns?: number;
  /** The name that tpks was started with; `tpks` if absent. */
  readonly programName?: string;
  /** Claims of the access token; `undefined` if the token is opaque. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly context?: {
    readonly identity: string;
    readonly clientId: string;
    readonly grant: string;
  };
}

export interface RunResult {
  /** Method, path and query, and the body, parsed if it is JSON. */
  readonly requests: readonly (readonly [line: string, body?: unknown])[];
  readonly headers: readonly HttpRequest['headers'][];
  readonly terminal: RecordedTerminal;
}

/**
 * Runs a `tpks uaa` command with its real services and a fake network.
 * @throws what the command throws; use {@link prepareCommand} to read the requests after an error.
 */
export async function run(
  words: readonly string[],
  responses: Responses,
  setup: Setup = {},
): Promise<RunResult> {
  const command = prepareCommand(responses, setup);
  await command.run(words);
  return command;
}

/**
 * Runs a command with the token of the client `admin`.
 * @param requests - receives the requests, even if the command throws.
 */
export async function runAsAdmin(
  words: readonly string[],
  responses: Responses,
  setup: Setup = {},
  requests: RunResult['requests'][number][] = [],
): Promise<RunResult> {
  const context = { identity: 'admin', clientId: 'admin', grant: 'client_credentials' };
  const command = prepareCommand(responses, { context, ...setup });
  try {
    await command.run(words);
  } finally {
    requests.push(...command.requests);
  }
  return command;
}

/** Runs a command that must fail. @returns the error, and the requests that were sent before. */
export async function runFailing(
  words: readonly string[],
  responses: Responses = {},
  setup: Setup = {},
) {
  const command = prepareCommand(responses, setup);
  const error: unknown = await command.run(words).then(
    () => {
      throw new Error('the command did not fail');
    },
    (thrown: unknown) => thrown,
  );
  return { error, requests: command.requests, terminal: command.terminal };
}

/** Creates the program and its fake network, without running a command yet. */
export function prepareCommand(
  responses: Responses,
  {
    terminalInput = {},
    stdin = '',
    env: variables = {},
    zone,
    json = false,
    interactive = true,
    yes = false,
    terminalColumns,
    programName = 'tpks',
    claims,
    context = alanaContext,
  }: Setup = {},
): RunResult & { readonly run: (words: readonly string[]) => Promise<void> } {
  const pipe: RecordedTerminal = {
    ...recordedTerminal(terminalInput, stdin),
    wantsJson: () => json,
  };
  const terminal = terminalColumns === undefined ? pipe : withScreen(pipe, terminalColumns);
  const requests: (readonly [line: string, body?: unknown])[] = [];
  const headers: HttpRequest['headers'][] = [];
  const rawSend: Send = async (request) => {
    requests.push(toRecord(request));
    headers.push(request.headers);
    const { pathname, search } = new URL(request.url);
    const key = `${request.method} ${pathname}`;
    const response = responses[`${key}${search}`] ?? responses[key];
    if (response === undefined) throw new Error(`no response for ${key}${search}`);
    return typeof response === 'number'
      ? { ...ok(''), status: response }
      : ok(JSON.stringify(response));
  };
  const send = withStatusErrors(rawSend);
  const env = { TPKS_UAA_URL: uaa, ...variables };
  const resource: Services['uaaResource'] = (create, { dryRun = false } = {}) =>
    create(dryRun ? withDryRun(send) : send, uaa, fixedClock());
  const services = {
    terminal,
    clock: fixedClock(),
    env,
    link: findLink(programName),
    options: () => ({ zone, interactive, yes }),
    settings: memorySettings({}),
    names: () => ({ read: async () => [], write: async () => undefined }),
    secrets: createSecretSource({ terminal, env }),
    uaaContext: async () => ({ ...context, uaa }),
    session: () => ({
      accessToken: async () => new Secret(claims === undefined ? 'opaque' : jwt(claims)),
    }),
    uaaSend: () => rawSend,
    reportFormerTarget: async () => undefined,
    noteUaaIdentity: async () => terminal.note(identityNote),
    uaaResource: resource,
    publicUaaResource: resource,
    uaaRequest: resource,
    publicUaaRequest: resource,
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

/** Stands for the UAA and the identity, which are printed before a prompt. */
export const identityNote = 'UAA and identity';

const alanaContext = { identity: 'alana', clientId: 'pks_cli', grant: 'password' };

function toRecord({ method, url, body }: HttpRequest): readonly [line: string, body?: unknown] {
  const line = `${method} ${url.slice(uaa.length)}`;
  if (body === undefined) return [line];
  const text = String(body);
  return [line, /^[{[]/.test(text) ? (JSON.parse(text) as unknown) : text];
}
