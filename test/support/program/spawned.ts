import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TpksResult } from './headless.js';

/** The result of a command that ran as a separate process. */
export interface SpawnResult extends TpksResult {
  /** The signal that ended the process; `null` if it exited. */
  readonly signal: NodeJS.Signals | null;
  /** The duration. */
  readonly milliseconds: number;
}

/** Options of a command that runs as a separate process. */
export interface SpawnOptions {
  /** Added to the environment of the user; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The content of stdin; empty if absent. */
  readonly stdin?: string;
  /** The working directory; the home directory of the user if absent. */
  readonly cwd?: string;
  /** Path of a link to the program, to run it by that name. */
  readonly link?: string;
  /** A command that runs tpks as its child, e.g. `['unshare', '-m']`. */
  readonly through?: readonly string[];
  /** Time after which the command is killed if it has not exited; 30 if absent. */
  readonly limitSeconds?: number;
  /** Called when the process has started. */
  readonly started?: (child: ChildProcess) => void;
}

/** Whether tests run the program in `TPKS_TEST_BIN` instead of the source code. */
export const isOtherProgram = Boolean(process.env['TPKS_TEST_BIN']);

/** Path of the program that tests spawn: `TPKS_TEST_BIN` if it is set, otherwise `bin/tpks.js`. */
export const bin =
  process.env['TPKS_TEST_BIN'] || fileURLToPath(new URL('../../../bin/tpks.js', import.meta.url));

/** Whether the program is a script for Node, and not a standalone binary. */
const isScript = /\.[cm]?js$/.test(bin);

/**
 * Returns the words that start the program: a script needs Node, a standalone binary does not.
 * @param path - path of the program, or of a link to it.
 */
export function programWords(path = bin): [string, ...string[]] {
  return isScript ? [process.execPath, path] : [path];
}

/**
 * Returns the words that run a test program in the same runtime as tpks: in Node, or in the runtime
 * in the standalone binary.
 * @param script - path of the bundled test program.
 */
export function runtimeWords(script: string): [string, ...string[]] {
  return isScript ? [process.execPath, script] : ['env', 'BUN_BE_BUN=1', bin, script];
}

/** Returns the environment variables that make the program load a script before it starts. */
export function preloadVariables(script: string): Readonly<Record<string, string>> {
  return isScript
    ? { NODE_OPTIONS: `--require ${script}` }
    : { BUN_OPTIONS: `--preload=${script}` };
}

/**
 * Creates a value for `through` that pipes stdout into a shell command, and fails if tpks fails.
 */
export function pipeInto(command: string): readonly string[] {
  return ['bash', '-c', `set -o pipefail; "$@" | ${command}`, '_'];
}

/** Runs `tpks WORDS` as a separate process, without a terminal. */
export async function spawnTpks(
  words: readonly string[],
  options: SpawnOptions,
): Promise<SpawnResult> {
  const { env = {}, stdin = '', cwd, link, through = [], limitSeconds = 30, started } = options;
  const [command = '', ...args] = [...through, ...programWords(link), ...words];
  const startedAt = performance.now();
  const child = spawn(command, args, { env, cwd, stdio: 'pipe' });
  started?.(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A command that does not read stdin may close it early.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const hung = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      clearTimeout(hung);
      resolve({ code, signal, ...output, milliseconds: performance.now() - startedAt });
    });
  });
}
