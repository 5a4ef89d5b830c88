import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, jest } from '@jest/globals';
import { createSessionStore, type StoredSession } from '../../src/auth/session-file.js';
import { createKeyFile } from '../../src/keychain/key-file.js';

/** What a shell sees of a command. */
export interface CliResult {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What is piped in; nothing if absent. */
  readonly stdin?: string;
  readonly cwd?: string;
  /** A program to run tpks through, with its arguments, e.g. `['unshare', '-m']`. */
  readonly through?: readonly string[];
  /** Called once the process runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** A user with their own home directory and an empty environment. */
export interface Person {
  /** `TPKS_HOME`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `tpks WORDS`, off a terminal. */
  readonly tpks: (words: readonly string[], options?: RunOptions) => Promise<CliResult>;
  /** Path of every file below the home, relative to it. */
  readonly files: () => readonly string[];
  readonly read: (file: string) => Buffer;
  /** The one session file. */
  readonly sessionFile: () => string;
  /** What is stored of a context, decrypted (store `file`). */
  readonly session: (context: string) => Promise<StoredSession>;
  /** Changes what is stored, e.g. to let a token end. */
  readonly alter: (context: string, changes: Partial<StoredSession>) => Promise<void>;
}

/** Pipes the output of tpks into a shell command; if tpks fails, so does the pipe. For `through`. */
export function pipeInto(command: string): readonly string[] {
  return ['bash', '-c', `set -o pipefail; "$@" | ${command}`, '_'];
}

/** What `npm test` runs; `TPKS_TEST_BIN` names another, e.g. an installed one. */
export const bin =
  process.env['TPKS_TEST_BIN'] ?? fileURLToPath(new URL('../../bin/tpks.js', import.meta.url));

/** How long a command may take before a test calls it hung. */
const limitMilliseconds = 30_000;

// Several commands a test, on a machine that may be busy.
jest.setTimeout(60_000);

const homes: string[] = [];
afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** Somebody new; what they leave behind is removed after the file's tests. */
export function createPerson(): Person {
  const root = mkdtempSync(join(tmpdir(), 'tpks-home-'));
  homes.push(root);
  const home = join(root, 'tpks');
  const env = {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: root,
    TPKS_HOME: home,
    LANG: 'C.UTF-8',
  };
  const files = (folder = home): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [relative(home, path)];
    });
  const storeOf = (context: string) =>
    createSessionStore({
      context,
      sessionId: sessionIdIn(join(home, 'config.json'), context),
      directory: join(home, 'sessions'),
      keychain: createKeyFile(join(home, 'keys')),
    });
  const session = async (context: string): Promise<StoredSession> => {
    const stored = await storeOf(context).read();
    if (stored === undefined) throw new Error(`There is no session of ${context}`);
    return stored;
  };
  return {
    home,
    env,
    tpks: (words, options = {}) =>
      run(words, { ...options, env: { ...env, ...options.env }, cwd: options.cwd ?? root }),
    files: () => (exists(home) ? files().sort() : []),
    read: (file) => readFileSync(join(home, file)),
    sessionFile: () => {
      const [found, ...more] = files().filter((file) => file.endsWith('.session'));
      if (found === undefined || more.length > 0) throw new Error('not one session file');
      return found;
    },
    session,
    alter: async (context, changes) => {
      const reservation = await storeOf(context).reserve();
      await reservation.write({ ...(await session(context)), ...changes });
      await reservation.release();
    },
  };
}

/** @returns `undefined` if the session file has the name of a first login. */
function sessionIdIn(configFile: string, context: string): string | undefined {
  const { contexts } = JSON.parse(readFileSync(configFile, 'utf8')) as {
    readonly contexts: Readonly<Record<string, { readonly sessionId?: string } | undefined>>;
  };
  return contexts[context]?.sessionId;
}

async function run(words: readonly string[], options: RunOptions): Promise<CliResult> {
  const { env = {}, stdin = '', cwd, through = [], started } = options;
  const [command = '', ...args] = [...through, process.execPath, bin, ...words];
  const startedAt = performance.now();
  const child = spawn(command, args, { env, cwd, stdio: 'pipe' });
  started?.(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // Whoever reads no stdin closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const hung = setTimeout(() => child.kill('SIGKILL'), limitMilliseconds);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      clearTimeout(hung);
      resolve({ code, signal, ...output, milliseconds: performance.now() - startedAt });
    });
  });
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
