import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { createHttpsSend } from '../../src/http/https-send.js';
import type { Send } from '../../src/http/send.js';
import { createUser, type TestUser } from '../support/cli.js';
import { createFastClock } from '../support/fast-clock.js';
import { examplesIn, helpPages } from '../support/help-pages.js';
import { nodeOnly } from '../support/node-only.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

const pages = await helpPages();
const examples = [...new Set(pages.flatMap(examplesIn))];

/** What an example needs besides the sandbox, and why. */
interface Preparation {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string;
  /** tpks commands to run first. */
  readonly before?: readonly string[];
  /** The documented exit code, if it is not 0. */
  readonly code?: number;
}

const preparations: readonly (readonly [RegExp, Preparation])[] = [];

/** Files that examples read. */
const files: Readonly<Record<string, string>> = {
  'ci.secret': 'ci-secret',
  'admin.secret': 'adminsecret',
};

const clock = createFastClock();
let sandbox: TestSandbox;
let send: Send;
let base: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 1, now: () => clock.now().getTime() });
  const toSandbox = createHttpsSend({
    timeoutSeconds: 10,
    caCert: sandbox.caPem,
    skipTlsVerification: false,
    systemRoots: () => [],
  });
  // The examples name the default ports, which may be in use, and a host that does not exist.
  send = (request) =>
    toSandbox({
      ...request,
      url: request.url
        .replace(/^https:\/\/(localhost|api\.example\.com):9021/, sandbox.api)
        .replace(/^https:\/\/(localhost|api\.example\.com):8443/, sandbox.uaa),
    });
  base = createUser();
  writeFiles(base);
  for (const [line, env] of [
    ['tpks login -a localhost --ca-cert ca.pem -u cody', { TPKS_PASSWORD: 'cody-password' }],
    ['tpks uaa target localhost:8443 --ca-cert ca.pem', {}],
    ['tpks uaa token client get admin -s adminsecret', {}],
    [
      'tpks uaa client add ci --authorized_grant_types client_credentials --authorities pks.clusters.admin,uaa.admin -s ci-secret',
      {},
    ],
    ['tpks login -a localhost --client-name ci', { TPKS_CLIENT_SECRET: 'ci-secret' }],
    ['tpks login -a localhost -u alana', { TPKS_PASSWORD: 'alana-password' }],
  ] as const) {
    const result = await runLine(base, line, { env });
    if (result.code !== 0) throw new Error(`${line}: ${result.stderr}`);
  }
});

afterAll(() => sandbox.close());

describe('examples in help pages', () => {
  nodeOnly.test.each(examples)('%s', async (line) => {
    const user = createUser();
    cpSync(dirname(base.home), dirname(user.home), { recursive: true });
    const [, preparation = {}] = preparations.find(([pattern]) => pattern.test(line)) ?? [];
    for (const command of preparation.before ?? []) await runLine(user, command, {});
    const result = await runLine(user, line, preparation);
    expect({ ...result, stdout: '' }).toMatchObject({ code: preparation.code ?? 0 });
  });
});

function writeFiles(user: TestUser): void {
  const folder = dirname(user.home);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), readFileSync(sandbox.caCert));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
}

/** Runs a line as a shell would; tpks runs in this process, everything else in bash. */
async function runLine(user: TestUser, line: string, { env, stdin = 'y\n' }: Preparation) {
  let result = { code: 0, stdout: stdin, stderr: '' };
  for (const command of line.split(/ \| /)) {
    const [, words = command] = /^(.*?)(?: > \S+)?$/.exec(command) ?? [];
    const expanded = await withSubstitutions(user, words);
    result = expanded.startsWith('tpks ')
      ? await runTpks(user, wordsOf(expanded).slice(1), { env, stdin: result.stdout })
      : await runBash(expanded, result.stdout);
    if (result.code !== 0) break;
  }
  return result;
}

/** Replaces `$(tpks ...)` by the output of the command. */
async function withSubstitutions(user: TestUser, line: string): Promise<string> {
  const [all, inner] = /"\$\((tpks [^)]*)\)"/.exec(line) ?? [];
  if (all === undefined || inner === undefined) return line;
  const { stdout } = await runTpks(user, wordsOf(inner).slice(1), {});
  return line.replace(all, () => `'${stdout.trimEnd().replaceAll("'", "'\\''")}'`);
}

function runTpks(user: TestUser, words: readonly string[], { env, stdin = '' }: Preparation) {
  let interrupt: () => void = () => undefined;
  if (words[0] === 'sandbox') setTimeout(() => interrupt(), 1500).unref();
  return user.tpks(words, {
    env: { TPKS_STORE: 'file', ...env },
    stdin,
    send,
    clock,
    onInterrupt: (listener) => (interrupt = listener),
  });
}

/** Does not block, because the sandbox runs in this process. */
async function runBash(line: string, input: string) {
  const child = spawn('bash', ['-c', line.replace('https://localhost:9021', sandbox.api)], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', CURL_CA_BUNDLE: sandbox.caCert },
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code: code ?? 1, stdout, stderr };
}

/** Splits a line into words: blanks separate them, and quotes keep them together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}
